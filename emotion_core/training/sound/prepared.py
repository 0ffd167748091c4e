"""Stems and mixes as a file, made once: training then needs neither sound nor FluidSynth."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from emotion_core.errors import DatasetError
from emotion_core.files import whole_file
from emotion_core.progress import Progress, Task
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.kinds.logmel import CELL, log_mel
from emotion_core.training.sound.effects import through_codec
from emotion_core.training.sound.mixing import draw_levels
from emotion_core.training.sound.sources import load_music, load_voices
from emotion_core.training.sound.stems import (
    Sources,
    Stem,
    music_stem,
    other_stem,
    speech_stem,
)
from emotion_core.types import FloatArray

SECONDS = 10.0
_Maker = Callable[[np.random.Generator, Sources, float], Stem]
MAKERS: tuple[_Maker, ...] = (speech_stem, music_stem, other_stem)


@dataclass(frozen=True, slots=True)
class Mix:
    """A mix of samples whose parts are known.

    Attributes:
        samples: (n,) float32.
        powers: (3, t) mean squares of the parts in each cell.
        active: (3, t) bool, where each part is heard.
        floor: (t,) mean square of the noise below them.
    """

    samples: FloatArray
    powers: FloatArray
    active: npt.NDArray[np.bool_]
    floor: FloatArray


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a training run learns from and is measured on.

    Attributes:
        stems: (n, 3, 64, 500) float16 dB of speech, music and other sound; any of the three may be
            mixed with any other.
        active: (n, 3, 100) bool.
        mixes: (m, 64, 500) float16 dB of mixes for validation.
        powers: (m, 3, 100) float32, ``heard`` (m, 3, 100) bool and ``floor`` (m, 100) float32: of
            those, see :class:`Mix`.
    """

    stems: npt.NDArray[np.float16]
    active: npt.NDArray[np.bool_]
    mixes: npt.NDArray[np.float16]
    powers: FloatArray
    heard: npt.NDArray[np.bool_]
    floor: FloatArray


def mix_stems(
    stems: Sequence[Stem], gains: Sequence[float], floor: float, chance: np.random.Generator
) -> Mix:
    """A mix of stems.

    Args:
        stems: speech, music, other sound.
        gains: dB by which each is raised; -200 where it is absent.
        floor: dBFS of a steady noise below them.
        chance: of that noise.
    """
    factors = [10 ** (gain / 20) if gain > -150 else 0.0 for gain in gains]
    parts = [
        (stem.samples * np.float32(factor)) for stem, factor in zip(stems, factors, strict=True)
    ]
    noise = chance.standard_normal(len(parts[0])).astype(np.float32)
    noise *= np.float32(10 ** (floor / 20))
    active = np.stack([s.active & (f > 0) for s, f in zip(stems, factors, strict=True)])
    samples = np.asarray(np.sum([*parts, noise], axis=0), np.float32)
    powers = np.stack([_power(part) for part in parts])
    return Mix(samples, powers, active, _power(noise))


def prepare_sounds(
    voices: Sequence[Path], music: Path, out: Path, *, train: int, val: int, seed: int = 0
) -> Task[int]:
    """Make stems for training and mixes for validation.

    Args:
        voices: folders or zips, see :func:`~emotion_core.training.sound.sources.load_voices`.
        music: folder, see :func:`~emotion_core.datasets.music.rendering.render_music`.
        out: a file that ends in ``.npz``.
        train: stems of each of the three.
        val: mixes.
        seed: of everything random.

    Returns:
        How many stems and mixes there are.

    Raises:
        DatasetError: voices or music are missing.
    """
    total = 3 * train + val
    sources = Sources(load_voices(voices, "train"), load_music(music, "train", "known"), "train")
    cells = round(SECONDS * SAMPLE_RATE) // CELL
    stems = np.zeros((train, 3, *log_mel(np.zeros(cells * CELL, np.float32)).T.shape), np.float16)
    active = np.zeros((train, 3, cells), np.bool_)
    for k in range(train):
        for part, make in enumerate(MAKERS):
            stem = make(np.random.default_rng([seed, part, k]), sources, SECONDS)
            stems[k, part], active[k, part] = log_mel(stem.samples).T, stem.active
        yield Progress(3 * k + 3, total, "stems")
    sources = Sources(load_voices(voices, "val"), load_music(music, "val", "known"), "val")
    mixes = []
    for k in range(val):
        mixes.append(_random_mix(sources, [seed, 3, k]))
        yield Progress(3 * train + k + 1, total, "mixes")
    with whole_file(out) as part_file, part_file.open("wb") as file:
        np.savez_compressed(
            file,
            stems=stems,
            active=active,
            mixes=np.stack([log_mel(mix.samples).T for mix in mixes]).astype(np.float16),
            powers=np.stack([mix.powers for mix in mixes]),
            heard=np.stack([mix.active for mix in mixes]),
            floor=np.stack([mix.floor for mix in mixes]),
        )
    return total


def read_prepared(path: Path) -> Prepared:
    """What :func:`prepare_sounds` wrote.

    Raises:
        DatasetError: it cannot be read.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return Prepared(**{name: file[name] for name in Prepared.__slots__})
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path} is not a file of `dataset sounds`.") from error


def _random_mix(sources: Sources, seed: list[int]) -> Mix:
    chance = np.random.default_rng(seed)
    stems = [make(chance, sources, SECONDS) for make in MAKERS]
    levels = draw_levels(1, torch.Generator().manual_seed(int(chance.integers(1 << 31))))
    mix = mix_stems(stems, levels.gains[0].tolist(), float(levels.floor[0]), chance)
    if chance.random() < 0.3:
        coded = through_codec(chance, mix.samples)
        return Mix(coded, mix.powers, mix.active, mix.floor)
    return mix


def _power(samples: FloatArray) -> FloatArray:
    return np.asarray(np.mean(samples.reshape(-1, CELL) ** 2, axis=1), np.float32)
