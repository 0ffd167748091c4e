"""Arcs: readings smoothed over time, and put on a regular clock."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from emotion_core.performance.performance import Performance, Values

# Standard deviation in seconds of the kernel by default: expressions come and go in half a second
# to four (Ekman 2003, "Emotions Revealed"), single odd frames are shorter.
SMOOTHING = 0.2
# The kernel ends at this many standard deviations.
_REACH = 3.0


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

    Kernel regression with a Gaussian (Nadaraya 1964, Watson 1964) over the frames' own times, so
    that a variable rate is right: p(t_i) = sum_j K(t_i - t_j) p_j / sum_j K(t_i - t_j), j in the
    same segment as i.

    Args:
        performance: n readings.
        sigma: standard deviation of the kernel in seconds; 0 leaves the readings as they are.

    Returns:
        (n, 7), rows summing to 1.
    """
    values, times, segments = (
        performance.probabilities,
        performance.times,
        performance.segments(),
    )
    if sigma <= 0:
        return values
    total, weights = values.copy(), np.ones(len(values))
    for offset in range(1, len(values)):
        distance = times[offset:] - times[:-offset]
        together = (segments[offset:] == segments[:-offset]) & (distance <= _REACH * sigma)
        if not together.any():
            break  # with a larger offset they lie even further apart
        kernel = np.where(together, np.exp(-0.5 * (distance / sigma) ** 2), 0.0)
        total[:-offset] += kernel[:, None] * values[offset:]
        total[offset:] += kernel[:, None] * values[:-offset]
        weights[:-offset] += kernel
        weights[offset:] += kernel
    return np.asarray(total / weights[:, None])


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
