"""How far a movement goes over time, as a curve that is steady and has holes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emotion_core.performance.performance import Values
from emotion_core.practice.exercises.performances import GAP

# Standard deviation in seconds of the kernel that steadies a curve: less than a raise takes.
_SIGMA = 0.08
# Seconds beyond its first and last reading for which a curve still stands.
_BEYOND = 0.15


def smooth_curve(times: Values, values: Values, segments: npt.NDArray[np.int64]) -> Values:
    """A curve averaged over time, never across a gap; it is not delayed.

    Kernel regression with a Gaussian, as :func:`~emotion_core.performance.arcs.arc.smooth`.

    Args:
        times: (n,) seconds, ascending.
        values: (n,) finite.
        segments: (n,) the unbroken segment that each belongs to, ascending.
    """
    smoothed = np.empty(len(values))
    for segment in np.unique(segments):
        inside = segments == segment
        apart = times[inside][:, None] - times[inside][None, :]
        kernel = np.exp(-0.5 * (apart / _SIGMA) ** 2)
        smoothed[inside] = kernel @ values[inside] / kernel.sum(axis=1)
    return smoothed


def segments_of(times: Values) -> npt.NDArray[np.int64]:
    """(n,) number of the segment of each time: one ends where nothing came for half a second."""
    return np.concatenate([np.zeros(min(len(times), 1)), np.cumsum(np.diff(times) > GAP)]).astype(
        np.int64
    )


def value_between(times: Values, values: Values, time: float) -> float:
    """The value of a curve at a time, linear between two readings; NaN in a gap and beyond.

    Args:
        times: (n,) seconds, ascending, n at least 1.
        values: (n,).
        time: seconds.
    """
    if not times[0] - _BEYOND <= time <= times[-1] + _BEYOND:
        return float("nan")
    after = int(np.searchsorted(times, time))
    if 0 < after < len(times) and times[after] - times[after - 1] > GAP:
        return float("nan")
    return float(np.interp(time, times, values))
