"""Readings of a face averaged over its neighbours in time: one filter for all that names a moment.

``python -m benchmarks.readings.through_time`` measures what it gains, and what others would.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.float64]

# Standard deviation in seconds of the kernel by default: expressions come and go in half a second
# to four (Ekman 2003, "Emotions Revealed"), single odd frames are shorter. On pictures made into
# film, twice as much agrees no more with people, half as much agrees less.
SMOOTHING = 0.2
# The kernel ends at this many standard deviations.
REACH = 3.0


def segments_of(faces: pd.DataFrame, every: int) -> npt.NDArray[np.int64]:
    """(n,) number of the unbroken segment that each row of a ``faces`` table belongs to, from 0.

    A segment ends at a cut, where the track changes, and where a frame was read without this face.

    Args:
        faces: n rows, by time, or by track and in it by time.
        every: frames from one that was read to the next.
    """
    if not len(faces):
        return np.zeros(0, np.int64)
    breaks = np.diff(faces["frame"].to_numpy()) != every
    for column in ("shot", "track"):
        breaks |= np.diff(faces[column].to_numpy()) != 0
    return np.concatenate([[0], np.cumsum(breaks)]).astype(np.int64)


def smooth_readings(
    values: Values, times: Values, segments: npt.NDArray[np.int64], sigma: float = SMOOTHING
) -> Values:
    """Readings averaged over time, and never from one segment to another.

    Kernel regression with a Gaussian (Nadaraya 1964, Watson 1964) over the frames' own times, so
    that a variable rate is right: p(t_i) = sum_j K(t_i - t_j) p_j / sum_j K(t_i - t_j), j in the
    same segment as i.

    Args:
        values: (n, k), by segment and in it by time; NaN counts for nothing.
        times: (n,) seconds.
        segments: (n,) which segment each row is of.
        sigma: standard deviation of the kernel in seconds; 0 leaves the readings as they are.

    Returns:
        (n, k); NaN where nothing is known.
    """
    if sigma <= 0:
        return values
    known = ~np.isnan(values)
    whole = bool(known.all())
    total = np.where(known, values, 0.0)
    weights = np.ones((len(values), 1)) if whole else known.astype(np.float64)
    readings, counted = total.copy(), weights.copy()
    for offset in range(1, len(values)):
        distance = times[offset:] - times[:-offset]
        together = (segments[offset:] == segments[:-offset]) & (distance <= REACH * sigma)
        if not together.any():
            break  # with a larger offset they lie even further apart
        kernel = np.where(together, np.exp(-0.5 * (distance / sigma) ** 2), 0.0)[:, None]
        total[:-offset] += kernel * readings[offset:]
        total[offset:] += kernel * readings[:-offset]
        weights[:-offset] += kernel * counted[offset:]
        weights[offset:] += kernel * counted[:-offset]
    with np.errstate(invalid="ignore"):  # none known is NaN
        return np.asarray(total / weights)
