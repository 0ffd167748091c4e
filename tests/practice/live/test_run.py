"""One go at something, on the clock of the camera."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.practice.exercises.exercise import Hold, Move
from emotion_core.practice.live.reader import NO_READING, LiveReading
from emotion_core.practice.live.run import COUNTDOWN, Plan, Run
from emotion_core.types import FloatArray
from tests.practice.doubles import shares

NOW = 50.0
START = NOW + COUNTDOWN


def _run(seconds: float = 4.0, record: bool = False) -> Run:
    return Run(Plan(Hold("sad", 1.0, seconds), record), NOW)


def _free(record: bool = True) -> Run:
    return Run(Plan(None, record), NOW)


def _read(time: float, probabilities: FloatArray | None = None) -> LiveReading:
    values = shares(sad=1.0) if probabilities is None else probabilities
    return LiveReading(0, time, values, values)


def _times(run: Run) -> list[float]:
    assert run.playing is not None
    return [float(time) for time in run.playing.readings()[0]]


def test_only_readings_of_the_exercise_are_collected() -> None:
    run = _run(seconds=4.0)
    for time in (START - 0.1, START, START + 2, START + 4, START + 4.1):
        run.add(_read(time))
    assert _times(run) == [0.0, 2.0, 4.0]


def test_a_free_take_collects_no_readings() -> None:
    run = _free()
    run.add(_read(START + 1))
    assert run.playing is None


def test_an_exercise_waits_for_its_last_readings_before_it_is_over() -> None:
    run = _run(seconds=4.0)
    run.add(_read(START + 3.9))
    assert not run.over(START + 4.0)
    assert not run.over(START + 5.5)  # on a busy machine they take their time
    run.add(_read(START + 4.0))
    assert run.over(START + 5.5)


def test_an_exercise_does_not_wait_for_ever_for_readings_that_do_not_come() -> None:
    run = _run(seconds=4.0)
    assert not run.over(START + 5.9)
    assert run.over(START + 6.1)


def test_an_exercise_that_is_read_ahead_of_its_pictures_is_not_over() -> None:
    run = _run(seconds=4.0)
    run.add(_read(START + 4.0))
    assert not run.over(START + 3.9)


def test_a_free_take_is_never_over_by_itself() -> None:
    assert not _free().over(START + 1e6)


def test_a_take_is_the_exercise_without_countdown_and_without_what_comes_after() -> None:
    run = _run(seconds=4.0, record=True)
    times = (NOW, START - 0.01, START, START + 3.99, START + 4.0, START + 4.2)
    assert [run.records(time) for time in times] == [False, False, True, True, False, False]


def test_nothing_is_recorded_that_was_not_asked_to_be() -> None:
    assert not _run(record=False).records(START + 1)
    assert not _free(record=False).records(START + 1)


def test_the_target_of_the_beginning_stands_during_the_countdown_and_that_of_the_end_after() -> (
    None
):
    run = Run(Plan(Move("sad", "happy", 1.0), record=False), NOW)
    np.testing.assert_array_equal(run.target(NOW), shares(sad=1.0))
    np.testing.assert_array_equal(run.target(START + 100), shares(happy=1.0))
    assert len(_free().target(START)) == 0


def test_a_reading_counts_for_when_its_picture_was_taken_however_late_it_comes() -> None:
    run = Run(Plan(Move("sad", "happy", 1.0, passage=1.0, rest=1.0), record=False), NOW)
    run.add(_read(START + 0.9))  # comes long after the target has become another one
    assert run.distance(START + 0.9) == pytest.approx(0.0, abs=1e-6)


def test_there_is_no_distance_outside_of_an_exercise() -> None:
    run = _run(seconds=4.0)
    run.add(_read(START + 0.1))
    assert run.distance(START - 0.1) is None
    assert run.distance(START + 4.1) is None
    assert _free().distance(START) is None


@pytest.mark.parametrize("readings", [0, 1])
def test_an_exercise_shorter_than_a_reading_takes_is_over_with_what_there_is(readings: int) -> None:
    run = _run(seconds=0.05)
    for number in range(readings):
        run.add(_read(START + 0.02 + number))
    run.add(_read(START + 0.2))
    assert run.over(START + 0.5)
    assert len(_times(run)) == readings


def test_a_look_without_a_face_is_a_gap_and_not_a_reading() -> None:
    run = _run()
    run.add(_read(START + 1))
    run.add(_read(START + 1.1, NO_READING))
    run.add(_read(START + 1.2))
    assert run.playing is not None
    assert _times(run) == pytest.approx([1.0, 1.2])
    assert run.playing.seconds_seen == pytest.approx(0.1)
