"""What turns probabilities into segments, chosen on speakers and music for validation.

    python -m benchmarks.sound.choose --voices SET.zip ... --music FOLDER [--each 60]

Mixes are made at levels as in training, of speakers and pieces of the split *val*. Printed are the
errors of speech by the share of Silero in it (the mean of what is missed and what is falsely
heard, at even odds), and the ways of smoothing speech and music with the least errors.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from benchmarks.sound.scenes import load_sources
from emotion_core.settings import load_settings
from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.kinds.detector import DEFAULT_SOUNDS, SoundDetector, load_sound_detector
from emotion_core.sound.kinds.reader import KindsReader, in_cells
from emotion_core.sound.kinds.segments import Smoothing, smoothed
from emotion_core.sound.speech import SpeechReader
from emotion_core.training.sound.mixing import draw_levels
from emotion_core.training.sound.prepared import MAKERS, SECONDS, mix_stems
from emotion_core.training.sound.stems import Sources
from emotion_core.training.sound.truth import truth_of

_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heard:
    """What is said of a mix and what is true of it, (t,) each; ``known`` (2, t) is where to ask."""

    network: _Values
    silero: _Values
    music: _Values
    present: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]


def hear(detector: SoundDetector, sources: Sources, each: int) -> Iterator[Heard]:
    for number in range(each):
        chance = np.random.default_rng([11, number])
        stems = [make(chance, sources, SECONDS) for make in MAKERS]
        levels = draw_levels(1, torch.Generator().manual_seed(number))
        mix = mix_stems(stems, levels.gains[0].tolist(), float(levels.floor[0]), chance)
        block = SoundBlock(0.0, mix.samples, mix.samples[None], SAMPLE_RATE, "mono")
        speech, kinds = SpeechReader(), KindsReader(detector, 0.0)
        speech.add(block)
        kinds.add(block)
        frames = kinds.finish()
        parts = (torch.from_numpy(a)[None] for a in (mix.powers, mix.active, mix.floor))
        truth = truth_of(*parts, detector.card.widest)
        yield Heard(
            frames["speech"].to_numpy(np.float64),
            in_cells(speech.finish()["speech"].to_numpy(), len(frames)).astype(np.float64),
            frames["music"].to_numpy(np.float64),
            truth.present[0, :2].numpy() > 0.5,
            truth.known[0, :2].numpy(),
        )


def error(
    said: Sequence[npt.NDArray[np.bool_]], heard: Sequence[Heard], sound: int
) -> tuple[float, float]:
    """Shares of what is missed and of what is falsely heard."""
    found = np.concatenate([s[h.known[sound]] for s, h in zip(said, heard, strict=True)])
    true = np.concatenate([h.present[sound][h.known[sound]] for h in heard])
    return float((~found[true]).mean()), float(found[~true].mean())


def best(probabilities: Sequence[_Values], heard: Sequence[Heard], sound: int) -> None:
    """Print the ways of smoothing with the least errors."""
    windows, gaps = ((3, 5, 7), (2, 4)) if sound == 0 else ((7, 11, 15), (5, 10))
    leasts = (3, 5) if sound == 0 else (10, 20)
    results = []
    for window, begin, drop, gap, least in product(
        windows, (0.2, 0.3, 0.4, 0.5), (0.0, 0.1, 0.2), gaps, leasts
    ):
        by = Smoothing(window, begin, begin - drop, gap, least)
        missed, false = error([smoothed(p, by) for p in probabilities], heard, sound)
        results.append(((missed + false) / 2, missed, false, by))
    for total, missed, false, by in sorted(results, key=lambda one: one[0])[:3]:
        print(f"{100 * total:6.2f}%  missed {100 * missed:.2f}%  false {100 * false:.2f}%  {by}")


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--voices", type=Path, action="append", required=True)
    parser.add_argument("--music", type=Path, required=True, help="folder from `dataset music`")
    parser.add_argument("--sounds", default=DEFAULT_SOUNDS, help="name or folder of the network")
    parser.add_argument("--each", type=int, default=60, help="mixes of 10 s")
    arguments = parser.parse_args(given)
    torch.set_num_threads(1)
    detector = load_sound_detector(load_settings().models_dir, arguments.sounds)
    sources = load_sources(arguments.voices, arguments.music, "val")["known"]
    heard = list(hear(detector, sources, arguments.each))
    print("Share of Silero in speech")
    for share in _SHARES:
        said = [(1 - share) * h.network + share * h.silero for h in heard]
        missed, false = error([s >= 0.5 for s in said], heard, 0)
        total = 50 * (missed + false)
        print(f"{share:.2f}  {total:6.2f}%  missed {100 * missed:.2f}%  false {100 * false:.2f}%")
    for share in _SHARES[:-1]:
        print(f"\nSpeech with {share:.2f} of Silero")
        best([(1 - share) * h.network + share * h.silero for h in heard], heard, 0)
    print("\nMusic")
    best([h.music for h in heard], heard, 1)


if __name__ == "__main__":
    main()
