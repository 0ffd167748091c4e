"""The likeliest path through states that last, and how likely each state is at each step.

A hidden Markov model in which a state goes on with a fixed probability and otherwise turns into any
other one alike (Rabiner 1989, "A tutorial on hidden Markov models", Proc. IEEE 77). For such
transitions a step costs as many operations as there are states, not their square.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def likeliest_path(scores: Values, stay: float) -> npt.NDArray[np.int64]:
    """The path of the highest probability (Viterbi 1967).

    Args:
        scores: (n, k) log-likelihoods of what is observed at each step, by state.
        stay: probability that a state goes on, below 1.

    Returns:
        (n,) states.
    """
    steps, states = scores.shape
    same, turn = np.log(stay), np.log((1 - stay) / max(states - 1, 1))
    came_from = np.zeros((steps, states), np.int64)
    own = np.arange(states)
    value = scores[0].copy() if steps else np.zeros(states)
    for step in range(1, steps):
        best = int(value.argmax())
        turned, stayed = value[best] + turn, value + same
        came_from[step] = np.where(stayed >= turned, own, best)
        value = np.maximum(stayed, turned) + scores[step]
    path = np.zeros(steps, np.int64)
    if steps:
        path[-1] = value.argmax()
    for step in range(steps - 1, 0, -1):
        path[step - 1] = came_from[step, path[step]]
    return path


def posteriors(scores: Values, stay: float) -> Values:
    """How likely each state is at each step, by all that is observed (forward-backward).

    Args:
        scores: (n, k) log-likelihoods.
        stay: probability that a state goes on.

    Returns:
        (n, k), rows summing to 1.
    """
    likelihood = np.exp(scores - scores.max(axis=1, keepdims=True))
    forward, backward = np.ones_like(likelihood), np.ones_like(likelihood)
    states = scores.shape[1]
    turn = (1 - stay) / max(states - 1, 1)
    for step in range(len(scores)):
        value = likelihood[step]
        if step:
            before = forward[step - 1]
            value = value * ((stay - turn) * before + turn * before.sum())
        forward[step] = value / value.sum()
    for step in range(len(scores) - 2, -1, -1):
        after = likelihood[step + 1] * backward[step + 1]
        value = (stay - turn) * after + turn * after.sum()
        backward[step] = value / value.sum()
    both = forward * backward
    return np.asarray(both / both.sum(axis=1, keepdims=True))


def runs_of(states: npt.NDArray[Any]) -> list[tuple[int, int]]:
    """First and one past the last place of each run of equal values."""
    if not len(states):
        return []
    edges = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist(), len(states)]
    return list(pairwise(edges))
