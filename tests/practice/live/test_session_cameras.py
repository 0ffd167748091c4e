"""Cameras that come and go, and what continues when something fails."""

from __future__ import annotations

import threading

import pytest

from emotion_core.errors import ModelError
from emotion_core.practice.live.run import Plan
from tests.practice.doubles import (
    PATIENCE,
    numbered,
    shares,
    threads_named,
    wait_until,
)
from tests.practice.theatre import HOLD, Theatre


def test_a_camera_that_ends_in_the_middle_of_a_take_keeps_what_there_is(theatre: Theatre) -> None:
    theatre.begin(Plan(HOLD, record=True))
    theatre.play(0.5)
    theatre.live_session.camera_off(theatre.live)
    theatre.settle()
    assert theatre.shelf.takes[0].duration == pytest.approx(0.5, abs=0.11)
    assert theatre.shelf.exercises == [HOLD]
    state = theatre.live_session.state()
    assert not state.on and state.run is None and state.outcome is None
    assert theatre.left() == []


def test_the_end_of_an_older_camera_does_not_end_a_newer_one(theatre: Theatre) -> None:
    newer = theatre.live_session.camera_on()
    theatre.begin(Plan(HOLD, record=True))
    theatre.live_session.camera_off(theatre.live)
    assert theatre.live_session.state().on
    theatre.play(2.0)
    theatre.settle()
    assert len(theatre.shelf.takes) == 1
    theatre.live_session.camera_off(newer)
    assert not theatre.live_session.state().on


def test_a_camera_that_begins_ends_the_take_of_the_one_before(theatre: Theatre) -> None:
    theatre.begin(Plan(None, record=True))
    theatre.play(0.5)
    older, theatre.live = theatre.live, theatre.live_session.camera_on()
    theatre.settle()
    assert len(theatre.shelf.takes) == 1
    assert theatre.live_session.state().run is None
    wait_until(lambda: len(threads_named("eme-reader")) == 1)
    theatre.live_session.camera_off(older)


def test_a_camera_that_begins_does_not_wait_for_the_reader_of_the_one_before(
    theatre: Theatre,
) -> None:
    theatre.picture()
    theatre.reads.open.clear()
    theatre.reads.asked.clear()
    theatre.live_session.see(numbered(0), theatre.time + 1)
    assert theatre.reads.asked.wait(PATIENCE)
    theatre.live = theatre.live_session.camera_on()
    assert len(threads_named("eme-reader")) == 2  # the one before is still busy
    theatre.reads.open.set()
    wait_until(lambda: len(threads_named("eme-reader")) == 1)


def test_no_thread_is_left_after_cameras_that_came_and_went(theatre: Theatre) -> None:
    cameras = [theatre.live]

    def begin() -> None:
        cameras.append(theatre.live_session.camera_on())

    starting = [threading.Thread(target=begin) for _ in range(4)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join(PATIENCE)
    for live in [*cameras, cameras[0]]:
        theatre.live_session.camera_off(live)
    names = ("eme-reader", "eme-feedback", "eme-off", "eme-keep", "eme-take")
    wait_until(lambda: not any(threads_named(name) for name in names))
    assert not theatre.live_session.state().on


def test_nothing_is_begun_or_said_without_a_camera(theatre: Theatre) -> None:
    theatre.live_session.camera_off(theatre.live)
    theatre.live_session.begin(Plan(HOLD, record=True))
    assert theatre.live_session.see(numbered(7), 1.0) is None
    theatre.live = theatre.live_session.camera_on()
    theatre.picture()
    state = theatre.live_session.state()
    assert state.on and state.run is None


@pytest.mark.parametrize("failure", [ModelError("The model is gone."), RuntimeError("bad shapes")])
def test_a_model_that_fails_is_reported_and_the_picture_goes_on(
    theatre: Theatre, failure: Exception
) -> None:
    theatre.picture()
    theatre.reads.error = failure
    theatre.picture()
    state = theatre.live_session.state()
    assert state.error != "" and state.reading is None
    for _ in range(5):
        view = theatre.picture()
        assert view is not None and view.time == theatre.time
    theatre.reads.error = None
    theatre.live = theatre.live_session.camera_on()  # which is how to try again
    theatre.picture()
    assert theatre.live_session.state().error == ""
    assert theatre.live_session.state().reading is not None


def test_smoothing_is_for_now_and_for_the_next_camera(theatre: Theatre) -> None:
    def blended() -> bool:
        theatre.reads.shares = shares(sad=1.0)
        theatre.picture()
        theatre.reads.shares = shares(happy=1.0)
        theatre.picture()
        reading = theatre.live_session.state().reading
        assert reading is not None
        return bool(reading.probabilities.max() < 0.99)

    assert not blended()
    theatre.live_session.smooth_over(1.0)
    assert blended()
    theatre.live = theatre.live_session.camera_on()
    assert blended()
