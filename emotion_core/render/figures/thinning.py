"""Fewer points of long lines, so that a browser gets what a screen can show and no more.

Points are left out and none is changed: what is drawn, and read off, was computed for that moment.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from tsdownsample import MinMaxLTTBDownsampler

Positions = npt.NDArray[np.int64]

# Points of a line: about twice as many as a wide page has pixels.
MOST_POINTS = 2000
# Of each unbroken stretch, however short: its ends, its least and its largest value.
FEWEST = 4


def keep_points(
    times: npt.NDArray[np.float64],
    values: npt.NDArray[np.float64],
    stretch: npt.NDArray[np.int64],
    most: int = MOST_POINTS,
) -> Positions:
    """Which points of a line are drawn.

    Each stretch is thinned on its own and keeps its ends, its least and its largest value, so that
    gaps and cuts stay where they are. In between, MinMaxLTTB chooses (Van Der Donckt and others
    2023, "MinMaxLTTB: Leveraging MinMax-Preselection to Scale LTTB", IEEE VIS) the points that
    change the look of the line most.

    Args:
        times: (n,) ascending.
        values: (n,), finite where ``stretch`` is 0 or more.
        stretch: (n,) number of the unbroken stretch of each point; -1 for none.
        most: points in all; with many stretches at most :data:`FEWEST` more for each.

    Returns:
        Positions of the points, ascending; all of them where there are few enough.
    """
    seen = np.flatnonzero(stretch >= 0)
    if len(seen) <= most:
        return seen
    share = most / len(seen)
    kept = [_thin(times, values, own, max(int(share * len(own)), FEWEST)) for own in runs(stretch)]
    return np.concatenate(kept)


def keep_evenly(stretch: npt.NDArray[np.int64], most: int = MOST_POINTS) -> tuple[Positions, int]:
    """Every k-th point of each stretch and its last one, and k: for a path that has no clock."""
    seen = np.flatnonzero(stretch >= 0)
    every = max(int(np.ceil(len(seen) / most)), 1)
    kept = [np.unique(np.append(own[::every], own[-1])) for own in runs(stretch)]
    return (np.concatenate(kept) if kept else seen), every


def runs(stretch: npt.NDArray[np.int64]) -> list[Positions]:
    """Positions of each unbroken stretch; points of none (-1) are left out."""
    seen = np.flatnonzero(stretch >= 0)
    if not len(seen):
        return []
    return np.split(seen, np.flatnonzero(np.diff(stretch[seen])) + 1)


def breaks(stretch: npt.NDArray[np.int64]) -> Positions:
    """Before which of some points a line breaks: where another stretch begins."""
    return np.flatnonzero(np.diff(stretch)) + 1


def _thin(
    times: npt.NDArray[np.float64], values: npt.NDArray[np.float64], own: Positions, most: int
) -> Positions:
    if len(own) <= most:
        return own
    part = np.ascontiguousarray(values[own], np.float64)
    must = [0, int(part.argmin()), int(part.argmax()), len(own) - 1]
    if most <= FEWEST:
        return np.asarray(own[np.unique(must)], np.int64)
    clock = np.ascontiguousarray(times[own], np.float64)
    thinner = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]
    chosen: Positions = np.asarray(thinner.downsample(clock, part, n_out=most), np.int64)
    kept: Positions = own[np.unique(np.concatenate([chosen, must]))]
    return kept
