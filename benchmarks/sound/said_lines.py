"""How well a recording of a known line is read: its words, its pauses, its pitch, in noise too.

    python -m benchmarks.sound.said_lines [--ravdess ZIP]

espeak-ng speaks lines in several voices, with a pause of 0.4 s before a word in the middle.
``read`` is the share of the recordings that are not refused, ``words`` the share of these in which
the words are found, ``pause`` the median and the 95th percentile of how far that pause is from
0.4 s, ``said`` the share of these in which it is long enough to be said of it, ``false`` the
share of all other words found before which such a pause is read; ``pitch`` the median and the 95th
percentile of how far the median pitch of the line is from that without noise, in semitones; ``ms``
the processor's time for a second of sound. With the actors of RAVDESS, whose pauses nobody has
marked, only ``read`` and ``words`` are printed, and the share in which every word is heard.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.sound.known_voices import SENTENCES, spoken
from emotion_core.errors import MediaError
from emotion_core.library.sounds import sound_detector
from emotion_core.performance.wording.line_beside import PAUSE
from emotion_core.practice.voice.recording import OwnRecording, read_recording
from emotion_core.settings import load_settings
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.types import FloatArray

_VOICES = ("en-us", "en-us+f3", "en-gb-scotland")
_NOISES = (None, 20, 10, 5, 0)
_PAUSE = 0.4
_QUIET = 0.01


# RAVDESS: by the fifth number of a file's name.
_SENTENCES = {"01": "Kids are talking by the door.", "02": "Dogs are sitting by the door."}
_DRAWN = 60


def main(given: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ravdess", type=Path, help="zip of its recordings")
    arguments = parser.parse_args(given)
    if arguments.ravdess:
        print_actors(arguments.ravdess)
    else:
        print_spoken()


def print_actors(archive: Path) -> None:
    """Recordings of actors, drawn at random."""
    detector = sound_detector(load_settings().models_dir)
    found = []
    with zipfile.ZipFile(archive) as files, tempfile.TemporaryDirectory() as folder:
        names = sorted(name for name in files.namelist() if name.endswith(".ogg"))
        for name in np.random.default_rng(0).choice(names, _DRAWN, replace=False):
            path = Path(folder) / "said.ogg"
            path.write_bytes(files.read(name))
            text = _SENTENCES[name.split("_")[1].split("-")[4]]
            try:
                found.append(read_recording(path, text, detector))
            except MediaError:
                found.append(None)
    read = [one for one in found if one is not None]
    known = [one for one in read if len(one.words)]
    whole = sum(bool(one.words["heard"].all()) for one in known)
    print(
        f"{len(found)} recordings of actors: {len(read) / len(found):.0%} read, words found in "
        f"{len(known) / len(read):.0%} of these, all of them heard in {whole / len(read):.0%}"
    )


def print_spoken() -> None:
    """Lines of espeak-ng, in noise."""
    lines = [(text, *_paused(text, voice)) for text, _ in SENTENCES for voice in _VOICES]
    detector = sound_detector(load_settings().models_dir)
    print("noise   read  words  pause          said  false  pitch         ms")
    clean: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        for noise in _NOISES:
            found: list[OwnRecording | None] = []
            began, seconds = time.process_time(), 0.0
            for number, (text, samples, _) in enumerate(lines):
                soundfile.write(path, _with_noise(samples, noise, number), SAMPLE_RATE)
                seconds += len(samples) / SAMPLE_RATE
                try:
                    found.append(read_recording(path, text, detector))
                except MediaError:
                    found.append(None)
            cost = 1000 * (time.process_time() - began) / seconds
            pitches = [_pitch(one) for one in found]
            clean = clean or pitches
            _print(noise, found, [place for _, _, place in lines], pitches, clean, cost)


def _print(
    noise: int | None,
    found: list[OwnRecording | None],
    places: list[int],
    pitches: list[float],
    clean: list[float],
    cost: float,
) -> None:
    read = [one for one in found if one is not None]
    there: list[float] = []
    elsewhere: list[float] = []
    for one, place in zip(found, places, strict=True):
        if one is None or not len(one.words):
            continue
        heard = one.words["heard"].to_numpy()
        gaps = one.words["start"].to_numpy()[1:] - one.words["end"].to_numpy()[:-1]
        for word, gap in enumerate(np.where(heard[1:] & heard[:-1], gaps, np.nan), start=1):
            (there if word == place else elsewhere).append(float(gap))
    pause, other = np.array(there), np.array(elsewhere)
    away = 12 * np.abs(np.log2(np.array(pitches) / np.array(clean)))
    print(
        f"{'none' if noise is None else f'{noise} dB':6} {len(read) / len(found):5.0%}"
        f" {np.mean([len(one.words) > 0 for one in read]):6.0%}"
        f"  {_middle_and_most(np.abs(pause - _PAUSE))} s"
        f" {_share(pause):6} {_share(other):6}"
        f"  {_middle_and_most(away)} st {cost:4.0f}"
    )


def _share(pauses: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    """Of the gaps before words, those that are called pauses."""
    return f"{np.mean(pauses >= PAUSE):.1%}" if len(pauses) else "–"


def _middle_and_most(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    known = values[np.isfinite(values)]
    return f"{np.median(known):.2f} {np.quantile(known, 0.95):.2f}" if len(known) else "–    –   "


def _pitch(read: OwnRecording | None) -> float:
    return np.nan if read is None else float(read.sound.voice["pitch"].median())


def _paused(text: str, voice: str) -> tuple[FloatArray, int]:
    """A line with a pause in its middle, and the word that follows it."""
    words = text.split()
    place = len(words) // 2
    parts = [spoken(" ".join(part), voice=voice) for part in (words[:place], words[place:])]
    first, second = (_trimmed(part) for part in parts)
    around, pause = (np.zeros(round(s * SAMPLE_RATE), np.float32) for s in (0.5, _PAUSE))
    return np.concatenate([around, first, pause, second, around]), place


def _trimmed(samples: FloatArray) -> FloatArray:
    loud = np.flatnonzero(np.abs(samples) > _QUIET)
    return samples[loud[0] : loud[-1] + 1]


def _with_noise(samples: FloatArray, below: int | None, seed: int) -> FloatArray:
    """White noise so many dB below the mean of what is spoken; half as loud, to clip nothing."""
    power = float((samples[samples != 0] ** 2).mean())
    level = 0.0 if below is None else np.sqrt(power * 10 ** (-below / 10))
    noise = level * np.random.default_rng(seed).standard_normal(len(samples))
    return np.asarray((samples + noise) / 2, np.float32)


if __name__ == "__main__":
    main()
