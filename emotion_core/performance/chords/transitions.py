"""Transitions: which emotion follows which, and how well that can be foretold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.performance import Values
from emotion_core.stats import entropy

# The estimator of Krichevsky and Trofimov (1981), "The performance of universal encoding", IEEE
# Trans. Information Theory 27, 199-207: little weight beside what was counted.
ALPHA = 0.5
# Seconds between two looks at the state, in the chain on a clock.
CLOCK = 0.5


@dataclass(frozen=True, slots=True)
class Transitions:
    """A first-order Markov chain of the emotions that lead at least once.

    Attributes:
        emotions: the k emotions that lead at least once, in the order of the seven. What never
            leads has no row: nothing is known of what would follow it.
        counts: (k, k), how often the emotion of the column came right after that of the row.
        unsure: (k, k), how many of them come from or lead to an unsure state.
        matrix: (k, k), the probabilities estimated from them, rows summing to 1; NaN where a
            transition cannot be, and everywhere where none was counted. What was never seen has
            a small one from smoothing alone, which is no finding.
        stationary: (k,), the share of visits that the chain pays to each emotion in the long run;
            NaN where that is unknown.
        entropy_rate: bits per transition, see :func:`entropy_rate`; NaN where it is unknown.
    """

    emotions: tuple[str, ...]
    counts: Values
    unsure: Values
    matrix: Values
    stationary: Values
    entropy_rate: float

    @property
    def total(self) -> int:
        """How many transitions were counted."""
        return int(self.counts.sum())

    def to_frame(self) -> pd.DataFrame:
        """One row a pair of emotions: ``from``, ``to``, ``times``, ``unsure``, ``probability``.

        ``unsure`` is how many of the ``times`` come from or lead to an unsure state. The
        probability, 0 to 1, is missing for what was never seen.
        """
        first, second = np.indices(self.counts.shape).reshape(2, -1)
        names = np.array(self.emotions, dtype=object)
        table = pd.DataFrame({"from": names[first], "to": names[second]}, dtype="string")
        table["times"] = self.counts.ravel().astype(np.int64)
        table["unsure"] = self.unsure.ravel().astype(np.int64)
        table["probability"] = np.where(self.counts > 0, self.matrix, np.nan).ravel()
        return table


def transitions_of(states: pd.DataFrame, alpha: float = ALPHA) -> Transitions:
    """The chain of changes: from each state to the next one in its segment.

    States are runs, so none follows itself: that is no estimate but how they are made. Smoothing
    therefore spreads over the other emotions only,
    P_ij = (c_ij + alpha) / (sum_j c_ij + alpha (k - 1)) for j != i (Lidstone 1920; with alpha 1
    the rule of succession of Laplace). With two emotions nothing is left to foretell, and the
    entropy rate is 0.

    Args:
        states: :func:`~emotion_core.performance.chords.states.states_of`.
        alpha: added to each count, at least 0.
    """
    emotions = _seen(states)
    names, segments = states["emotion"].to_numpy(object), states["stretch"].to_numpy()
    together = segments[1:] == segments[:-1]
    first, second = names[:-1][together], names[1:][together]
    counts = _count(first, second, emotions)
    doubtful = (states["unsure"] != "").to_numpy(bool)
    either = (doubtful[:-1] | doubtful[1:])[together]
    unsure = _count(first[either], second[either], emotions)
    allowed = ~np.eye(len(emotions), dtype=bool)
    return _chain(emotions, counts, unsure, allowed, alpha)


def clock_transitions_of(
    states: pd.DataFrame, step: float = CLOCK, alpha: float = ALPHA
) -> Transitions:
    """The chain on a clock: from the state at one tick to that at the next tick of its segment.

    Here an emotion may follow itself, and mostly does: the diagonal says how well it holds, and
    smoothing spreads over all k emotions, P_ij = (c_ij + alpha) / (sum_j c_ij + alpha k). The
    rate is in bits per tick and depends on ``step``.

    Args:
        states: :func:`~emotion_core.performance.chords.states.states_of`.
        step: seconds from tick to tick; the clock of each segment begins with it.
        alpha: added to each count, at least 0.
    """
    if step <= 0:
        raise ValueError(f"step must be positive, but is {step}")
    emotions = _seen(states)
    counts = np.zeros((len(emotions), len(emotions)))
    unsure = counts.copy()
    for _, own in states.groupby("stretch", sort=True):
        begin, stop = own["start"].iloc[0], own["end"].iloc[-1]
        ticks = begin + step * np.arange(int((stop - begin) / step + 1e-9) + 1)
        ticks = ticks[ticks < stop - 1e-9]
        place = np.searchsorted(own["start"].to_numpy(), ticks + 1e-9, side="right") - 1
        names = own["emotion"].to_numpy(object)[place]
        counts += _count(names[:-1], names[1:], emotions)
        doubtful = (own["unsure"] != "").to_numpy(bool)[place]
        either = doubtful[:-1] | doubtful[1:]
        unsure += _count(names[:-1][either], names[1:][either], emotions)
    return _chain(emotions, counts, unsure, np.ones_like(counts, dtype=bool), alpha)


def stationary_distribution(matrix: Values) -> Values:
    """The distribution pi with pi P = pi.

    Args:
        matrix: (k, k), rows summing to 1. Where the chain falls apart, so that there are several,
            one of them is given.

    Returns:
        (k,), summing to 1; NaN where a row is not known.
    """
    count = len(matrix)
    if not count or np.isnan(matrix).any():
        return np.full(count, np.nan)
    equations = np.vstack([matrix.T - np.eye(count), np.ones(count)])
    found = np.linalg.lstsq(equations, np.append(np.zeros(count), 1.0), rcond=None)[0]
    found = found.clip(min=0)
    return np.asarray(found / found.sum())


def entropy_rate(matrix: Values) -> float:
    """How uncertain the next state is once the present one is known, in bits per transition.

    H = -sum_i pi_i sum_j P_ij log2 P_ij, pi the stationary distribution (Cover and Thomas 2006,
    "Elements of Information Theory", 2nd ed., chapter 4). 0: always the same follows;
    log2 of the number of states that may follow: any may, as likely as another.

    Args:
        matrix: (k, k), rows summing to 1.
    """
    stationary = stationary_distribution(matrix)
    if not len(stationary) or np.isnan(stationary).any():
        return float("nan")
    return float(stationary @ entropy(matrix))


def _seen(states: pd.DataFrame) -> tuple[str, ...]:
    present = set(states["emotion"])
    return tuple(emotion for emotion in EMOTIONS if emotion in present)


def _count(first: Values, second: Values, emotions: tuple[str, ...]) -> Values:
    place = {emotion: k for k, emotion in enumerate(emotions)}
    counts = np.zeros((len(emotions), len(emotions)))
    np.add.at(counts, ([place[name] for name in first], [place[name] for name in second]), 1)
    return counts


def _chain(
    emotions: tuple[str, ...], counts: Values, unsure: Values, allowed: Values, alpha: float
) -> Transitions:
    if alpha < 0:
        raise ValueError(f"alpha must be at least 0, but is {alpha}")
    raised = np.where(allowed, counts + alpha, 0)
    totals = raised.sum(axis=1, keepdims=True)
    known = np.divide(raised, totals, out=np.full_like(raised, np.nan), where=totals > 0)
    if not counts.any():
        known[:] = np.nan  # smoothing alone says nothing of a performance
    return Transitions(
        emotions=emotions,
        counts=counts,
        unsure=unsure,
        matrix=np.where(allowed, known, np.nan),
        stationary=stationary_distribution(known),
        entropy_rate=entropy_rate(known),
    )
