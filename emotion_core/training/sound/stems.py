"""Speech, music and other sound, each for itself: what scenes are mixed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from emotion_core.datasets.layouts import Split
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.kinds.logmel import CELL
from emotion_core.training.sound.effects import (
    at_speed,
    colored,
    in_a_room,
    squeezed,
    through_codec,
)
from emotion_core.training.sound.noises.choosing import make_noise
from emotion_core.training.sound.noises.parts import scaled
from emotion_core.training.sound.sources import MusicFiles, Voice
from emotion_core.types import FloatArray

# dB below its loudest tenths of a second at which a sound is no longer there.
_SPEECH_RANGE, _OTHER_RANGE = 30.0, 35.0
# Cells without speech that belong to it, as pauses within words do.
_PAUSE = 3
_LOUDNESS = 10 ** (-25 / 20)  # RMS of a stem where it is heard


@dataclass(frozen=True, slots=True)
class Stem:
    """A sound by itself.

    Attributes:
        samples: (n,) float32, of which what is heard has an RMS of -25 dBFS.
        active: (n / 1600,) bool, cells in which it is heard.
    """

    samples: FloatArray
    active: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sources:
    """What the stems of a split are made from."""

    voices: Sequence[Voice]
    music: MusicFiles
    split: Split


def speech_stem(chance: np.random.Generator, sources: Sources, seconds: float) -> Stem:
    """One or two speakers with pauses, or the same through rooms, filters and codecs."""
    count = round(seconds * SAMPLE_RATE)
    people = [
        (sources.voices[int(chance.integers(len(sources.voices)))], chance.uniform(0.9, 1.12))
        for _ in range(int(chance.choice([1, 1, 2])))
    ]
    sound = np.zeros(count, np.float32)
    place = int(chance.uniform(-0.5, 2) * SAMPLE_RATE)
    pause = chance.exponential(0.7)
    while place < count:
        who, speed = people[int(chance.integers(len(people)))]
        said = at_speed(who.utterances[int(chance.integers(len(who.utterances)))], speed)
        said = scaled(said) * np.float32(10 ** (chance.normal(0, 2.5) / 20))
        _lay(sound, said, place)
        place += len(said) + int(chance.exponential(pause) * SAMPLE_RATE)
    return _changed(chance, sound, _SPEECH_RANGE, _PAUSE)


def music_stem(chance: np.random.Generator, sources: Sources, seconds: float) -> Stem:
    """A piece of music, at times one that begins or ends."""
    count = round(seconds * SAMPLE_RATE)
    speed = chance.uniform(0.88, 1.14)
    piece = at_speed(sources.music.excerpt(chance, seconds * speed + 0.1), speed)[:count]
    sound = np.pad(piece, (0, count - len(piece)))
    if chance.random() < 0.35:
        edge = int(chance.uniform(0.15, 0.85) * count)
        fade = int(chance.choice([0.01, 0.3, 1.5]) * SAMPLE_RATE)
        ramp = np.clip((np.arange(count) - edge) / fade + 0.5, 0, 1).astype(np.float32)
        sound = sound * (ramp if chance.random() < 0.5 else 1 - ramp)
    return _changed(chance, sound, _OTHER_RANGE, 0)


def other_stem(chance: np.random.Generator, sources: Sources, seconds: float) -> Stem:
    """Noises, at times of a crowd, at times only for a while."""
    count = round(seconds * SAMPLE_RATE)
    if chance.random() < 0.12:
        sound = _crowd(chance, sources, count)
    else:
        sound = make_noise(chance, seconds, sources.split)
    if chance.random() < 0.25:
        edge = int(chance.uniform(0.2, 0.8) * count)
        sound = sound.copy()
        sound[slice(0, edge) if chance.random() < 0.5 else slice(edge, None)] = 0
    return _changed(chance, sound, _OTHER_RANGE, 2)


def _crowd(chance: np.random.Generator, sources: Sources, count: int) -> FloatArray:
    """So many voices that nobody is understood."""
    sound = np.zeros(count, np.float32)
    for _ in range(int(chance.integers(8, 24))):
        place = -int(chance.uniform(0, 3) * SAMPLE_RATE)
        who = sources.voices[int(chance.integers(len(sources.voices)))]
        while place < count:
            said = at_speed(
                who.utterances[int(chance.integers(len(who.utterances)))], chance.uniform(0.85, 1.2)
            )
            _lay(sound, scaled(said) * np.float32(chance.uniform(0.4, 1)), place)
            place += len(said)
    return in_a_room(chance, sound)


def _lay(sound: FloatArray, piece: FloatArray, place: int) -> None:
    """Add a piece to a sound at a place, as far as it lies within."""
    start, end = max(place, 0), min(place + len(piece), len(sound))
    if start < end:
        sound[start:end] += piece[start - place : end - place]


def _changed(chance: np.random.Generator, sound: FloatArray, below: float, pause: int) -> Stem:
    """Where a sound is heard, and what rooms, filters, recorders and codecs make of it."""
    active = _active(sound, below, pause)
    if chance.random() < 0.45:
        sound = in_a_room(chance, sound)
    if chance.random() < 0.1:
        sound = squeezed(chance, sound)
    sound = colored(chance, sound)
    if chance.random() < 0.25:
        sound = through_codec(chance, sound)
    heard = sound.reshape(-1, CELL)[active]
    rms = float(np.sqrt(np.mean(heard**2))) if len(heard) else 0.0
    if rms < 1e-9:
        return Stem(np.zeros_like(sound), np.zeros_like(active))
    return Stem((sound * np.float32(_LOUDNESS / rms)).astype(np.float32), active)


def _active(sound: FloatArray, below: float, pause: int) -> npt.NDArray[np.bool_]:
    """Cells in which a sound is heard; gaps of up to ``pause`` cells are."""
    power = np.mean(sound.reshape(-1, CELL).astype(np.float64) ** 2, axis=1)
    loud: npt.NDArray[np.bool_] = power > max(
        float(np.quantile(power, 0.95)) * 10 ** (-below / 10), 1e-9
    )
    places = np.flatnonzero(loud)
    for before, after in pairwise(places):
        if after - before <= pause + 1:
            loud[before:after] = True
    return loud
