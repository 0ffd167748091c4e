from __future__ import annotations

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ComparisonError
from emotion_core.performance.arcs.arc import arc_of
from emotion_core.performance.comparison.alignment import align, hellinger, warp
from tests.performance.made import make_performance, play_slower, pure, wander, without_frames

HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")


def test_the_distance_of_readings_is_hellingers() -> None:
    half = np.zeros(7)
    half[[HAPPY, SAD]] = 0.5
    happy, sad = np.array(pure("happy")), np.array(pure("sad"))
    assert hellinger(happy, happy) == 0
    assert hellinger(happy, sad) == pytest.approx(1)
    assert hellinger(happy, half) == pytest.approx(np.sqrt(1 - np.sqrt(0.5)))


def test_a_performance_lies_on_itself_without_distance_and_on_the_diagonal() -> None:
    one = make_performance(wander(20, seed=1))
    found = align(one, one)
    assert found.distance == 0 == found.unaligned
    assert (found.path[:, 0] == found.path[:, 1]).all()


@pytest.mark.parametrize("fps", [25.0, 30.0])
def test_the_same_played_a_fifth_slower_is_aligned_and_another_is_far(fps: float) -> None:
    values = wander(30, seed=1, fps=fps)
    one = make_performance(values, fps)
    slower = align(one, make_performance(play_slower(values, 1.2), fps))
    other = align(one, make_performance(wander(30, seed=2, fps=fps), fps))
    assert slower.distance < 0.03 < 0.2 < other.distance
    assert slower.unaligned > 10 * slower.distance
    assert slower.to_second(15.0) == pytest.approx(18.0, abs=0.5)
    assert slower.to_first(18.0) == pytest.approx(15.0, abs=0.5)


def test_what_is_held_longer_here_and_shorter_there_is_aligned_too() -> None:
    values = wander(30, seed=1)
    even = np.linspace(0, 1, round(1.1 * len(values)))
    uneven = (even + 0.05 * np.sin(2 * np.pi * even)) * (len(values) - 1)
    bent = np.stack([np.interp(uneven, np.arange(len(values)), row) for row in values.T], axis=1)
    found = align(make_performance(values), make_performance(bent))
    assert found.distance < 0.04 < 0.2 < found.unaligned


def test_made_arcs_that_share_no_emotion_are_at_distance_one() -> None:
    one = make_performance([pure("happy")] * 50 + [pure("surprise")] * 50)
    slower = make_performance([pure("happy")] * 60 + [pure("surprise")] * 60)
    other = make_performance([pure("sad")] * 100)
    assert align(one, slower).distance < 0.05
    assert align(one, other).distance == pytest.approx(1)


def test_the_same_readings_at_half_the_rate_are_near() -> None:
    values = wander(30, seed=3, fps=30)
    full, half = make_performance(values, 30), make_performance(values[::2], 15)
    assert align(full, half).distance < 0.02


def test_a_gap_is_a_jump_of_the_path_and_never_matched_as_neutral() -> None:
    whole = make_performance([pure("sad")] * 250)
    found = align(whole, without_frames(whole, 100, 149))
    assert found.distance == pytest.approx(0, abs=1e-6)
    second = found.times[1]
    assert not ((second > 4.05) & (second < 5.95)).any()
    assert np.diff(second).max() == pytest.approx(2.0, abs=0.15)
    assert found.second.segment[[0, -1]].tolist() == [0, 1]


def test_the_path_keeps_to_its_band_and_never_goes_back() -> None:
    early = [pure("happy")] * 20 + [pure("sad")] * 230
    late = [pure("happy")] * 230 + [pure("sad")] * 20
    found = align(make_performance(early), make_performance(late), band=0.2)
    assert np.abs(np.diff(found.path, axis=1)).max() <= 0.2 * 100 + 1
    assert (np.diff(found.path, axis=0) >= 0).all()
    assert found.path[0].tolist() == [0, 0]
    assert found.path[-1].tolist() == [len(found.first) - 1, len(found.second) - 1]
    assert found.distance > 0.5


def test_the_order_of_the_two_does_not_matter() -> None:
    one, two = make_performance(wander(20, seed=1)), make_performance(wander(25, seed=2))
    assert align(one, two).distance == pytest.approx(align(two, one).distance, abs=0.01)


def test_a_long_performance_gets_a_coarser_clock() -> None:
    one = make_performance(wander(40, seed=1))
    found = align(one, one, most_points=100)
    assert len(found.first) == pytest.approx(100, abs=1)
    assert found.first.step == pytest.approx(0.4)


def test_a_single_reading_can_be_aligned_and_none_cannot() -> None:
    one, moment = make_performance([pure("sad")] * 50), make_performance([pure("sad")])
    assert align(one, moment).distance == pytest.approx(0)
    with pytest.raises(ComparisonError, match="Bo is never in view"):
        align(one, make_performance(np.zeros((0, 7)), name="Bo"))


def test_a_warped_arc_shows_the_other_at_the_pace_of_the_reference() -> None:
    steps = [pure("happy")] * 50 + [pure("sad")] * 50
    one = without_frames(make_performance(steps), 90, 95)
    slower = make_performance(play_slower(np.array(steps), 1.2))
    onto = arc_of(one)
    warped = warp(arc_of(slower), align(one, slower), onto)
    assert np.array_equal(warped.times, onto.times)
    assert np.array_equal(warped.seen, onto.seen)
    assert hellinger(warped.values[onto.seen], onto.values[onto.seen]).mean() < 0.05
