"""Whether a face changes when the music does, more often than by accident."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.sound.music.paths import Values

WINDOW = 0.5
ROTATIONS = 2000
# Fewer changes of a face than this say nothing.
FEWEST = 5
# Times that are moved at once, so that memory does not grow with the length of a clip.
_AT_ONCE = 500_000


@dataclass(frozen=True, slots=True)
class Coincidence:
    """How often changes of a face fall together with changes of the music.

    Attributes:
        face, music: how many changes of each there are while both can be seen and heard.
        share: of the face's changes that lie within the window of one of the music, 0 to 1.
        expected: mean of that share over the rotations.
        p: share of the rotations that reach as much, the true order counted as one of them;
            NaN, with the shares, where there are fewer than :data:`FEWEST` changes of the face or
            none of the music.
    """

    face: int
    music: int
    share: float
    expected: float
    p: float


def coincidence(
    face: npt.ArrayLike,
    music: npt.ArrayLike,
    spans: pd.DataFrame,
    window: float = WINDOW,
    rotations: int = ROTATIONS,
) -> Coincidence:
    """Compare the changes of a face with those of the music, and with rotated time.

    The changes of the face are moved on together by a random time, round and round through the
    spans, which keeps how they follow one another and breaks their tie to the music. This tests
    chance only: a cut that moves both would look the same, and either may follow the other.

    Args:
        face: seconds at which the face changes.
        music: seconds at which the music changes.
        spans: ``start`` and ``end`` of the parts of the clip in which the face is seen and music
            sounds, by time and without overlap; changes outside do not count.
        window: seconds before or after.
        rotations: how many are drawn; the same on every run.
    """
    start, end = spans["start"].to_numpy(np.float64), spans["end"].to_numpy(np.float64)
    before = np.concatenate([[0.0], np.cumsum(end - start)])
    own, other = (_inside(np.sort(np.asarray(x, np.float64)), start, end) for x in (face, music))
    if len(own) < FEWEST or not len(other):
        return Coincidence(len(own), len(other), *[float("nan")] * 3)
    place = np.searchsorted(start, own, side="right") - 1
    along = before[place] + own - start[place]
    share = _share(own, other, window)
    shifts = np.random.default_rng(0).uniform(0, before[-1], rotations)
    parts = []
    # a film has thousands of changes
    for some in np.array_split(shifts, len(own) * rotations // _AT_ONCE + 1):
        moved = (along + some[:, None]) % before[-1]
        span = (np.searchsorted(before, moved, side="right") - 1).clip(0, len(start) - 1)
        parts.append(_share(start[span] + moved - before[span], other, window))
    shares = np.concatenate(parts)
    reached = int((shares >= share - 1e-9).sum())
    p = (1 + reached) / (1 + rotations)
    return Coincidence(len(own), len(other), float(share), float(shares.mean()), p)


def _inside(times: Values, start: Values, end: Values) -> Values:
    if not len(start):
        return times[:0]
    place = np.searchsorted(start, times, side="right") - 1
    return np.asarray(times[(place >= 0) & (times < end[place.clip(0)])], np.float64)


def _share(own: Values, other: Values, window: float) -> Values:
    """Share of (..., n) times that are near one of the others."""
    after = np.searchsorted(other, own).clip(max=len(other) - 1)
    nearest = np.minimum(np.abs(other[after] - own), np.abs(other[(after - 1).clip(0)] - own))
    return np.asarray((nearest <= window).mean(axis=-1))
