"""How well pitch, tremor and syllables are read where they are known, and what that takes.

    python -m benchmarks.sound.voice [--harvest]

Glottal voices are made here (see :mod:`benchmarks.sound.known_voices`), at 75 to 450 Hz, without
noise and in noise; DIO and, on request, Harvest of pyworld read them too. Spoken voices are those
of espeak-ng: as a monotone, whose pitch should not move, and at speeds from slow to quick, whose
syllables were counted by hand. Printed are errors in cents where both have a pitch; gross errors
(over 100 cents) and those by an octave as shares of these; windows of a voice that are missed and
windows without one that have a pitch; and milliseconds of one core a second of sound.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pyworld

from benchmarks.sound.known_voices import (
    SENTENCES,
    KnownVoice,
    Values,
    glottal_voice,
    has_espeak,
    spoken,
)
from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.voice.features import features_of
from emotion_core.sound.voice.frames import HOP, STEP
from emotion_core.sound.voice.loudness import LoudnessReader
from emotion_core.sound.voice.pitch import HIGHEST, LOWEST
from emotion_core.sound.voice.reader import VoiceReader, read_voice
from emotion_core.sound.voice.syllables import syllables_of
from emotion_core.sound.voice.tremor import tremor_of
from emotion_core.sound.voice.utterances import semitones
from emotion_core.types import FloatArray

Read = Callable[[FloatArray], Values]
_PITCHES = (75, 100, 150, 220, 320, 450)
_NOISES = (None, 20, 10, 5)
# Voices and speeds in words a minute.
_VOICES = ("en", "en+f3", "en-us+m3", "en-gb-scotland")
_SPEEDS = (110, 150, 190, 240)


def main(given: Sequence[str] | None = None) -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--harvest", action="store_true", help="read by Harvest too, slowly")
    arguments = parser.parse_args(given)
    readers: dict[str, Read] = {"eme": by_eme, "DIO": by_dio}
    if arguments.harvest:
        readers["Harvest"] = by_harvest
    print_pitch(readers)
    print_tremor()
    if has_espeak():
        print_monotone(readers)
        print_syllables()
    else:
        print("espeak-ng is not installed: no spoken voices")
    print_speed()


def by_eme(samples: FloatArray) -> Values:
    """(n,) Hz every 20 ms, NaN without a voice."""
    return read_voice(samples)["pitch"].to_numpy(np.float64)


def by_dio(samples: FloatArray) -> Values:
    """DIO at its quickest, refined by StoneMask."""
    sound = samples.astype(np.float64)
    settings = {"f0_floor": LOWEST, "f0_ceil": HIGHEST, "frame_period": 1000 * STEP}
    pitch, times = pyworld.dio(sound, SAMPLE_RATE, speed=4, **settings)
    return _known(pyworld.stonemask(sound, pitch, times, SAMPLE_RATE))


def by_harvest(samples: FloatArray) -> Values:
    """Harvest, refined by StoneMask."""
    sound = samples.astype(np.float64)
    settings = {"f0_floor": LOWEST, "f0_ceil": HIGHEST, "frame_period": 1000 * STEP}
    pitch, times = pyworld.harvest(sound, SAMPLE_RATE, **settings)
    return _known(pyworld.stonemask(sound, pitch, times, SAMPLE_RATE))


def _known(pitch: Values) -> Values:
    return np.where(pitch > 0, pitch, np.nan)


def print_pitch(readers: dict[str, Read]) -> None:
    """Glottal voices at known pitch."""
    voices = [
        glottal_voice(pitch, seed=number, jitter=jitter)
        for number, pitch in enumerate(_PITCHES)
        for jitter in (0.0, 0.01)
    ]
    print(
        f"{'glottal voices':<16}{'noise dB':>9}{'median':>8}{'gross':>8}{'octave':>8}"
        f"{'missed':>8}{'false':>8}{'ms/s':>7}"
    )
    for noise in _NOISES:
        for name, read in readers.items():
            heard = "none" if noise is None else str(-noise)
            print(f"{name:<16}{heard:>9}{_pitch_row(voices, noise, read)}")


def _pitch_row(voices: Sequence[KnownVoice], noise: int | None, read: Read) -> str:
    random = np.random.default_rng(0)
    off, missed, false, taken = [], [], [], 0.0
    for voice in voices:
        heard = voice.samples
        if noise is not None:
            hiss = random.normal(0, 0.1 * 10 ** (-noise / 20), len(heard))
            heard = (heard + hiss).astype(np.float32)
        before = time.process_time()
        pitch = read(heard)
        taken += time.process_time() - before
        truth = voice.pitch[::HOP][: len(pitch)]
        pitch = pitch[: len(truth)]
        found, voiced = np.isfinite(pitch), np.isfinite(truth)
        off.append(1200 * np.log2(pitch[found & voiced] / truth[found & voiced]))
        missed.append(~found[voiced])
        false.append(found[~voiced])
    cents = np.abs(np.concatenate(off))
    octave = np.abs(cents - 1200) < 100
    seconds = sum(len(voice.samples) for voice in voices) / SAMPLE_RATE
    shares = (cents > 100, octave, np.concatenate(missed), np.concatenate(false))
    return (
        f"{np.median(cents):>8.1f}"
        + "".join(f"{share.mean():>8.2%}" for share in shares)
        + f"{1000 * taken / seconds:>7.1f}"
    )


def print_monotone(readers: dict[str, Read]) -> None:
    """Spoken on one pitch: how far it is read from where most readings lie."""
    print(f"\n{'spoken monotone':<16}{'windows':>9}{'median':>8}{'gross':>8}{'octave':>8}")
    sounds = [
        spoken(text, voice=voice, pitch=pitch, span="0%")
        for voice, pitch in zip(_VOICES, (40, 60, 50, 50), strict=True)
        for text, _ in SENTENCES[:3]
    ]
    for name, read in readers.items():
        off = []
        for sound in sounds:
            pitch = read(sound)
            pitch = pitch[np.isfinite(pitch)]
            off.append(np.abs(1200 * np.log2(pitch / np.median(pitch))))
        cents = np.concatenate(off)
        octave = np.abs(cents - 1200) < 100
        print(
            f"{name:<16}{len(cents):>9}{np.median(cents):>8.1f}{(cents > 100).mean():>8.2%}"
            f"{octave.mean():>8.2%}"
        )


def print_tremor() -> None:
    """Glottal voices that tremble by a known extent."""
    print(f"\n{'tremor made':<16}{'read at 4.5 Hz':>15}{'5.5 Hz':>8}{'7 Hz':>8}   semitones")
    for extent in (0.0, 0.1, 0.25, 0.5, 1.0):
        row = ""
        for width, rate in ((15, 4.5), (8, 5.5), (8, 7.0)):
            made = [
                glottal_voice(p, tremor=extent, tremor_rate=rate, seed=3) for p in (90, 150, 250)
            ]
            read = [tremor_of(semitones(by_eme(voice.samples))) for voice in made]
            row += f"{np.mean(read):>{width}.2f}"
        print(f"{extent:<16}{row}")


def print_syllables() -> None:
    """Sentences of known syllables at some speeds."""
    print(f"\n{'syllables':<16}{'made /s':>9}{'read /s':>9}{'read/made':>10}{'error':>8}")
    made, read = [], []
    for speed in _SPEEDS:
        rates = np.array([_rates(v, speed, *one) for v in _VOICES for one in SENTENCES])
        made.append(rates[:, 0])
        read.append(rates[:, 1])
        ratio = rates[:, 1] / rates[:, 0]
        print(
            f"{f'{speed} words/min':<16}{rates[:, 0].mean():>9.2f}{rates[:, 1].mean():>9.2f}"
            f"{ratio.mean():>10.2f}{np.abs(ratio - 1).mean():>8.1%}"
        )
    together = np.corrcoef(np.concatenate(made), np.concatenate(read))[0, 1]
    print(f"correlation over all {together:.3f}")


def _rates(voice: str, speed: int, text: str, syllables: int) -> tuple[float, float]:
    sound = spoken(text, voice=voice, speed=speed)
    loud = np.flatnonzero(np.abs(sound) > 0.05 * sound.std())
    seconds = (loud[-1] - loud[0]) / SAMPLE_RATE
    around = np.zeros(SAMPLE_RATE // 4, np.float32)
    found = syllables_of(read_voice(np.concatenate([around, sound, around])))
    return syllables / seconds, len(found) / seconds


def print_speed() -> None:
    """Milliseconds of one core a second of sound."""
    sound = np.tile(glottal_voice(140, 20).samples, 5)
    size = 10 * SAMPLE_RATE
    parts = [
        SoundBlock(k / SAMPLE_RATE, sound[k : k + size], np.zeros((2, 0), np.float32), 48_000, "")
        for k in range(0, len(sound), size)
    ]
    reader = VoiceReader()
    before = time.process_time()
    for part in parts:
        reader.add(part)
    table = reader.finish()
    read = time.process_time() - before
    seconds = len(sound) / SAMPLE_RATE
    print(f"\npitch, level and bands: {1000 * read / seconds:.1f} ms a second of sound")
    starts = np.arange(0, seconds, 1.6)
    before = time.process_time()
    features_of(table, pd.DataFrame({"start": starts, "end": starts + 1.2}))
    spent = time.process_time() - before
    print(f"features of utterances: {1000 * spent / seconds:.1f} ms a second of sound")
    for layout, channels in (("stereo", 2), ("5.1", 6)):
        noise = np.random.default_rng(0).normal(0, 0.1, (channels, 480_000)).astype(np.float32)
        loudness = LoudnessReader()
        before = time.process_time()
        for k in range(5):
            loudness.add(SoundBlock(10.0 * k, np.zeros(0, np.float32), noise, 48_000, layout))
        loudness.finish()
        spent = time.process_time() - before
        print(f"loudness of {layout} at 48 kHz: {1000 * spent / 50:.1f} ms a second of sound")


if __name__ == "__main__":
    main()
