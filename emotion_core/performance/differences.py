"""How much two performances, or two groups of them, differ, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emotion_core.performance.arcs import SMOOTHING
from emotion_core.performance.measures import (
    BLOCK,
    LEVEL,
    MEASURES,
    REPLICATES,
    Readings,
    intervals,
    replicate,
    too_short,
)
from emotion_core.performance.performance import Performance, Values

# Performances in a group below which nothing is said about others like them.
LEAST_PERFORMANCES = 3


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
    first: Performance,
    second: Performance,
    *,
    sigma: float = SMOOTHING,
    block: float = BLOCK,
    replicates: int = REPLICATES,
    level: float = LEVEL,
    seed: int = 0,
) -> tuple[Difference, ...]:
    """What the second performance has more of than the first, by each measure.

    Both are drawn anew, each from its own readings (:func:`~.measures.replicate`). The interval
    tells how far the difference depends on which seconds were filmed; that the model may be wrong
    about a face is not in it.

    Args:
        first, second: the performances.
        sigma, block, replicates, level, seed: as for :func:`~.measures.estimates`.
    """
    pair = [Readings.of(one, sigma) for one in (first, second)]
    reason = next(filter(None, (too_short(one, block) for one in pair)), "")
    drawn = None
    if not reason:
        rng = np.random.default_rng(seed)
        one, two = (replicate(readings, rng, replicates, block) for readings in pair)
        drawn = two - one
    return _differences([_measured(one) for one in pair], drawn, level, reason)


def group_differences(
    first: Sequence[Performance],
    second: Sequence[Performance],
    *,
    sigma: float = SMOOTHING,
    block: float = BLOCK,
    replicates: int = REPLICATES,
    level: float = LEVEL,
    seed: int = 0,
) -> tuple[Difference, ...]:
    """The same for the means of two groups, in which each performance counts once.

    Two levels are drawn anew (Davison and Hinkley 1997, "Bootstrap Methods and their Application",
    section 3.8): which performances a group has, and in each of them which blocks. With fewer than
    :data:`LEAST_PERFORMANCES` in a group there is no interval: one or two do not show how far
    performances of a group lie apart.

    Args:
        first, second: the groups, one performance each at least.
        sigma, block, replicates, level, seed: as for :func:`~.measures.estimates`.
    """
    groups = [[Readings.of(one, sigma) for one in group] for group in (first, second)]
    values = [np.mean([_measured(one) for one in group], axis=0) for group in groups]
    few = min(len(group) for group in groups)
    if few < LEAST_PERFORMANCES:
        reason = (
            f"A group has only {few} performance{'s' * (few != 1)}: an interval across "
            f"performances takes {LEAST_PERFORMANCES} in each at least."
        )
        return _differences(values, None, level, reason)
    rng = np.random.default_rng(seed)
    one, two = (_draw_group(group, rng, replicates, block) for group in groups)
    return _differences(values, two - one, level, "")


def _draw_group(
    group: Sequence[Readings], rng: np.random.Generator, replicates: int, block: float
) -> Values:
    """(k, m) means of groups drawn with replacement from replicates of each performance."""
    drawn = np.stack([replicate(one, rng, replicates, block) for one in group])
    chosen = rng.integers(len(group), size=(len(group), replicates))
    # a performance that is taken twice is drawn twice: another replicate each time
    which = rng.integers(replicates, size=chosen.shape)
    means: Values = np.nanmean(drawn[chosen, which], axis=0)
    return means


def _measured(readings: Readings) -> Values:
    return readings.measured()[0] if len(readings) else np.full(len(MEASURES), np.nan)


def _differences(
    values: Sequence[Values], drawn: Values | None, level: float, reason: str
) -> tuple[Difference, ...]:
    first, second = values
    return tuple(
        Difference(measure.name, float(one), float(two), float(two - one), low, high, reason)
        for measure, one, two, (low, high) in zip(
            MEASURES, first, second, intervals(drawn, level), strict=True
        )
    )
