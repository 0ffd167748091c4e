from __future__ import annotations

import pytest

from emotion_core.performance.comparison.alignment import align
from emotion_core.performance.comparison.divergence import Divergence, divergences
from emotion_core.performance.performance import Performance
from tests.performance.made import make_performance, pure, wander, without_frames


def find(first: Performance, second: Performance, count: int = 6) -> tuple[Divergence, ...]:
    return divergences(align(first, second), first, second, count)


def test_a_performance_nowhere_diverges_from_itself() -> None:
    one = make_performance(wander(20, seed=1))
    assert find(one, one) == ()


def test_the_moment_at_which_one_plays_another_emotion_is_found_in_both() -> None:
    steps = [pure("neutral", 0.8)] * 150
    one = make_performance(steps + [pure("sad", 0.8)] * 50 + steps)
    two = make_performance(steps + [pure("happy", 0.9)] * 50 + steps)
    (found,) = find(one, two)
    assert 6 <= found.first_time <= 8 and 6 <= found.second_time <= 8
    assert found.first_reading.startswith("sad 80%")
    assert found.second_reading.startswith("happy 90%")
    assert found.distance > 0.5


def test_moments_are_apart_in_both_clips_and_the_largest_comes_first() -> None:
    one, two = make_performance(wander(60, seed=1)), make_performance(wander(60, seed=2))
    found = find(one, two)
    assert len(found) == 6
    assert [each.distance for each in found] == sorted(each.distance for each in found)[::-1]
    for place, each in enumerate(found):
        for other in found[:place]:
            assert abs(each.first_time - other.first_time) >= 2
            assert abs(each.second_time - other.second_time) >= 2
    assert found[:3] == find(one, two, count=3)


def glimpse(emotion: str) -> Performance:
    """Eight seconds, seen for a sixth of a second at a time."""
    found = make_performance([pure(emotion)] * 200)
    for first in range(4, 200, 16):
        found = without_frames(found, first, first + 11)
    return found


def test_no_moment_reaches_over_a_gap() -> None:
    assert find(glimpse("happy"), glimpse("sad")) == ()
    whole = make_performance([pure("happy")] * 200)
    assert find(whole, make_performance([pure("sad")] * 200))


def test_a_face_that_is_hard_to_see_makes_the_moment_unsure() -> None:
    one, two = make_performance([pure("happy")] * 100), make_performance([pure("sad")] * 100)
    two.faces["turn"] = 1.5
    (found, *_) = find(one, two)
    assert found.first_reading == "happy 100%"
    assert found.second_reading == "unsure, perhaps sad 100% (turned away)"


def test_shares_are_means_over_the_window() -> None:
    one, two = make_performance([pure("happy")] * 100), make_performance([pure("sad", 0.7)] * 100)
    (found, *_) = find(one, two)
    assert found.second_shares == pytest.approx(pure("sad", 0.7))
