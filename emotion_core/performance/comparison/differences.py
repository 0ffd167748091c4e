"""How much two performances, or two groups of them, differ, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emotion_core.performance.comparison.measures import (
    MEASURES,
    REPLICATES,
    MeasuredPerformance,
)
from emotion_core.performance.performance import Values
from emotion_core.stats import LEVEL, expanded_intervals

# Performances in a group below which nothing is said about others like them.
LEAST_PERFORMANCES = 3
_NONE = np.zeros((0, len(MEASURES)))


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of two performances or groups.

    Attributes:
        measure: its name, of :data:`~.measures.MEASURES`.
        first, second: its values.
        difference: ``second - first``.
        low, high: ends of the interval of the difference, NaN without one.
        reason: a sentence on why there is none; empty where there is one.
    """

    measure: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    reason: str = ""

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no difference at all."""
        return self.low > 0 or self.high < 0


def differences(
    first: MeasuredPerformance, second: MeasuredPerformance, level: float = LEVEL
) -> tuple[Difference, ...]:
    """What the second performance has more of than the first, by each measure.

    Both were drawn anew, each from its own seconds: they need seeds of their own. The interval
    says how far the difference depends on which seconds were filmed; that the model may be wrong
    about a face is not in it.

    Args:
        first, second: of :func:`~.measures.measure`.
        level: of the percentile interval.
    """
    reason = first.reason or second.reason
    drawn = _NONE if reason else second.replicates - first.replicates
    count = min(first.blocks, second.blocks)
    return _differences(first.values, second.values, drawn, count, level, reason)


def group_differences(
    first: Sequence[MeasuredPerformance],
    second: Sequence[MeasuredPerformance],
    level: float = LEVEL,
    seed: int = 0,
) -> tuple[Difference, ...]:
    """The same for the means of two groups, in which each performance counts once.

    Two levels are drawn anew (Davison and Hinkley 1997, "Bootstrap Methods and their Application",
    section 3.8): which performances a group has, and in each of them which blocks. With fewer than
    :data:`LEAST_PERFORMANCES` in a group there is no interval: one or two do not show how far
    performances of a group lie apart.

    Args:
        first, second: the groups, one performance each at least. One that is too short to be drawn
            in blocks is taken as it is.
        level: of the percentile interval.
        seed: of which performances are drawn.
    """
    one, two = (np.mean([each.values for each in group], axis=0) for group in (first, second))
    few = min(len(first), len(second))
    if few < LEAST_PERFORMANCES:
        reason = (
            f"A group has only {few} performance{'s' * (few != 1)}: an interval needs at least "
            f"{LEAST_PERFORMANCES} in each group."
        )
        return _differences(one, two, _NONE, few, level, reason)
    rng = np.random.default_rng(seed)
    drawn = _draw_group(second, rng) - _draw_group(first, rng)
    return _differences(one, two, drawn, few, level, "")


def _draw_group(group: Sequence[MeasuredPerformance], rng: np.random.Generator) -> Values:
    """(k, m) means of groups drawn with replacement from replicates of each performance."""
    k = REPLICATES
    pool = np.stack(
        [
            one.replicates[rng.integers(len(one.replicates), size=k)]
            if len(one.replicates)
            else np.tile(one.values, (k, 1))
            for one in group
        ]
    )
    chosen = rng.integers(len(group), size=(len(group), k))
    # a performance that is taken twice is drawn twice: another replicate each time
    which = rng.integers(k, size=chosen.shape)
    return np.asarray(pool[chosen, which].mean(axis=0))


def _differences(
    first: Values, second: Values, drawn: Values, count: float, level: float, reason: str
) -> tuple[Difference, ...]:
    return tuple(
        Difference(measure.name, float(one), float(two), float(two - one), low, high, reason)
        for measure, one, two, (low, high) in zip(
            MEASURES, first, second, expanded_intervals(drawn, count, level), strict=True
        )
    )
