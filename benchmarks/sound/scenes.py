"""Scenes whose sound is known: made of voices, music and noises that no training heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.datasets.layouts import Split
from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE, SoundBlock
from emotion_core.sound.kinds.detector import SoundDetector
from emotion_core.sound.kinds.logmel import CELL
from emotion_core.sound.kinds.reader import KindsReader
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.training.sound.prepared import MAKERS, Mix, mix_stems
from emotion_core.training.sound.sources import load_music, load_voices
from emotion_core.training.sound.stems import Sources, Stem
from emotion_core.types import FloatArray

ABSENT = -200.0
# Parts of speech, music, other sound in a scene of each kind.
PARTS = {
    SoundKind.SPEECH: (1, 0, 0),
    SoundKind.MUSIC: (0, 1, 0),
    SoundKind.SPEECH_OVER_MUSIC: (1, 1, 0),
    SoundKind.OTHER: (0, 0, 1),
    SoundKind.SILENCE: (0, 0, 0),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a longer scene: what is heard from when to when, in cells."""

    kind: SoundKind
    start: int
    end: int


def load_sources(voices: Sequence[Path], music: Path, split: Split) -> dict[str, Sources]:
    """Sources of a split by their instruments: ``known``, and for a test ``new``."""
    people = load_voices(voices, split)
    found = {"known": Sources(people, load_music(music, split, "known"), split)}
    if split == "test":
        found["new"] = Sources(people, load_music(music, split, "new"), split)
    return found


def make_mix(sources: Sources, gains: Sequence[float], seed: Sequence[int], seconds: float) -> Mix:
    """A mix at known levels, over a noise that is 45 dB below its parts."""
    chance = np.random.default_rng(list(seed))
    stems = [make(chance, sources, seconds) for make in MAKERS]
    overall = float(chance.uniform(-12, 6))
    loudest = max(0.0, *(gain for gain in gains if gain > ABSENT), -60.0)
    raised = [g + overall - loudest if g > ABSENT else g for g in gains]
    return mix_stems(stems, raised, overall - 70, chance)


def make_story(sources: Sources, seed: Sequence[int]) -> tuple[FloatArray, list[Part]]:
    """A scene in which one kind of sound follows another, about a minute."""
    chance = np.random.default_rng(list(seed))
    samples, parts, place = [], [], 0
    kinds = list(SoundKind)
    order = [kinds[k] for k in chance.permutation(len(kinds))]
    order += [kinds[k] for k in chance.permutation(len(kinds))]
    for kind in order:
        if parts and parts[-1].kind == kind:
            continue
        cells = int(chance.integers(30, 100))
        seconds = cells * CELL / SAMPLE_RATE
        below = float(chance.uniform(-5, 15))
        gains = [0.0 if has else ABSENT for has in PARTS[kind]]
        if kind == SoundKind.SPEECH_OVER_MUSIC:
            gains[1] = -below
        mix = mix_stems(
            [_full(make(chance, sources, seconds), make, chance, sources) for make in MAKERS],
            gains,
            -75,
            chance,
        )
        samples.append(mix.samples)
        parts.append(Part(kind, place, place + cells))
        place += cells
    return np.concatenate(samples), parts


def _full(stem: Stem, make: object, chance: np.random.Generator, sources: Sources) -> Stem:
    """A stem that is heard for most of its time; another one where it is not."""
    seconds = len(stem.samples) / SAMPLE_RATE
    for _ in range(20):
        if stem.active.mean() > 0.6:
            break
        stem = make(chance, sources, seconds)  # type: ignore[operator]
    return stem


def read_sound(detector: SoundDetector, samples: FloatArray) -> pd.DataFrame:
    """What a reader hears, block by block."""
    reader = KindsReader(detector)
    size = round(BLOCK_SECONDS * SAMPLE_RATE)
    for start in range(0, len(samples), size):
        piece = samples[start : start + size]
        block = SoundBlock(start / SAMPLE_RATE, piece, piece[None], SAMPLE_RATE, "mono")
        reader.add(block)
    return reader.finish()
