"""The moments at which two aligned performances are least alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import describe_reading, uncertainty_of
from emotion_core.performance.comparison.alignment import Alignment
from emotion_core.performance.performance import Performance, Values

# A moment is a mean over this many seconds of the path: one odd frame is not a moment.
WINDOW = 1.0
# Two moments are at least so far apart, in both clips.
APART = 2.0
# Below this distance nothing diverges: half and half against 64% and 36% has as much.
LEAST = 0.1


@dataclass(frozen=True, slots=True)
class Divergence:
    """A moment at which two performances differ.

    Attributes:
        first_time, second_time: seconds in either clip.
        first_reading, second_reading: what is read in a student's words, with its doubt.
        first_shares, second_shares: mean probability of each emotion over :data:`WINDOW`.
        distance: mean Hellinger distance over :data:`WINDOW`, in [0, 1].
    """

    first_time: float
    second_time: float
    first_reading: str
    second_reading: str
    first_shares: tuple[float, ...]
    second_shares: tuple[float, ...]
    distance: float


def divergences(
    alignment: Alignment,
    first: Performance,
    second: Performance,
    count: int = 6,
    window: float = WINDOW,
    apart: float = APART,
    least: float = LEAST,
) -> tuple[Divergence, ...]:
    """The moments of greatest distance along the path, largest first.

    The distance is averaged over ``window`` seconds of the path, and never across a cut or a gap of
    either performance; where an unbroken segment is shorter than half of it, nothing is said.
    The largest mean is taken again and again, leaving out what lies within ``apart`` of a moment
    that was taken, in either clip.

    Args:
        alignment: of the two.
        first, second: the same performances.
        count: how many at most.
        window, apart: seconds.
        least: smallest distance that counts.
    """
    windows = _windows(alignment, window)
    if not len(windows):
        return ()
    totals = np.concatenate([[0.0], np.cumsum(alignment.distances)])
    middles, starts, ends = windows.T
    means = (totals[ends] - totals[starts]) / (ends - starts)
    one, two = alignment.times
    chosen: list[int] = []
    for place in np.argsort(-means, kind="stable"):
        if means[place] < least or len(chosen) == count:
            break
        here = middles[place]
        others = middles[chosen]
        near = (np.abs(one[others] - one[here]) < apart) | (np.abs(two[others] - two[here]) < apart)
        if not near.any():
            chosen.append(int(place))
    return tuple(
        _moment(alignment, first, second, tuple(windows[place]), float(means[place]))
        for place in chosen
    )


def _windows(alignment: Alignment, window: float) -> np.ndarray:
    """(k, 3) step in the middle, first step, and step after the last, of each window."""
    first, second = alignment.path.T
    # both clocks share the path: time on it is the mean of the time in view in either clip
    clock = (first * alignment.first.step + second * alignment.second.step) / 2
    pairs = np.stack([alignment.first.segment[first], alignment.second.segment[second]], axis=1)
    edges = np.flatnonzero((np.diff(pairs, axis=0) != 0).any(axis=1)) + 1
    found = []
    for steps in np.split(np.arange(len(clock)), edges):
        own = clock[steps]
        starts = np.searchsorted(own, own - window / 2 - 1e-9)
        ends = np.searchsorted(own, own + window / 2 + 1e-9)
        whole = own[ends - 1] - own[starts] >= window / 2 - 1e-9
        found.append(np.stack([steps, steps[0] + starts, steps[0] + ends], axis=1)[whole])
    return np.concatenate(found)


def _moment(
    alignment: Alignment,
    first: Performance,
    second: Performance,
    window: tuple[int, int, int],
    distance: float,
) -> Divergence:
    middle, start, end = window
    sides = []
    for side, points, performance in (
        (0, alignment.first, first),
        (1, alignment.second, second),
    ):
        shares = points.values[alignment.path[start:end, side]].mean(axis=0)
        time = float(points.times[alignment.path[middle, side]])
        sides.append((time, tuple(map(float, shares)), _reading(performance, time, shares)))
    (time, shares, reading), (other_time, other_shares, other_reading) = sides
    return Divergence(time, other_time, reading, other_reading, shares, other_shares, distance)


def _reading(performance: Performance, time: float, shares: Values) -> str:
    """The mean in words, with what makes the face of this very moment hard to see."""
    nearest = int(np.abs(performance.times - time).argmin())
    row = performance.faces.iloc[[nearest]].assign(**dict(zip(EMOTIONS, shares, strict=True)))
    flags = uncertainty_of(row)
    uncertainty = [str(name) for name in flags.columns if flags[name].iloc[0]]
    return describe_reading(dict(zip(EMOTIONS, map(float, shares), strict=True)), uncertainty)
