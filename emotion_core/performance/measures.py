"""What is measured of a whole performance, and how sure that is.

Readings of neighbouring frames are nearly the same face, so that they are not counted as so many
observations: intervals come from a stationary bootstrap of blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.arcs import SMOOTHING, smooth
from emotion_core.performance.performance import Performance, Values

# Mean length of a block in seconds: expressions last half a second to four (Ekman 2003, "Emotions
# Revealed"), and beyond two the reading hardly knows what came before.
BLOCK = 2.0
REPLICATES = 1000
LEVEL = 0.95
# Time in view below which there is no interval: with fewer than five blocks it would be too short.
LEAST_BLOCKS = 5
_CELL = 0.1  # of a block: readings are drawn in cells, for speed
_CHUNK = 1 << 20  # cells drawn at a time; bounds the memory


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is measured of a performance.

    Attributes:
        name: in tables.
        title: in words.
        unit: of its value.
        meaning: a sentence.
    """

    name: str
    title: str
    unit: str
    meaning: str


MEASURES = (
    *(Measure(name, name, "share of time", f"Mean probability of {name}.") for name in EMOTIONS),
    Measure(
        "variety",
        "variety",
        "bits",
        "Entropy of the shares: 0 where one emotion is played throughout, 2.8 where all seven are "
        "played equally.",
    ),
    Measure(
        "mixture",
        "mixture",
        "bits",
        "Mean entropy of single readings: 0 where each moment shows one pure emotion, 2.8 where "
        "all seven sound at once. Doubt of the model counts as mixture, too.",
    ),
    Measure(
        "volatility",
        "volatility",
        "changes per second",
        "How much of the reading changes in a second: 0 for a still face; 1 where the face goes "
        "from one emotion wholly to another each second.",
    ),
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure of one performance or group.

    Attributes:
        measure: its name.
        value: in its unit; NaN where it cannot be told.
        low, high: ends of the interval, NaN without one.
        reason: a sentence on why there is none; empty where there is one.
    """

    measure: str
    value: float
    low: float
    high: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MeasuredPerformance:
    """The measures of a performance, and what they might as well have been.

    Attributes:
        values: (m,) the :data:`MEASURES`; NaN where one cannot be told.
        replicates: (k, m) of the bootstrap; (0, m) where the performance is too short.
        reason: a sentence on why it is; empty if it is not.
    """

    values: Values
    replicates: Values
    reason: str = ""


def measure(
    performance: Performance,
    *,
    sigma: float = SMOOTHING,
    block: float = BLOCK,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> MeasuredPerformance:
    """All :data:`MEASURES` of a performance.

    Args:
        performance: the readings.
        sigma: as for :func:`~emotion_core.performance.arcs.smooth`.
        block: mean length of the blocks in seconds.
        replicates: how many times the performance is drawn anew.
        seed: the same seed gives the same replicates.
    """
    none = np.zeros((0, len(MEASURES)))
    if not len(performance):
        return MeasuredPerformance(np.full(len(MEASURES), np.nan), none, "Never in view.")
    sums, seconds = _Sums.of(performance, sigma, block), performance.seconds
    (values,) = sums.measures(np.ones((1, len(sums))))
    least = LEAST_BLOCKS * block
    if seconds < least - 1e-9:
        short = f"Only {seconds:.1f} s in view: an interval takes {least:.0f} s at least."
        return MeasuredPerformance(values, none, short)
    rng = np.random.default_rng(seed)
    return MeasuredPerformance(values, _replicate(sums, rng, replicates, block))


def estimates(measured: MeasuredPerformance, level: float = LEVEL) -> tuple[Estimate, ...]:
    """Each measure with its percentile interval."""
    return tuple(
        Estimate(one.name, float(value), low, high, measured.reason)
        for one, value, (low, high) in zip(
            MEASURES, measured.values, intervals(measured.replicates, level), strict=True
        )
    )


def intervals(replicates: Values, level: float = LEVEL) -> list[tuple[float, float]]:
    """The middle part of each column of (k, m); NaN without replicates."""
    if not len(replicates):
        return [(float("nan"), float("nan"))] * replicates.shape[1]
    tail = (1 - level) / 2
    low, high = np.nanquantile(replicates, [tail, 1 - tail], axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


@dataclass(frozen=True, slots=True)
class _Sums:
    """A performance in n short cells of time, of which a replicate takes some more often.

    Attributes:
        seconds: (n,) in view.
        values: (n, 8) the seven probabilities and their entropy in bits, times seconds.
        moving: (n,) seconds over which a reading is followed by another of its stretch.
        changes: (n,) half the sum of absolute changes of the smoothed probabilities over them.
    """

    seconds: Values
    values: Values
    moving: Values
    changes: Values

    @classmethod
    def of(cls, performance: Performance, sigma: float, block: float) -> _Sums:
        """Shares are those of the readings themselves; what moves is taken from the smoothed ones,
        so that clips of different rates are alike, and flicker from frame to frame is no change."""
        values, stretch, n = performance.probabilities, performance.segments(), len(performance)
        entropy = np.abs((values * np.log2(np.where(values > 0, values, 1))).sum(axis=1))
        moving, changes = np.zeros(n), np.zeros(n)
        together = np.diff(stretch) == 0
        moving[:-1] = np.where(together, np.diff(performance.times), 0)
        moved = np.abs(np.diff(smooth(performance, sigma), axis=0)).sum(axis=1) / 2
        changes[:-1] = np.where(together, moved, 0)
        # the last reading of a stretch has no next one: it stands for one step
        seconds = np.where(moving > 0, moving, performance.step)
        cells = np.floor(performance.times / (block * _CELL)).astype(int)
        starts = np.flatnonzero(np.diff(cells, prepend=cells[0] - 1))
        weighted = seconds[:, None] * np.column_stack([values, entropy])
        return cls(
            *(np.add.reduceat(each, starts) for each in (seconds, weighted, moving, changes))
        )

    def __len__(self) -> int:
        return len(self.seconds)

    def measures(self, counts: Values) -> Values:
        """(k, m) the :data:`MEASURES` where cell i is taken ``counts[:, i]`` times."""
        means = (counts @ self.values) / (counts @ self.seconds)[:, None]
        shares, mixture = means[:, : len(EMOTIONS)], means[:, -1]
        variety = np.abs((shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1))
        moving = counts @ self.moving
        volatility = np.divide(
            counts @ self.changes, moving, out=np.full(len(moving), np.nan), where=moving > 0
        )
        return np.column_stack([shares, variety, mixture, volatility])


def _replicate(sums: _Sums, rng: np.random.Generator, replicates: int, block: float) -> Values:
    """(k, m) the measures of performances that might as well have been seen.

    The stationary bootstrap (Politis and Romano 1994; blocks after Künsch 1989): cells are taken in
    runs that begin anywhere and end after each cell with a chance that makes them ``block`` seconds
    long on average; after the last cell comes the first. Cells stand one after the other over cuts
    and gaps: what is played on both sides of a cut may depend on each other as well.
    """
    n = len(sums)
    ends = min(float(sums.seconds.mean()) / block, 1.0)
    place, found = np.arange(n), []
    rows = max(_CHUNK // n, 1)
    for start in range(0, replicates, rows):
        k = min(rows, replicates - start)
        begins = rng.random((k, n)) < ends
        begins[:, 0] = True
        since = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
        first = np.take_along_axis(rng.integers(n, size=(k, n)), since, axis=1)
        taken = (first + place - since) % n + n * np.arange(k)[:, None]
        counts = np.bincount(taken.ravel(), minlength=k * n).reshape(k, n)
        found.append(sums.measures(counts.astype(np.float64)))
    return np.concatenate(found)
