"""Runs: how long a label holds, one segment at a time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.performance import Performance, Values

Labels = npt.NDArray[np.int64]

# A run shorter than this many seconds is a flicker. Expressions that people make, other than the
# micro-expressions of Ekman and Friesen (1969), last half a second and longer.
SHORTEST = 0.4
_TOLERANCE = 1e-9


def reading_ends(performance: Performance) -> Values:
    """When what each reading stands for ends: (n,) seconds in the clip.

    That is the time of the next reading of the segment, and one step later for the last.
    """
    times, segments = performance.times, performance.segments()
    ends = times + performance.step
    continues = segments[1:] == segments[:-1]
    ends[:-1][continues] = times[1:][continues]
    return ends


def find_runs(performance: Performance, labels: Labels, shortest: float = SHORTEST) -> pd.DataFrame:
    """Where the same label holds from one reading to the next, without flickers.

    A run shorter than ``shortest`` is given to its neighbours in the segment: between two of the
    same label, or with one neighbour only, all of it; between two of different labels, half of it
    to each, so that a passage from one to the other over a third is a change at its middle. The
    shortest run goes first. A run that has no neighbour stays, however short: a segment has at
    least one run, and the runs of a segment cover it.

    Args:
        performance: n readings.
        labels: (n,) integers.
        shortest: seconds; 0 keeps every run.

    Returns:
        One row a run, by time: ``stretch``, ``first`` and ``last`` (positions of its readings,
        ``last`` exclusive), ``start``, ``end`` and ``seconds`` (of the clip), ``label``.
    """
    segments, times, ends = performance.segments(), performance.times, reading_ends(performance)
    firsts: list[Labels] = []
    kept: list[Labels] = []
    borders = np.flatnonzero(np.diff(segments, prepend=-1, append=-1))
    for begin, stop in pairwise(borders):
        own = labels[begin:stop]
        first = np.flatnonzero(np.concatenate([[True], own[1:] != own[:-1]]))
        clock = np.append(times[begin:stop], ends[stop - 1])
        first, names = _without_flickers(first, own[first], clock, shortest)
        firsts.append(begin + first)
        kept.append(names)
    first = np.concatenate(firsts) if firsts else np.zeros(0, np.int64)
    last = np.append(first[1:], len(labels)) if len(first) else first
    start, end = times[first], ends[last - 1]
    return pd.DataFrame(
        {
            "stretch": segments[first],
            "first": first,
            "last": last,
            "start": start,
            "end": end,
            "seconds": end - start,
            "label": np.concatenate(kept) if kept else np.zeros(0, np.int64),
        }
    )


def _without_flickers(
    first: Labels, labels: Labels, clock: Values, shortest: float
) -> tuple[Labels, Labels]:
    """The runs of a segment without those that are too short.

    Args:
        first: (k,) positions at which runs begin.
        labels: (k,), neighbours differ.
        clock: (n + 1,) times of the n readings, and the end of the last.
        shortest: seconds.
    """
    while len(labels) > 1:
        borders = np.append(first, len(clock) - 1)
        lengths = np.diff(clock[borders])
        k = int(lengths.argmin())
        if lengths[k] >= shortest - _TOLERANCE:
            break
        if k == 0:
            first[1] = first[0]
        elif k + 1 < len(first):
            inside = clock[borders[k] : borders[k + 1] + 1]
            first[k + 1] = first[k] + np.abs(inside - (inside[0] + inside[-1]) / 2).argmin()
        first, labels = np.delete(first, k), np.delete(labels, k)
        differs = np.concatenate([[True], labels[1:] != labels[:-1]])
        first, labels = first[differs], labels[differs]
    return first, labels


def mean_shares(performance: Performance, values: Values, runs: pd.DataFrame) -> pd.DataFrame:
    """The mean reading of each run, each reading weighed by its seconds.

    Args:
        performance: n readings.
        values: (n, 7), such as :func:`~emotion_core.performance.arcs.arc.smooth` gives them.
        runs: :func:`find_runs`, k rows.

    Returns:
        (k, 7), a column an emotion.
    """
    if runs.empty:
        return pd.DataFrame(np.zeros((0, len(EMOTIONS))), columns=list(EMOTIONS))
    seconds = reading_ends(performance) - performance.times
    first = runs["first"].to_numpy()
    sums = np.add.reduceat(values * seconds[:, None], first)
    return pd.DataFrame(sums / np.add.reduceat(seconds, first)[:, None], columns=list(EMOTIONS))
