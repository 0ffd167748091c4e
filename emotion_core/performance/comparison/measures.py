"""What is measured of a whole performance, and how sure that is.

Readings of neighbouring frames are nearly the same face, so that they are not counted as so many
observations: intervals come from a stationary bootstrap of blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.performance.arcs.arc import smooth
from emotion_core.performance.chords.runs import reading_ends
from emotion_core.performance.performance import Performance, Values
from emotion_core.stats import LEVEL, entropy, expanded_intervals

# Mean length of a block in seconds: expressions last half a second to four (Ekman 2003, "Emotions
# Revealed"), so that what is played three seconds later hardly depends on it.
BLOCK = 3.0
REPLICATES = 2000
# Blocks in view below which there is no interval: from two, nobody can tell how blocks differ.
LEAST_BLOCKS = 3
_CELL = 0.1  # of a block: readings are drawn in cells, for speed
_CHUNK = 1 << 20  # cells drawn at a time; bounds the memory
_PART = 1 << 16  # cells counted at a time: they stay in the cache of a processor


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
    *(Measure(name, name, "probability", f"Mean probability of {name}.") for name in EMOTIONS),
    Measure(
        "whole",
        "complexity, overall",
        "bits",
        "How varied the whole performance is: 0 if one emotion is read with certainty throughout, "
        "2.8 if all seven are equally probable on average.",
    ),
    Measure(
        "blend",
        "complexity, single moments",
        "bits",
        "How mixed single moments are: 0 if each is read as one emotion with certainty, 2.8 if all "
        "seven are equally probable at once. When the model is unsure, this rises too.",
    ),
    Measure(
        "change",
        "complexity, change over time",
        "bits",
        "How much of the variety comes from change over time: 0 for a face that never changes, "
        "however mixed it is.",
    ),
    Measure(
        "movement",
        "movement",
        "share of the reading per second",
        "How much of the reading changes in a second: 0 for a still face, 1 if it switches "
        "completely to another emotion every second.",
    ),
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure of one performance or group.

    Attributes:
        measure: its name.
        value: in its unit; NaN where it is unknown.
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
        values: (m,) the :data:`MEASURES`; NaN where one is unknown.
        replicates: (k, m) of the bootstrap; (0, m) where the performance is too short.
        blocks: how many blocks of the bootstrap fill the time in view.
        reason: a sentence on why it is too short; empty if it is not.
    """

    values: Values
    replicates: Values
    blocks: float
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
        sigma: as for :func:`~emotion_core.performance.arcs.arc.smooth`.
        block: mean length of the blocks in seconds.
        replicates: how many times the performance is drawn anew.
        seed: the same seed gives the same replicates.
    """
    none = np.zeros((0, len(MEASURES)))
    if not len(performance):
        return MeasuredPerformance(np.full(len(MEASURES), np.nan), none, 0, "Never in view.")
    sums, seconds = _Sums.of(performance, sigma, block), performance.seconds
    (values,) = sums.measures(np.ones((1, len(sums))))
    blocks, least = seconds / block, LEAST_BLOCKS * block
    if seconds < least - 1e-9:
        short = f"Only {seconds:.1f} s in view: an interval needs at least {least:.0f} s."
        return MeasuredPerformance(values, none, blocks, short)
    rng = np.random.default_rng(seed)
    return MeasuredPerformance(values, _replicate(sums, rng, replicates, block), blocks)


def estimates(measured: MeasuredPerformance, level: float = LEVEL) -> tuple[Estimate, ...]:
    """Each measure with its expanded percentile interval.

    Even so they are a little short where expressions are held for long: of made performances, nine
    in ten hold the true difference of a share instead of 95 in 100, and eight in ten of those of
    ten seconds whose expressions are held for two (``python -m benchmarks.bootstrap_coverage``).
    """
    return tuple(
        Estimate(one.name, float(value), low, high, measured.reason)
        for one, value, (low, high) in zip(
            MEASURES,
            measured.values,
            expanded_intervals(measured.replicates, measured.blocks, level),
            strict=True,
        )
    )


@dataclass(frozen=True, slots=True)
class _Sums:
    """A performance in n short cells of time, of which a replicate takes some more often.

    Attributes:
        seconds: (n,) in view.
        values: (n, 8) the seven probabilities and their entropy in bits, times seconds.
        moving: (n,) seconds over which a reading is followed by another of its segment.
        changes: (n,) half the sum of absolute changes of the smoothed probabilities over them.
    """

    seconds: Values
    values: Values
    moving: Values
    changes: Values

    @classmethod
    def of(cls, performance: Performance, sigma: float, block: float) -> _Sums:
        """Add up a performance.

        Shares are those of the readings themselves. What moves is taken from the smoothed ones, so
        that clips of different rates are alike, and flicker from frame to frame is no change.
        """
        values, seconds = performance.probabilities, reading_ends(performance) - performance.times
        goes_on = np.append(np.diff(performance.segments()) == 0, False)
        moved = np.abs(np.diff(smooth(performance, sigma), axis=0)).sum(axis=1) / 2
        moving, changes = np.where(goes_on, seconds, 0), np.where(goes_on, np.append(moved, 0), 0)
        cells = np.floor(performance.times / (block * _CELL)).astype(int)
        starts = np.flatnonzero(np.diff(cells, prepend=cells[0] - 1))
        weighted = seconds[:, None] * np.column_stack([values, entropy(values)])
        return cls(
            *(np.add.reduceat(each, starts) for each in (seconds, weighted, moving, changes))
        )

    def __len__(self) -> int:
        return len(self.seconds)

    def measures(self, counts: Values) -> Values:
        """(k, m) the :data:`MEASURES` where cell i is taken ``counts[:, i]`` times."""
        means = (counts @ self.values) / (counts @ self.seconds)[:, None]
        shares, blend = means[:, : len(EMOTIONS)], means[:, -1]
        whole, moving = entropy(shares), counts @ self.moving
        movement = np.divide(
            counts @ self.changes, moving, out=np.full(len(moving), np.nan), where=moving > 0
        )
        return np.column_stack([shares, whole, blend, whole - blend, movement])


def _replicate(sums: _Sums, rng: np.random.Generator, replicates: int, block: float) -> Values:
    """(k, m) the measures of performances that might as well have been seen.

    The stationary bootstrap (Politis and Romano 1994; blocks after Künsch 1989): cells are taken in
    runs that begin anywhere and end after each cell with a chance that makes them ``block`` seconds
    long on average; after the last cell comes the first. Cells stand one after the other over cuts
    and gaps: what is played on both sides of a cut may depend on each other as well.
    """
    n = len(sums)
    ends = min(float(sums.seconds.mean()) / block, 1.0)
    found = []
    rows, few = max(_CHUNK // n, 1), max(_PART // n, 1)
    for start in range(0, replicates, rows):
        k = min(rows, replicates - start)
        begins = rng.random((k, n)) < ends
        begins[:, 0] = True
        # only what is drawn where a run begins counts
        cells = rng.integers(n, size=(k, n), dtype=np.int32)
        for some in range(0, k, few):
            part = slice(some, some + few)
            found.append(sums.measures(_count_runs(begins[part], cells[part])))
    return np.concatenate(found)


def _count_runs(begins: npt.NDArray[np.bool_], cells: npt.NDArray[np.int32]) -> Values:
    """How often each cell is in some runs of neighbouring cells, without going through them.

    Args:
        begins: (k, n) where in each row a run begins, at its start at least; it ends where the
            next one begins.
        cells: (k, n) the first cell of the run that begins there; after the last cell comes the
            first.

    Returns:
        (k, n) whole numbers.
    """
    k, n = begins.shape
    where = np.flatnonzero(begins)
    first = cells.ravel()[where]
    end = first + np.diff(where, append=k * n)
    # one more from the first cell of a run on, and one less from its end on
    row = where // n * (n + 1)
    over = end > n
    steps = np.bincount(np.concatenate([row + first, row[over]]), minlength=k * (n + 1))
    steps -= np.bincount(row + np.where(over, end - n, end), minlength=k * (n + 1))
    counts = np.cumsum(steps.reshape(k, n + 1)[:, :n], axis=1)
    return counts.astype(np.float64)
