"""Intervals against what is known of them, and against SciPy's where it has one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap

from emotion_core.stats import (
    Values,
    bootstrap_interval,
    expanded_intervals,
    mean_interval,
    ratio_interval,
)


def test_the_interval_of_two_values_runs_from_the_one_to_the_other() -> None:
    # both drawings are the same value in one of four, so that the ends lie in these quarters
    assert mean_interval(np.array([0, 1])) == (0, 1)
    assert mean_interval(np.array([3.0])) == (3, 3)


def test_the_interval_of_a_mean_is_that_of_scipy() -> None:
    values = np.random.default_rng(2).gamma(2, 1, 300)
    theirs = bootstrap((values,), np.mean, n_resamples=9999, method="percentile", rng=0)
    assert mean_interval(values) == pytest.approx(tuple(theirs.confidence_interval), abs=0.02)


def test_several_figures_are_of_the_same_drawings() -> None:
    values = np.array([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]])

    def means(counts: Values) -> Values:
        return counts @ values / counts.sum(axis=1, keepdims=True)

    (low, one), (high, also_one) = bootstrap_interval(means, 3, resamples=250)
    assert (low, high) == (0, 4) and one == also_one == 1
    assert (bootstrap_interval(means, 3) == bootstrap_interval(means, 3)).all()


def test_intervals_hold_the_mean_and_shrink_with_more_values() -> None:
    values = np.random.default_rng(1).normal(3, 1, 400)
    few, many = mean_interval(values[:20]), mean_interval(values)
    assert many[0] < values.mean() < many[1] and many[1] - many[0] < (few[1] - few[0]) / 2
    # of a normal mean: 1.96 deviations over the root of the number
    assert (many[1] - many[0]) / 2 == pytest.approx(1.96 * values.std() / 20, rel=0.15)


def test_intervals_of_ratios_may_be_infinite_and_of_nothing_are_unknown() -> None:
    assert ratio_interval(np.ones(5), np.zeros(5)) == (np.inf, np.inf)
    assert ratio_interval(np.array([2.0, 4.0]), np.array([1.0, 2.0])) == pytest.approx((2, 2))
    assert np.isnan(mean_interval(np.zeros(0))).all()


def test_intervals_of_few_blocks_reach_further_out() -> None:
    drawn = np.random.default_rng(0).normal(size=(20_000, 1))
    ((low, high),) = expanded_intervals(drawn, count=5)
    # Student's 2.776 times sqrt(5 / 4)
    assert (low, high) == (pytest.approx(-3.10, abs=0.25), pytest.approx(3.10, abs=0.25))
    ((low, high),) = expanded_intervals(drawn, count=10_000)
    assert (low, high) == (pytest.approx(-1.96, abs=0.05), pytest.approx(1.96, abs=0.05))
