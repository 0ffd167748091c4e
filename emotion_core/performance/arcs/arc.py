"""Arcs: readings smoothed over time, and put on a regular clock."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.through_time import SMOOTHING, smooth_readings
from emotion_core.performance.performance import Performance, Values


@dataclass(frozen=True, slots=True)
class Arc:
    """Readings on a regular clock.

    Attributes:
        times: (n,) seconds in the clip, ``step`` apart.
        values: (n, 7) probabilities, rows summing to 1; NaN where the character is not seen.
        step: seconds.
    """

    times: Values
    values: Values
    step: float

    def __len__(self) -> int:
        return len(self.times)

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        """(n,) whether the character is in view."""
        return ~np.isnan(self.values[:, 0])


def smooth(performance: Performance, sigma: float = SMOOTHING) -> Values:
    """The probabilities of a performance, averaged over time and never across a cut or a gap.

    See :func:`~emotion_core.emotions.through_time.smooth_readings`.

    Args:
        performance: n readings.
        sigma: standard deviation of the kernel in seconds; 0 leaves the readings as they are.

    Returns:
        (n, 7), rows summing to 1.
    """
    return smooth_readings(
        performance.probabilities, performance.times, performance.segments(), sigma
    )


def arc_of(performance: Performance, step: float = 0.1, sigma: float = SMOOTHING) -> Arc:
    """A performance on a regular clock, from its first reading to its last.

    Between two readings of a segment the smoothed values are interpolated linearly; where the
    character is not seen, they are NaN.

    Args:
        performance: the readings.
        step: seconds from one point of the clock to the next.
        sigma: as for :func:`smooth`.
    """
    if step <= 0:
        raise ValueError(f"step must be positive, but is {step}")
    if not len(performance):
        return Arc(np.zeros(0), np.zeros((0, 7)), step)
    known, values, segments = performance.times, smooth(performance, sigma), performance.segments()
    # the small part keeps the last point where the division falls just short of a whole number
    count = int((known[-1] - known[0]) / step + 1e-9) + 1
    times = known[0] + step * np.arange(count)
    arc = np.full((count, values.shape[1]), np.nan)
    # a reading stands for its frame, so that a segment of one frame is not lost
    borders = [*np.flatnonzero(np.diff(segments, prepend=-1)).tolist(), len(known)]
    for begin, end in pairwise(borders):
        first = known[begin] - performance.step / 2 - 1e-9
        last = known[end - 1] + performance.step / 2 + 1e-9
        inside = slice(*np.searchsorted(times, [first, np.nextafter(last, np.inf)]))
        for emotion in range(values.shape[1]):
            arc[inside, emotion] = np.interp(
                times[inside], known[begin:end], values[begin:end, emotion]
            )
    return Arc(times, arc, step)


def segments_on_clock(performance: Performance, arc: Arc) -> npt.NDArray[np.int64]:
    """Which segment each point of an arc belongs to: (n,), -1 where the character is not seen.

    Args:
        performance: the readings.
        arc: :func:`arc_of` them.
    """
    if not len(arc):
        return np.zeros(0, np.int64)
    firsts = np.flatnonzero(np.diff(performance.segments(), prepend=-1))
    starts = performance.times[firsts] - performance.step / 2 - 1e-9
    return np.where(arc.seen, np.searchsorted(starts, arc.times, side="right") - 1, -1)
