"""Where a performance is unsure: the doubt of its readings, for the time that something lasts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.uncertainty import why_unsure, why_unsure_between
from emotion_core.performance.performance import Performance, Values

_TOLERANCE = 1e-9  # seconds


def unsure_between(
    performance: Performance, starts: npt.ArrayLike, ends: npt.ArrayLike
) -> pd.Series:
    """Why what lasts from one moment to another is unsure, in words.

    Args:
        performance: the readings.
        starts, ends: (n,) seconds of the clip.

    Returns:
        (n,) strings: :func:`~emotion_core.emotions.uncertainty.why_unsure` of the readings
        within, empty where most can be trusted.
    """
    flags, times = performance.doubts(), performance.times
    firsts = np.searchsorted(times, np.asarray(starts, np.float64) - _TOLERANCE)
    lasts = np.searchsorted(times, np.asarray(ends, np.float64) - _TOLERANCE)
    return pd.Series(why_unsure_between(flags, firsts, lasts), dtype="string")


def unsure_at(performance: Performance, times: Values) -> npt.NDArray[np.bool_]:
    """Whether the reading nearest to each moment is unsure: (n,).

    Args:
        performance: the readings.
        times: (n,) seconds of the clip.
    """
    if not len(performance):
        return np.zeros(len(times), bool)
    known = performance.times
    after = np.searchsorted(known, times).clip(1, max(len(known) - 1, 1))
    after = np.minimum(after, len(known) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(times - known[before] <= known[after] - times, before, after)
    unsure = performance.doubts().any(axis=1).to_numpy()
    return np.asarray(unsure[nearest])


def mostly_unsure(performance: Performance) -> str:
    """Why the greater part of a performance is unsure, in words; empty where it is not."""
    return why_unsure(performance.doubts())
