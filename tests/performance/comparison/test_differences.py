from __future__ import annotations

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.comparison.differences import (
    Difference,
    differences,
    group_differences,
)
from emotion_core.performance.comparison.measures import MeasuredPerformance, measure
from emotion_core.performance.performance import Values
from tests.performance.made import make_performance, pure, wander

HAPPY = EMOTIONS.index("happy")


def measured(values: Values | list[list[float]], seed: int = 0) -> MeasuredPerformance:
    return measure(make_performance(values), seed=seed)


def happier(seed: int) -> Values:
    """As a face that wanders, but happier."""
    return np.asarray((wander(40, seed=seed) + np.array(pure("happy"))) / 2)


def happy(found: tuple[Difference, ...]) -> Difference:
    return found[HAPPY]


def test_a_difference_is_second_minus_first() -> None:
    one = measured([pure("happy")] * 100 + [pure("sad")] * 300)
    two = measured([pure("happy")] * 200 + [pure("sad")] * 200, seed=1)
    found = happy(differences(one, two))
    assert (found.first, found.second) == (pytest.approx(0.25), pytest.approx(0.5))
    assert found.difference == pytest.approx(0.25)
    assert found.low < 0.25 < found.high


def test_a_performance_does_not_clearly_differ_from_itself() -> None:
    values = wander(40, seed=1)
    found = differences(measured(values), measured(values, seed=1))
    assert all(one.difference == 0 and one.low < 0 < one.high for one in found)


def test_what_is_clearly_happier_is_reported_to_be() -> None:
    found = happy(differences(measured(wander(40, seed=1)), measured(happier(2), seed=1)))
    assert found.clear and found.low > 0.2


def test_with_one_too_short_there_is_no_interval() -> None:
    found = happy(differences(measured(wander(40, seed=1)), measured(wander(4, seed=2))))
    assert np.isnan([found.low, found.high]).all() and not found.clear
    assert found.reason.startswith("Only 4.0 s")


def test_groups_are_means_in_which_each_performance_counts_once() -> None:
    first = [measured([pure("happy")] * 500), measured([pure("sad")] * 20)]
    second = [measured([pure("sad")] * 50)]
    found = happy(group_differences(first, second))
    assert (found.first, found.second) == (pytest.approx(0.5), pytest.approx(0))


def test_groups_of_fewer_than_three_have_no_interval_across_performances() -> None:
    three = [measured(wander(20, seed=seed), seed) for seed in range(3)]
    found = happy(group_differences(three, three[:2]))
    assert np.isnan(found.low)
    assert found.reason == (
        "A group has only 2 performances: an interval needs at least 3 in each group."
    )


def test_an_interval_of_groups_covers_how_far_their_performances_lie_apart() -> None:
    alike = [measured(happier(seed), seed) for seed in range(4)]
    others = [measured(wander(40, seed=seed), seed) for seed in range(4, 8)]
    assert happy(group_differences(others, alike)).clear
    apart = [measured([pure("happy", share)] * 500) for share in (0.1, 0.2, 0.9, 1.0)]
    near = [measured([pure("happy", share)] * 500) for share in (0.4, 0.5, 0.5, 0.6)]
    wide, narrow = (happy(group_differences(near, group)) for group in (apart, near))
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    assert not wide.clear
