"""Two performances aligned by multivariate dynamic time warping.

The path is found in the points at which each character is seen; points at which it is not have no
reading, and are left out instead of being matched as if they were neutral. What is left keeps its
times, so that a gap is a jump of the path and not a similar passage. Nothing else is forbidden:
a face that turns away for a second plays the same arc as one that does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dtaidistance import dtw_ndim

from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.errors import ComparisonError
from emotion_core.performance.arcs.arc import Arc, arc_of, segments_on_clock
from emotion_core.performance.performance import Performance, Values

STEP = 0.1
# How far the path may stray from even tempo, as a share of the length.
BAND = 0.2
# Distance that a step costs on which one performance waits for the other: waiting must bring more
# than a likeness that nobody would notice (half and half against 64% and 36% is as far).
WAITING = 0.1
# Points of each performance beyond which the clock is made coarser: five minutes in view at STEP.
MOST_POINTS = 3000


@dataclass(frozen=True, slots=True)
class SeenPoints:
    """The smoothed readings of a performance where the character is seen.

    Attributes:
        times: (n,) seconds in the clip, ascending.
        values: (n, 7) probabilities.
        segment: (n,) number of the unbroken segment, as in :meth:`Performance.segments`.
        step: seconds of the clock.
    """

    times: Values
    values: Values
    segment: npt.NDArray[np.int64]
    step: float

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True)
class Alignment:
    """How one performance runs along another.

    Attributes:
        first, second: what was aligned; both have about as many points.
        path: (m, 2) positions in ``first`` and ``second``; neither ever goes back, and both go
            from their first point to their last.
        distances: (m,) :func:`hellinger` between the two points of each step, in [0, 1].
        unaligned: mean distance on the common clock, each performance counted from its first
            reading, where both are seen.
        band: as in :func:`align`.
    """

    first: SeenPoints
    second: SeenPoints
    path: npt.NDArray[np.int64]
    distances: Values
    unaligned: float
    band: float

    @property
    def distance(self) -> float:
        """Mean of :attr:`distances` along the path: 0 for the same, 1 for never alike."""
        return float(self.distances.mean())

    @property
    def times(self) -> tuple[Values, Values]:
        """Seconds in either clip at each step of the path, two (m,) arrays."""
        return self.first.times[self.path[:, 0]], self.second.times[self.path[:, 1]]

    def map_times(self) -> tuple[Values, Values]:
        """The path as a function from the first clip to the second.

        Returns:
            (k,) strictly ascending seconds in the first clip, and (k,) the mean of the seconds in
            the second clip that lie on each, which never go back.
        """
        first, second = self.times
        known, where, counts = np.unique(first, return_inverse=True, return_counts=True)
        return known, np.bincount(where, weights=second) / counts

    def to_second(self, times: Values | float) -> Values:
        """Seconds in the second clip for seconds in the first, linear between two steps."""
        return np.asarray(np.interp(times, *self.map_times()))

    def to_first(self, times: Values | float) -> Values:
        """Seconds in the first clip for seconds in the second."""
        first, second = self.times
        known, where, counts = np.unique(second, return_inverse=True, return_counts=True)
        return np.asarray(np.interp(times, known, np.bincount(where, weights=first) / counts))


def hellinger(first: Values, second: Values) -> Values:
    """Distance of distributions, in [0, 1]: 0 for the same, 1 where they share no emotion.

    sqrt(1/2 sum_k (sqrt p_k - sqrt q_k)^2) (Hellinger 1909). From half and half to 64% and 36%
    it is 0.1, from certain of one emotion to half and half 0.54.

    Args:
        first, second: (..., 7) probabilities.
    """
    return np.asarray(np.linalg.norm(_rooted(first) - _rooted(second), axis=-1))


def align(
    first: Performance,
    second: Performance,
    *,
    step: float = STEP,
    sigma: float = SMOOTHING,
    band: float = BAND,
    most_points: int = MOST_POINTS,
) -> Alignment:
    """Lay a performance on another, so that what is alike falls together.

    Dynamic time warping (Sakoe and Chiba 1978, "Dynamic programming algorithm optimization for
    spoken word recognition") of all seven probabilities together, the dependent kind of
    Shokoohi-Yekta et al. 2017, "Generalizing DTW to the multi-dimensional case requires an adaptive
    approach". The path makes the sum of squared Hellinger distances small, with the square of
    :data:`WAITING` for each step that is not along the diagonal: without it, the path would stand
    still wherever both faces do. What is reported is the mean of the distances without the square.

    Each performance gets a clock of its own, so that both have about as many points (Ratanamahatana
    and Keogh 2005, "Three myths about dynamic time warping": that costs nothing). A slower take
    then lies on the diagonal, and the band is only used up by what is held longer here and shorter
    there. The longer one has a point each ``step`` seconds, fewer where that would be more than
    ``most_points``.

    Args:
        first, second: each seen at least once.
        step: seconds.
        sigma: as for :func:`~emotion_core.performance.arcs.arc.smooth`.
        band: of Sakoe and Chiba, as a share of the length; 1 allows every path.
        most_points: bounds time and memory, which grow with its square.

    Raises:
        ComparisonError: a performance without a reading.
    """
    for performance in (first, second):
        if not len(performance):
            raise ComparisonError(f"{performance.name} is never in view in {performance.scene}.")
    arcs = [arc_of(performance, step, sigma) for performance in (first, second)]
    lengths = [int(arc.seen.sum()) for arc in arcs]
    points = min(max(lengths), most_points)
    one, two = (
        seen_points(performance, step * length / points, sigma)
        for performance, length in zip((first, second), lengths, strict=True)
    )
    window = max(round(band * points), 1) + 1  # the library counts the diagonal itself
    steps = dtw_ndim.warping_path(
        _rooted(one.values), _rooted(two.values), window=window, penalty=WAITING, use_c=True
    )
    path = np.array(steps, dtype=np.int64)
    distances = hellinger(one.values[path[:, 0]], two.values[path[:, 1]])
    return Alignment(one, two, path, distances, _on_common_clock(*arcs), band)


def seen_points(performance: Performance, step: float, sigma: float = SMOOTHING) -> SeenPoints:
    """The points of :func:`~emotion_core.performance.arcs.arc.arc_of` at which someone is seen."""
    arc = arc_of(performance, step, sigma)
    segment = segments_on_clock(performance, arc)[arc.seen]
    return SeenPoints(arc.times[arc.seen], arc.values[arc.seen], segment, step)


def warp(arc: Arc, alignment: Alignment, onto: Arc) -> Arc:
    """The arc of the second performance on the clock of the first.

    Args:
        arc: of the second performance.
        alignment: of the two.
        onto: arc of the first performance.

    Returns:
        An arc with the times of ``onto``; NaN where either is not seen.
    """
    wanted = alignment.to_second(onto.times)
    places = np.rint((wanted - arc.times[0]) / arc.step).astype(int).clip(0, len(arc) - 1)
    values = np.where(onto.seen[:, None], arc.values[places], np.nan)
    return Arc(onto.times, values, onto.step)


def _rooted(values: Values) -> Values:
    """Points whose Euclidean distance is Hellinger's of the distributions."""
    return np.ascontiguousarray(np.sqrt(values / 2))


def _on_common_clock(first: Arc, second: Arc) -> float:
    shared = min(len(first), len(second))
    both = first.seen[:shared] & second.seen[:shared]  # at their first reading at least
    return float(hellinger(first.values[:shared][both], second.values[:shared][both]).mean())
