"""How well raised and lowered voices, and names of emotions, are read on speakers of the test.

    python -m benchmarks.sound.delivery --data emodb.zip --data ravdess.zip [--model eme-voice]

Speakers are those that `eme train voice` leaves out. Their utterances are heard as recorded, over
a telephone, in a room, in noise and under music that FluidSynth renders (where it is not installed,
under that of the training, by another seed); each is relative to its speaker's own median in that
condition. Printed are balanced accuracy of raised and lowered and macro recall of the names, with
intervals over speakers, calibration error, and what share the reader would tell and how much of
that is right. The last lines take the median from a few utterances that are drawn unevenly.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.sound.rendered_music import has_fluidsynth, rendered_music
from emotion_core.settings import load_settings
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.delivery import DEFAULT_VOICE, DeliveryReader, load_delivery_reader
from emotion_core.training.voice.conditions import Condition
from emotion_core.training.voice.data import (
    ActedUtterance,
    VoiceExamples,
    held_out_speakers,
    load_utterances,
    measure_utterance,
    to_examples,
)
from emotion_core.training.voice.fitting import compare_examples, emotion_numbers
from emotion_core.training.voice.measures import ReadingScore, score_readings
from emotion_core.training.voice.music import made_music
from emotion_core.types import FloatArray

_CONDITIONS = {
    "as recorded": Condition(),
    "telephone": Condition(band=(300.0, 3400.0), codec=1),
    "room": Condition(reverberation=(0.7, -3.0)),
    "noise -10 dB": Condition(noise=(-10.0, -3.0)),
}
_MUSIC = (-30, -20, -10, -5, 0)
_FEW = (4, 8, 16)
_PIECES, _PIECE_SECONDS = 6, 40.0


def main(given: Sequence[str] | None = None) -> None:
    """Read all conditions, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, action="append", required=True)
    parser.add_argument("--model", default=DEFAULT_VOICE, help="a name or a folder")
    parser.add_argument("--everyone", action="store_true", help="also those it learned from")
    parser.add_argument("--limit", type=int, default=0, help="utterances of each set; 0 for all")
    arguments = parser.parse_args(given)
    reader = load_delivery_reader(arguments.model, load_settings().models_dir)
    utterances = [
        one for source in arguments.data for one in load_utterances(source, arguments.limit)
    ]
    if not arguments.everyone:
        test = held_out_speakers([one.speaker for one in utterances])
        utterances = [one for one in utterances if one.speaker in test]
    speakers = {one.speaker for one in utterances}
    print(f"{reader.identity}: {len(utterances)} utterances of {len(speakers)} speakers")
    print(f"{'':<34}{'recall':>7}{'95%':>16}{'ECE':>7}{'told':>7}{'right':>7}{'n':>6}")
    clean = None
    for name, condition in _CONDITIONS.items():
        examples = measure(utterances, condition)
        clean = examples if clean is None else clean
        print_scores(reader, examples, name)
    pieces = music_pieces()
    for level in _MUSIC:
        print_scores(reader, measure(under_music(utterances, pieces, level)), f"music {level} dB")
    assert clean is not None
    for few in _FEW:
        print_scores(reader, clean, f"compared with {few}", few)
    for group in sorted({name.split("/")[0] for name in speakers}):
        inside = np.array([name.startswith(f"{group}/") for name in clean.speaker])
        print_scores(reader, clean[inside], group.removeprefix("speech_emotion_"))


def measure(
    utterances: Sequence[ActedUtterance], condition: Condition | None = None
) -> VoiceExamples:
    """The features of all utterances under one condition, with borders as a reader errs."""
    random = np.random.default_rng(1)
    heard = condition or Condition()
    return to_examples(
        [(measure_utterance(one.samples, heard, random), one, 0) for one in utterances]
    )


def music_pieces() -> list[FloatArray]:
    """Some pieces of mean power 1."""
    if has_fluidsynth():
        return [rendered_music(_PIECE_SECONDS, seed) for seed in range(_PIECES)]
    print("FluidSynth is not installed: music of the training")
    samples = int(_PIECE_SECONDS * SAMPLE_RATE)
    return [made_music(samples, np.random.default_rng(1000 + k)) for k in range(_PIECES)]


def under_music(
    utterances: Sequence[ActedUtterance], pieces: Sequence[FloatArray], level: float
) -> list[ActedUtterance]:
    """Each with a part of one of the pieces under it, at a level against its own power."""
    random = np.random.default_rng(2)
    mixed = []
    for one in utterances:
        piece = pieces[random.integers(len(pieces))]
        n = len(one.samples)
        start = int(random.integers(max(len(piece) - n, 1)))
        part = np.resize(piece[start:], n)
        part = part / max(float(np.sqrt((part**2).mean())), 1e-6)
        power = float((one.samples**2).mean()) * 10 ** (level / 10)
        mixed.append(replace(one, samples=(one.samples + part * power**0.5).astype(np.float32)))
    return mixed


def print_scores(reader: DeliveryReader, examples: VoiceExamples, name: str, few: int = 0) -> None:
    """Two lines: raised or lowered, and names; whatever music the reader would refuse."""
    random = np.random.default_rng(3)
    compared = compare_examples(examples, 10 if few else 0, few, random, few or None)
    raised, emotions = reader.probabilities(compared.relative)
    both = np.stack([1 - raised, raised], axis=1)
    for kind, shares, truth, sure in (
        ("raised or lowered", both, examples.raised[compared.example], reader.card.sure),
        ("names", emotions, emotion_numbers(examples)[compared.example], reader.card.sure_name),
    ):
        known = np.isfinite(truth) & (truth >= 0)
        speakers = examples.speaker[compared.example][known]
        score = score_readings(shares[known], truth[known].astype(np.int64), speakers, sure)
        print(_line(f"{kind}, {name}", score), flush=True)


def _line(name: str, score: ReadingScore) -> str:
    return (
        f"{name:<34}{score.recall:>7.2f}{f'{score.low:.2f} to {score.high:.2f}':>16}"
        f"{score.calibration_error:>7.3f}{score.told:>7.0%}{score.right:>7.0%}{score.readings:>6}"
    )


if __name__ == "__main__":
    main()
