"""Exercises before the camera: what is begun, stopped, ended, and how near it came."""

from __future__ import annotations

import threading

import pytest

from emotion_core.practice.exercises.exercise import Hold
from emotion_core.practice.exercises.playing import Playing
from emotion_core.practice.live import outcomes
from emotion_core.practice.live.run import COUNTDOWN, Plan
from tests.practice.doubles import (
    PATIENCE,
)
from tests.practice.theatre import HOLD, Theatre


def test_an_exercise_counts_down_collects_and_ends_with_how_near_it_came(theatre: Theatre) -> None:
    theatre.live_session.begin(Plan(HOLD, record=False))
    theatre.picture()
    run = theatre.live_session.state().run
    assert run is not None and run.playing is not None
    assert run.begins == theatre.time + COUNTDOWN
    theatre.play(COUNTDOWN)
    assert run.begins <= theatre.time + 1e-6
    theatre.play(0.5)
    assert 3 <= len(run.playing.readings()[0]) <= 7
    assert theatre.live_session.state().outcome is None
    theatre.play(1.2)
    theatre.settle()
    state = theatre.live_session.state()
    assert state.run is None
    assert state.outcome is not None and state.outcome.match is not None
    assert state.outcome.playing.exercise is HOLD
    assert state.outcome.match.distance < 0.01
    assert theatre.shelf.takes == []
    assert theatre.left() == []


def test_an_exercise_without_a_face_ends_with_the_reason(theatre: Theatre) -> None:
    theatre.finds.boxes = []
    theatre.begin(Plan(HOLD, record=False))
    theatre.play(2.0)
    theatre.settle()
    outcome = theatre.live_session.state().outcome
    assert outcome is not None and outcome.match is None
    assert outcome.reason == "No face was read during the exercise."
    assert theatre.live_session.state().error == ""


def test_an_exercise_shorter_than_a_picture_ends_with_the_reason(theatre: Theatre) -> None:
    theatre.begin(Plan(Hold("sad", 0.8, seconds=0.02), record=True))
    theatre.play(1.0)
    theatre.settle()
    state = theatre.live_session.state()
    assert state.run is None and state.outcome is not None
    assert theatre.left() == []


def test_what_is_stopped_has_no_outcome(theatre: Theatre) -> None:
    theatre.begin(Plan(HOLD, record=False))
    theatre.play(0.5)
    theatre.live_session.stop()
    theatre.play(2.0)
    theatre.settle()
    state = theatre.live_session.state()
    assert state.run is None and state.outcome is None


@pytest.mark.parametrize("pictures", [0, 1, 15])
def test_what_is_stopped_before_it_begins_leaves_nothing(theatre: Theatre, pictures: int) -> None:
    theatre.live_session.begin(Plan(HOLD, record=True))
    for _ in range(pictures):
        theatre.picture()
    theatre.live_session.stop()
    theatre.play(5.0)
    theatre.settle()
    state = theatre.live_session.state()
    assert state.run is None and state.outcome is None
    assert theatre.shelf.takes == [] and theatre.left() == []


def test_what_is_begun_takes_the_place_of_what_is_being_done(theatre: Theatre) -> None:
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(0.5)
    other = Hold("happy", 0.8, seconds=0.6)
    theatre.begin(Plan(other, record=False))
    theatre.play(1.4)
    theatre.settle()
    outcome = theatre.live_session.state().outcome
    assert outcome is not None and outcome.playing.exercise is other
    assert theatre.shelf.exercises == [HOLD]  # what there was of the first take
    assert theatre.shelf.takes[0].duration == pytest.approx(0.5, abs=0.11)
    assert theatre.left() == []


def test_the_outcome_is_gone_once_the_next_run_begins(theatre: Theatre) -> None:
    theatre.begin(Plan(HOLD, record=False))
    theatre.play(2.0)
    theatre.settle()
    assert theatre.live_session.state().outcome is not None
    theatre.live_session.begin(Plan(HOLD, record=False))
    theatre.picture()
    assert theatre.live_session.state().outcome is None


def test_an_outcome_that_comes_after_the_next_run_began_is_left_out(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, match = threading.Event(), outcomes.match

    def late(playing: Playing) -> object:
        assert go.wait(PATIENCE)
        return match(playing)

    monkeypatch.setattr(outcomes, "match", late)
    theatre.begin(Plan(HOLD, record=False))
    theatre.play(1.6)
    theatre.live_session.begin(Plan(None, record=False))
    theatre.picture()
    go.set()
    theatre.settle()
    assert theatre.live_session.state().outcome is None
