from __future__ import annotations

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ComparisonError
from emotion_core.performance.comparison.alignment import hellinger
from emotion_core.performance.comparison.comparison import compare
from emotion_core.practice.exercises.exercise import Exercise, Hold, Mirror, Move
from emotion_core.practice.exercises.performances import (
    performance_of_readings,
    target_performance,
)
from emotion_core.practice.exercises.play_along import PlayAlong
from emotion_core.practice.exercises.playing import (
    Playing,
    playing_of,
    table_of,
)
from emotion_core.practice.feedback.match import match
from emotion_core.practice.feedback.wording import describe_match
from tests.performance.made import make_performance, pure, wander, without_frames
from tests.practice.runs import performance_of_playing, play

NOBODY = np.zeros(0, np.float32)
SAD = Hold("sad", 1.0, 10.0)
MOVE = Move("sad", "happy", 0.8, passage=4.0, rest=2.0)


def along(seconds: float = 30.0) -> PlayAlong:
    return PlayAlong.of(make_performance(wander(seconds, seed=1)), 1, 2)


def with_hole() -> PlayAlong:
    """Ana wanders; she is away from 8 s to 16 s."""
    whole = make_performance(wander(30, seed=1))
    return PlayAlong.of(without_frames(whole, 200, 399), 1, 2)


@pytest.mark.parametrize(
    "exercise", [SAD, Hold("sad", 0.5), MOVE, Mirror(tuple(pure("fear", 0.7)))]
)
def test_what_is_played_as_asked_is_at_no_distance(exercise: Exercise) -> None:
    playing = play(exercise, exercise.target_at)
    found = match(playing)
    assert playing.mean_distance == pytest.approx(0, abs=1e-6)
    assert found.distance < 0.02 and found.moment_by_moment < 0.02
    assert found.mismatch is None
    assert found.asked == pytest.approx(exercise.seconds)
    assert found.seconds_seen == pytest.approx(exercise.seconds, abs=0.2)


def test_what_shares_no_emotion_with_what_is_asked_is_at_distance_one() -> None:
    playing = play(SAD, lambda time: pure("happy"))
    found = match(playing)
    assert found.distance == found.moment_by_moment == pytest.approx(1)
    assert playing.mean_distance == pytest.approx(1)
    assert found.held == found.longest == 0


def test_the_live_distance_is_of_the_newest_reading_from_the_target_then() -> None:
    playing = Playing(MOVE)
    assert playing.distance_at(0.0) is None and playing.mean_distance is None
    sad = np.array(pure("sad"), np.float32)
    playing.add(1.0, sad)
    for time in (1.0, 1.4):
        expected = hellinger(np.array(pure("sad")), MOVE.target_at(time).astype(float))
        assert playing.distance_at(time) == pytest.approx(float(expected))
    assert playing.distance_at(1.6) is None, "half a second without a look is out of view"
    playing.add(1.7, NOBODY)
    assert playing.distance_at(1.7) is None


def test_the_running_mean_weighs_by_time_and_counts_only_where_both_are_there() -> None:
    playing = Playing(SAD)
    playing.add(0.0, np.array(pure("sad"), np.float32))
    playing.add(0.3, np.array(pure("happy"), np.float32))
    playing.add(0.4, NOBODY)
    playing.add(0.8, np.array(pure("sad"), np.float32))
    assert playing.mean_distance == pytest.approx(0.1 / 0.4)
    assert playing.share_in_view == pytest.approx(0.5)
    assert playing.seconds_seen == pytest.approx(0.4)


def test_where_no_look_comes_a_reading_stands_for_half_a_second() -> None:
    playing = Playing(SAD)
    for time in (0.0, 5.0):
        playing.add(time, np.array(pure("sad"), np.float32))
    assert playing.seconds_seen == 0.5
    assert playing.share_in_view == pytest.approx(0.1)


def test_time_in_which_nothing_is_asked_does_not_count() -> None:
    exercise = with_hole()
    found = match(play(exercise, lambda time: pure("neutral")))
    assert found.asked == pytest.approx(22, abs=0.2)
    assert found.seconds_seen == pytest.approx(22, abs=0.4)


def test_who_rests_while_the_character_is_away_has_missed_nothing() -> None:
    exercise = with_hole()

    def rests(time: float) -> np.ndarray:  # type: ignore[type-arg]
        target = exercise.target_at(time)
        return target if len(target) else np.array(pure("neutral"), np.float32)

    assert match(play(exercise, rests, rate=25)).distance < 0.05


def test_looks_outside_of_the_exercise_or_out_of_order_are_left_out() -> None:
    playing, happy = Playing(SAD), np.array(pure("happy"), np.float32)
    for time in (-0.1, 10.1):
        playing.add(time, happy)
    assert len(playing.readings()[0]) == 0
    playing.add(1.0, np.array(pure("sad"), np.float32))
    for time in (1.0, 0.5):
        playing.add(time, happy)
    times, values = playing.readings()
    assert times.tolist() == [1.0] and np.allclose(values, [pure("sad")])
    assert playing.distance_at(1.0) == pytest.approx(0)


@pytest.mark.parametrize("reading", [np.zeros(6), np.zeros((1, 7)), np.full(7, np.nan)])
def test_a_look_of_another_shape_is_refused(reading: np.ndarray) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match="a reading must be 7 finite numbers or none"):
        Playing(SAD).add(1.0, reading)


def test_a_run_keeps_at_most_fifty_readings_a_second() -> None:
    playing, sad = Playing(SAD), np.array(pure("sad"), np.float32)
    for time in np.arange(0, 10, 0.001):
        playing.add(float(time), sad)
    assert 400 < len(playing.readings()[0]) <= 501


def test_a_gap_ends_a_segment_and_a_missed_look_does_not() -> None:
    playing = Playing(SAD)
    for number in range(60):
        time = number / 10
        missed = number == 20 or 30 <= number < 38
        playing.add(time, NOBODY if missed else np.array(pure("sad"), np.float32))
    found = performance_of_playing(playing, "Ana", "My take")
    assert np.bincount(found.segments()).tolist() == [29, 22]
    assert (found.name, found.scene, found.duration) == ("Ana", "My take", 10.0)
    assert found.step == pytest.approx(0.1)


def test_an_empty_and_a_single_look_are_performances_too() -> None:
    playing = Playing(SAD)
    assert len(performance_of_playing(playing, "Ana", "My take")) == 0
    playing.add(3.0, np.array(pure("sad"), np.float32))
    assert performance_of_playing(playing, "Ana", "My take").times.tolist() == [3.0]
    assert match(playing).distance == pytest.approx(0)


def test_where_no_face_was_read_there_is_no_match() -> None:
    for playing in (Playing(SAD), play(SAD, lambda time: NOBODY)):
        with pytest.raises(ComparisonError, match=r"^No face was read during the exercise\.$"):
            match(playing)


def test_who_is_only_read_while_nothing_is_asked_has_no_match() -> None:
    exercise = with_hole()
    only_away = play(exercise, lambda t: pure("sad") if 9 < t < 15 else NOBODY)
    with pytest.raises(ComparisonError, match="No face was read"):
        match(only_away)


def test_the_distance_is_that_of_the_page_compare() -> None:
    exercise = along()
    playing = play(exercise, lambda time: exercise.target_at(max(time - 1.0, 0.0)))
    own = performance_of_playing(playing, "I", "My take")
    (pair,) = compare([own, target_performance(exercise)]).pairs
    assert match(playing).distance == pytest.approx(pair.alignment.distance)


def test_the_same_arc_played_a_fifth_slower_is_nearer_once_it_is_aligned() -> None:
    exercise = along(24.0)
    found = match(play(exercise, lambda time: exercise.target_at(time / 1.2), rate=25))
    assert found.distance < 0.4 * found.moment_by_moment
    assert "timing accounts for most" in describe_match(found, exercise)


def test_a_hold_counts_the_seconds_near_it_and_the_longest_segment() -> None:
    playing = play(SAD, lambda t: pure("happy" if 3 <= t < 5 else "sad"), rate=25)
    found = match(playing)
    assert found.held == pytest.approx(8, abs=0.6)
    assert found.longest == pytest.approx(5, abs=0.4)
    assert found.late is None


def test_half_of_an_emotion_is_near_its_half_and_far_from_its_whole() -> None:
    half = Hold("sad", 0.5)
    assert match(play(half, half.target_at)).held == pytest.approx(10, abs=0.2)
    assert match(play(SAD, half.target_at)).held == 0
    assert match(play(half, SAD.target_at)).held == 0


@pytest.mark.parametrize("late", [-1.2, 0.0, 0.8, 3.0])
def test_a_passage_is_as_late_as_it_was_played(late: float) -> None:
    found = match(play(MOVE, lambda t: MOVE.target_at(float(np.clip(t - late, 0, 8)))))
    assert found.late == pytest.approx(late, abs=0.1)
    assert found.held is found.longest is None


def test_a_weak_passage_from_neutral_is_described_as_well() -> None:
    weak = Move("neutral", "sad", 0.3)
    found = match(play(weak, lambda t: weak.target_at(max(t - 1.0, 0))))
    assert found.late == pytest.approx(1.0, abs=0.1)


def test_a_passage_that_is_not_there_is_not_said() -> None:
    def text(reading_at: object) -> float | None:
        return match(play(MOVE, reading_at)).late  # type: ignore[arg-type]

    assert text(lambda t: pure("neutral")) is None
    assert text(lambda t: pure("sad")) is None
    assert text(lambda t: pure("happy") if t < 4 else pure("sad")) is None, "the wrong way round"
    assert text(lambda t: pure("sad") if int(t) % 2 else pure("happy")) is None, "to and fro"
    assert text(lambda t: NOBODY if 3 < t < 5 else MOVE.target_at(t)) is None, "out of view"


def test_the_feedback_says_where_it_parted_most() -> None:
    exercise = Hold("sad", 0.8)
    found = match(play(exercise, lambda t: pure("neutral") if 3 <= t < 5 else pure("sad", 0.8)))
    text = describe_match(found, exercise)
    assert "Largest mismatch, 3 to 5 s: you played neutral, the target was sad." in text
    assert found.mismatch is not None and not found.mismatch.whole
    assert f"your mean distance is {found.distance:.2f} (0 = the same" in text


@pytest.mark.parametrize(
    ("exercise", "played", "says"),
    [
        (Hold("sad", 0.5), pure("sad"), "Throughout, sad was read at 100%, the target was 50%."),
        (Hold("sad", 0.5), pure("happy"), "you played happy, the target was sad at 50%."),
        (Hold("neutral"), pure("happy"), "you played happy, the target was neutral."),
        (SAD, [0.36, 0, 0.38, 0, 0, 0.26, 0], "a mix of fear and angry, the target was sad."),
        (Hold("sad", 0.5), [0.45, 0, 0, 0, 0, 0.55, 0], "angry was read as well as sad."),
        (SAD, pure("happy"), "You did not come close to the target (distance up to 0.3)."),
        (MOVE, pure("neutral"), "When you moved from sad to happy could not be measured."),
    ],
)
def test_the_feedback_names_what_was_played_in_place_of_what_was_asked(
    exercise: Exercise, played: list[float], says: str
) -> None:
    assert says in describe_match(match(play(exercise, lambda time: played)), exercise)


def test_the_feedback_says_whether_a_passage_came_late_early_or_as_asked() -> None:
    def text(late: float) -> str:
        found = match(play(MOVE, lambda t: MOVE.target_at(float(np.clip(t - late, 0, 8)))))
        return describe_match(found, MOVE)

    assert "You moved from sad to happy 0.8 s later than the target." in text(0.8)
    assert "You moved from sad to happy 1.2 s earlier than the target." in text(-1.2)
    assert "You moved from sad to happy on time." in text(0.1)


def test_the_feedback_says_how_much_was_read_where_it_was_not_all() -> None:
    found = match(play(SAD, lambda t: pure("sad") if t >= 5 else NOBODY))
    assert describe_match(found, SAD).startswith("Your face was read for 5.0 of 10.0 s.")
    assert "Your face" not in describe_match(match(play(SAD, SAD.target_at)), SAD)


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_feedback_never_grades(emotion: str) -> None:
    for exercise in (SAD, MOVE, Mirror(tuple(pure("sad", 0.7)))):
        text = describe_match(match(play(exercise, lambda time: pure(emotion))), exercise)
        words = set(text.lower().replace(".", " ").replace(",", " ").split())
        assert not words & {"good", "bad", "well", "wrong", "right", "better", "score", "perfect"}
        assert "!" not in text and 2 <= text.count(". ") + 1 <= 4


def test_the_table_of_a_run_has_what_was_asked_and_a_gap_where_nothing_was_read() -> None:
    hold = Hold("sad", 1.0, 5.0)
    playing = Playing(hold)
    sad = hold.target_at(0.0)
    for time in (0.0, 0.2, 0.4, 3.0, 3.2):
        playing.add(time, sad)
    table = table_of(playing)
    assert len(table) == 6 and table["time"].is_monotonic_increasing
    gap = table["sad"].isna()
    assert gap.sum() == 1 and 0.4 < float(table["time"][gap].iloc[0]) < 3.0
    assert (table["asked_sad"] == 1).all()
    assert (table["distance"][~gap] == 0).all() and table["distance"][gap].isna().all()


def test_a_take_is_as_far_from_its_exercise_as_the_run_that_it_was_recorded_in() -> None:
    hold = Hold("sad", 0.6, 4.0)
    values = np.tile(Hold("sad", 0.9, 4.0).target_at(0.0), (40, 1)).astype(float)
    take = performance_of_readings(np.arange(40) / 10, values, "You", "Take 1", 4.0)
    run = Playing(hold)
    for time, reading in zip(take.times, take.probabilities, strict=True):
        run.add(float(time), reading.astype(np.float32))
    assert match(playing_of(take, hold)).distance == match(run).distance > 0
