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
_CHUNK = 1 << 21  # readings drawn at a time; bounds the memory


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
class Readings:
    """A performance as it is measured: n rows, of which each replicate takes some more often.

    Attributes:
        weights: (n,) seconds that each reading stands for.
        values: (n, 8) the seven probabilities and their entropy in bits.
        moving: (n,) seconds to the next reading of the same stretch, 0 at its end.
        changes: (n,) half the sum of absolute changes of the smoothed probabilities to it.
        step: nominal seconds from one reading to the next.
    """

    weights: Values
    values: Values
    moving: Values
    changes: Values
    step: float

    @classmethod
    def of(cls, performance: Performance, sigma: float = SMOOTHING) -> Readings:
        """The readings of a performance.

        Shares are means of the readings themselves. What moves is taken from the smoothed ones,
        so that clips of different rates are alike, and flicker from frame to frame is no change.
        """
        values, stretch = performance.probabilities, performance.segments()
        n = len(values)
        entropy = -(values * np.log2(np.where(values > 0, values, 1))).sum(axis=1)
        moving, changes = np.zeros(n), np.zeros(n)
        if n > 1:
            together = np.diff(stretch) == 0
            moving[:-1] = np.where(together, np.diff(performance.times), 0)
            moved = np.abs(np.diff(smooth(performance, sigma), axis=0)).sum(axis=1) / 2
            changes[:-1] = np.where(together, moved, 0)
        # the last reading of a stretch has no next one: it stands for one step
        weights = np.where(moving > 0, moving, performance.step)
        return cls(
            weights, np.column_stack([values, np.abs(entropy)]), moving, changes, performance.step
        )

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def seconds(self) -> float:
        """Time in view."""
        return float(self.weights.sum())

    def measured(self, counts: Values | None = None) -> Values:
        """(k, m) the :data:`MEASURES` when reading i is taken ``counts[:, i]`` times.

        Args:
            counts: (k, n); each reading once if ``None``.
        """
        counts = np.ones((1, len(self))) if counts is None else counts
        with np.errstate(invalid="ignore", divide="ignore"):
            means = counts @ (self.weights[:, None] * self.values)
            means /= (counts @ self.weights)[:, None]
            volatility = (counts @ self.changes) / (counts @ self.moving)
        shares = means[:, : len(EMOTIONS)]
        variety = np.abs((shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1))
        return np.column_stack([shares, variety, means[:, -1], volatility])


def replicate(
    readings: Readings, rng: np.random.Generator, replicates: int, block: float = BLOCK
) -> Values:
    """(k, m) the measures of k performances that might as well have been seen.

    The stationary bootstrap (Politis and Romano 1994; blocks after Künsch 1989): rows are taken in
    runs that begin anywhere and go on with probability 1 - step/block, so that their mean length is
    ``block`` seconds; after the last row comes the first. Rows stand one after the other over cuts
    and gaps: what is played on both sides of a cut may depend on each other as well.

    Args:
        readings: at least one.
        rng: where chance comes from.
        replicates: k.
        block: seconds.
    """
    n, ends = len(readings), min(readings.step / block, 1.0)
    rows = max(_CHUNK // n, 1)
    found = []
    for start in range(0, replicates, rows):
        k = min(rows, replicates - start)
        begins = rng.random((k, n)) < ends
        begins[:, 0] = True
        place = np.arange(n)
        since = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
        first = rng.integers(n, size=(k, n))
        taken = (np.take_along_axis(first, since, axis=1) + place - since) % n
        counts = np.bincount((taken + n * np.arange(k)[:, None]).ravel(), minlength=k * n)
        found.append(readings.measured(counts.reshape(k, n).astype(float)))
    return np.concatenate(found)


def too_short(readings: Readings, block: float = BLOCK) -> str:
    """Why a performance is too short for an interval; empty if it is not."""
    least = LEAST_BLOCKS * block
    if readings.seconds >= least - 1e-9:
        return ""
    return f"Only {readings.seconds:.1f} s in view: an interval takes {least:.0f} s at least."


def estimates(
    performance: Performance,
    *,
    sigma: float = SMOOTHING,
    block: float = BLOCK,
    replicates: int = REPLICATES,
    level: float = LEVEL,
    seed: int = 0,
) -> tuple[Estimate, ...]:
    """All :data:`MEASURES` of a performance with percentile intervals.

    Args:
        performance: the readings.
        sigma: as for :func:`~emotion_core.performance.arcs.smooth`.
        block, replicates, level: as above.
        seed: the same seed gives the same intervals.
    """
    readings = Readings.of(performance, sigma)
    values = readings.measured()[0] if len(readings) else np.full(len(MEASURES), np.nan)
    reason = too_short(readings, block)
    drawn = None
    if not reason:
        drawn = replicate(readings, np.random.default_rng(seed), replicates, block)
    return tuple(
        Estimate(measure.name, float(value), low, high, reason)
        for measure, value, (low, high) in zip(
            MEASURES, values, intervals(drawn, level), strict=True
        )
    )


def intervals(drawn: Values | None, level: float) -> list[tuple[float, float]]:
    """The middle part of each measure's replicates, (k, m); NaN without any."""
    if drawn is None:
        return [(float("nan"), float("nan"))] * len(MEASURES)
    tail = (1 - level) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
