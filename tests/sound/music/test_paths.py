from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from emotion_core.sound.music import changes
from emotion_core.sound.music.paths import likeliest_path, posteriors, runs_of

STAY, STATES, STEPS = 0.7, 3, 5


@pytest.fixture(scope="module")
def scores() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(STEPS, STATES))


@pytest.fixture(scope="module")
def every_path(scores: np.ndarray) -> dict[tuple[int, ...], float]:
    """Log-probability of each path."""
    turn = (1 - STAY) / (STATES - 1)
    return {
        path: float(
            sum(scores[k, state] for k, state in enumerate(path))
            + sum(np.log(STAY if a == b else turn) for a, b in pairwise(path))
        )
        for path in product(range(STATES), repeat=STEPS)
    }


def test_the_path_is_the_likeliest_of_all(
    scores: np.ndarray, every_path: dict[tuple[int, ...], float]
) -> None:
    assert tuple(likeliest_path(scores, STAY)) == max(every_path, key=lambda p: every_path[p])


def test_posteriors_are_sums_over_all_paths(
    scores: np.ndarray, every_path: dict[tuple[int, ...], float]
) -> None:
    expected = np.zeros((STEPS, STATES))
    for path, value in every_path.items():
        expected[np.arange(STEPS), path] += np.exp(value)
    expected /= expected.sum(axis=1, keepdims=True)
    assert posteriors(scores, STAY) == pytest.approx(expected)


def test_no_steps_have_no_path() -> None:
    assert len(likeliest_path(np.zeros((0, 4)), STAY)) == 0
    assert runs_of(np.zeros(0)) == []


def test_runs_are_pieces_of_equal_values() -> None:
    assert runs_of(np.array([2, 2, 0, 2])) == [(0, 2), (2, 3), (3, 4)]


def test_novelty_is_the_sum_over_a_checkerboard() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(400, 3))
    reach = round(changes._SIDE * 10)
    steps = np.arange(-reach, reach) + 0.5
    taper = np.exp(-0.5 * (steps / (reach / 2)) ** 2) * np.sign(steps)
    taper /= np.abs(taper).sum() / 2
    novelty = changes._novelty(rows, np.ones(400))
    for place in (reach, 200, 400 - reach):
        near = rows[place - reach : place + reach]
        checkerboard = np.outer(taper, taper)
        assert novelty[place] == pytest.approx((checkerboard * (near @ near.T)).sum())
