"""Keys: which tonic and mode the pitches of a stretch of music fit best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emotion_core.sound.music.paths import Values, likeliest_path, runs_of
from emotion_core.sound.music.pitch import NAMES, in_all_keys, unit, with_overtones
from emotion_core.sound.music.spectra import ROWS

KEYS = tuple(f"{name} {mode}" for mode in ("major", "minor") for name in NAMES)
# How often each degree occurs in common-practice music: Albrecht and Shanahan 2013, "The use of
# large corpora to train a new type of key-finding algorithm", Music Perception 31. Of 54
# rendered pieces they named 92% of the keys right, with overtones as below; those of Krumhansl and
# Kessler (1982) 83%, those of Temperley (after Kostka and Payne) 87%.
_PROFILES = np.array(
    [
        [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081],
        [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052],
    ]
)
# Of the hidden Markov model: log-likelihood of a second by correlation, and the probability that
# the key of the next second is the same.
_GAIN, _STAY = 4.0, 0.999


@dataclass(frozen=True, slots=True)
class KeyRun:
    """A key, first and one past the last row, and what speaks for it.

    Attributes:
        evidence: correlation with the profile; how far the next best key lies behind it; mean
            steadiness of the pitches; log of the seconds.
    """

    start: int
    end: int
    key: int
    evidence: tuple[float, ...]


def _fits(strengths: Values) -> Values:
    """(n, 24) correlations of (n, 12) strengths with the profiles of all keys."""
    return _centred(strengths) @ _centred(in_all_keys(with_overtones(_PROFILES))).T


def key_runs(strengths: Values, steady: Values) -> list[KeyRun]:
    """The keys of one section, one after the other.

    The seconds of a section are correlated with the profiles of all keys, overtones included
    (Krumhansl 1990, "Cognitive Foundations of Musical Pitch", chapter 4; Gómez 2006), and the
    likeliest path goes through the 24 keys.

    Args:
        strengths: (n, 12) of the pitch classes, ten rows a second.
        steady: (n,) :func:`~emotion_core.sound.music.pitch.steadiness`.

    Returns:
        Runs that cover all rows.
    """
    if not len(strengths):
        return []
    # faint pitches count less than strong ones, and those above a limit all alike
    rows = unit(strengths, least=1e-3)
    seconds = np.add.reduceat(rows, np.arange(0, len(rows), ROWS))
    path = likeliest_path(_GAIN * _fits(seconds), _STAY)
    found = []
    for first, last in runs_of(path):
        start, end = first * ROWS, min(last * ROWS, len(rows))
        fits = _fits(rows[start:end].sum(axis=0, keepdims=True))[0]
        key = int(path[first])
        lead = float(fits[key] - np.delete(fits, key).max())
        evidence = (float(fits[key]), lead, float(steady[start:end].mean()))
        found.append(KeyRun(start, end, key, (*evidence, float(np.log((end - start) / ROWS)))))
    return found


def _centred(rows: Values) -> Values:
    return unit(rows - rows.mean(axis=1, keepdims=True))
