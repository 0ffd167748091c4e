"""Pitch classes: tuned, and how a note's overtones fall on them."""

from __future__ import annotations

import numpy as np

from emotion_core.sound.music.paths import Values
from emotion_core.sound.music.spectra import PLACES
from emotion_core.types import FloatArray

NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# Each overtone is weaker by this factor than the one below, up to the sixth (Gómez 2006, "Tonal
# description of music audio signals", section 3.5).
_DECAY, _OVERTONES = 0.6, 6
# Rows apart at which the sound is compared with itself: spectra that share no samples.
_APART = 6


def tuned(places: FloatArray) -> Values:
    """Strength of the twelve pitch classes, C first, by the tuning that fits best.

    Films run faster on television by 4%, and not every orchestra plays at 440 Hz. The tuning is
    the direction of the mean of the places on a circle that is a semitone long.

    Args:
        places: (n, 36), :attr:`~emotion_core.sound.music.spectra.Spectra.places`.

    Returns:
        (n, 12). Music that lies between two keys of the piano counts as the nearer one.
    """
    step = PLACES // 12
    turns = np.exp(2j * np.pi * np.arange(PLACES) / step)
    shift = float(np.angle((places.sum(axis=0, dtype=np.float64) * turns).sum())) / (2 * np.pi)
    centres = step * (np.arange(12) + shift)
    away = np.abs((np.arange(PLACES)[:, None] - centres + PLACES / 2) % PLACES - PLACES / 2)
    return np.asarray(places.astype(np.float64) @ np.clip(step / 2 - away, 0, 1))


def with_overtones(strengths: Values) -> Values:
    """What is heard of pitch classes played with such strengths: (n, 12) each."""
    heard = np.zeros_like(strengths)
    for number in range(1, _OVERTONES + 1):
        up = round(12 * np.log2(number))
        heard += _DECAY ** (number - 1) * np.roll(strengths, up, axis=1)
    return heard


def in_all_keys(patterns: Values) -> Values:
    """(k, 12) patterns over C on each of the twelve notes: (12 k, 12), first all of the first."""
    return np.concatenate([[np.roll(row, tonic) for tonic in range(12)] for row in patterns])


def unit(values: Values, least: float = 1e-6) -> Values:
    """Rows of length 1; those far shorter than ``least`` are left short."""
    return np.asarray(values / (np.linalg.norm(values, axis=1, keepdims=True) + least))


def steadiness(places: FloatArray) -> Values:
    """How much the pitches of each row are those of 0.6 s before: cosine, 0 to 1.

    High where notes are held, low in speech, whose pitch glides, and in noise.

    Args:
        places: (n, 36).

    Returns:
        (n,); the first rows have the value of the row that first has one, 0 where none has.
    """
    rows = unit(places.astype(np.float64))
    if len(rows) <= _APART:
        return np.zeros(len(rows))
    likeness = (rows[_APART:] * rows[:-_APART]).sum(axis=1)
    return np.concatenate([np.full(_APART, likeness[0]), likeness])
