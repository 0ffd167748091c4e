"""How well a score tells wrong readings from right ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import rankdata

SURE, COST = 0.6, 0.05
LEAD = "1 - lead"
_ROUNDS = 400

Values = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Case:
    """n readings of one network, with their scores.

    Attributes:
        right: (n,) whether what leads is what most people see.
        sure: (n,) whether it leads with :data:`SURE`, and carries no doubt today.
        scores: each (n,).
    """

    right: Values
    sure: Values
    scores: dict[str, Values]

    @classmethod
    def together(cls, cases: Sequence[Case]) -> Case:
        """Several as one."""
        names = cases[0].scores
        return cls(
            np.concatenate([case.right for case in cases]),
            np.concatenate([case.sure for case in cases]),
            {name: np.concatenate([case.scores[name] for case in cases]) for name in names},
        )

    def some(self, chosen: Values) -> Case:
        """Some of them."""
        kept = {name: values[chosen] for name, values in self.scores.items()}
        return Case(self.right[chosen], self.sure[chosen], kept)


def auroc(score: Values, right: Values) -> float:
    """The chance that a wrong reading scores above a right one."""
    wrong = int((~right).sum())
    ranks = rankdata(score)[~right].sum() - wrong * (wrong + 1) / 2
    return float(ranks / (wrong * (len(right) - wrong)))


def aurc(score: Values, right: Values) -> float:
    """Mean share of wrong readings over all coverages (Geifman and El-Yaniv 2017)."""
    wrong = ~right[np.argsort(score, kind="stable")]
    return float((wrong.cumsum() / np.arange(1, len(wrong) + 1)).mean())


def limit_of(score: Values, right: Values) -> float:
    """Above which :data:`COST` of right readings lie."""
    return float(np.quantile(score[right], 1 - COST))


def caught(score: Values, case: Case, *, only: bool) -> float:
    """Share of the sure errors that a score marks at the cost.

    Args:
        score: (n,).
        case: the readings.
        only: count the cost among sure readings.
    """
    counted = case.right & case.sure if only else case.right
    marked = score > limit_of(score, counted)
    return float(marked[case.sure & ~case.right].mean())


def with_lead(case: Case, name: str) -> Values:
    """(n,) a score joined with the leading probability, each half by a fit to the other one.

    Args:
        case: the n readings.
        name: of the score; that of the leading probability is taken alone.
    """
    lead = logit(case.scores[LEAD].clip(1e-6, 1 - 1e-6))
    columns = [lead] if name == LEAD else [lead, case.scores[name]]
    given = np.stack(columns, axis=1)
    given = ((given - given.mean(axis=0)) / given.std(axis=0)).clip(-4, 4)
    given = np.concatenate([given, np.ones((len(given), 1))], axis=1)
    odd = np.arange(len(given)) % 2 == 1
    found = np.zeros(len(given))
    for half in (odd, ~odd):
        weights = _fit(given[~half], ~case.right[~half])
        found[half] = expit(given[half] @ weights)
    return found


def _fit(given: Values, wrong: Values) -> Values:
    signs = np.where(wrong, 1.0, -1.0)

    def loss(weights: Values) -> tuple[float, Values]:
        margins = signs * (given @ weights)
        slope = -(signs * expit(-margins)) @ given
        value = np.logaddexp(0, -margins).sum() + 0.01 * weights @ weights
        return float(value), slope + 0.02 * weights

    return np.asarray(minimize(loss, np.zeros(given.shape[1]), jac=True).x)


def gain_intervals(case: Case, name: str) -> tuple[str, str]:
    """What a score gains over the leading probability alone, with 95% intervals, in words.

    Returns:
        Points of the sure errors that are caught, by a fit to sure readings; points of the area
        under the curve, by a fit to all.
    """
    sure = case.some(case.sure)
    caught_more = _gain(sure, name, lambda score, some: caught(score, some, only=True))
    return caught_more, _gain(case, name, lambda score, some: auroc(score, some.right))


def _gain(case: Case, name: str, figure: Callable[[Values, Case], float]) -> str:
    alone, both = with_lead(case, LEAD), with_lead(case, name)
    rng = np.random.default_rng(0)
    found = [100 * (figure(both, case) - figure(alone, case))]
    for chosen in rng.integers(0, len(both), (_ROUNDS, len(both))):
        some = case.some(chosen)
        if some.right.any() and not some.right.all():
            found.append(100 * (figure(both[chosen], some) - figure(alone[chosen], some)))
    low, high = np.percentile(found[1:], [2.5, 97.5])
    return f"{found[0]:.1f} ({low:.1f} to {high:.1f})"
