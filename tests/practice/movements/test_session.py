"""A movement that is made before the camera, from the plan to the outcome."""

from __future__ import annotations

import json

import pytest

from emotion_core.practice.live.outcomes import MovementOutcome
from emotion_core.practice.live.run import COUNTDOWN, Plan
from emotion_core.practice.live.view import LiveView, schedule_message, view_message
from emotion_core.practice.movements.exercise import MirrorMovement, RaiseAndHold
from emotion_core.practice.movements.outcome import HeldOutcome
from tests.practice.movements.movers import mover
from tests.practice.theatre import Theatre

RAISE = RaiseAndHold("inner_brows_up", 0.25, rise=0.5, hold=1.0, release=0.5, rest=0.5)
HEIGHT = 0.286  # eye distances, of the brows at rest


def perform(theatre: Theatre, late: float = 0.0) -> list[LiveView]:
    """Make the movement as asked, or later; gives what the browser was given."""
    theatre.play(2.5)  # the neutral face
    theatre.begin(Plan(RAISE, record=False))
    views = []
    for number in range(round(RAISE.seconds * 10) + 2):
        asked = RAISE.value_at((number + 1) / 10 - late)
        theatre.mesh.inner_brows = HEIGHT * (asked if asked == asked else 0.0)
        view = theatre.picture()
        assert view is not None
        views.append(view)
    theatre.settle()
    return views


def outcome_of(theatre: Theatre) -> MovementOutcome:
    outcome = theatre.live_session.state().outcome
    assert isinstance(outcome, MovementOutcome)
    return outcome


def test_a_movement_before_the_camera_is_measured_against_what_was_asked(theatre: Theatre) -> None:
    perform(theatre)
    found = outcome_of(theatre).found
    assert isinstance(found, HeldOutcome)
    assert found.held == pytest.approx(1.0, abs=0.2) and found.beyond == 0
    assert found.reached == pytest.approx(0.4, abs=0.15)
    assert found.rate == pytest.approx(10, abs=0.5)


def test_who_is_late_is_measured_to_be_late(theatre: Theatre) -> None:
    perform(theatre, late=0.5)
    found = outcome_of(theatre).found
    assert isinstance(found, HeldOutcome)
    assert found.reached == pytest.approx(0.9, abs=0.15)


def test_a_movement_that_cannot_be_measured_has_a_reason_in_place_of_an_outcome(
    theatre: Theatre,
) -> None:
    theatre.mesh.inner_brows = float("nan")
    theatre.begin(Plan(RAISE, record=False))
    theatre.play(RAISE.seconds + 0.2)
    theatre.settle()
    outcome = outcome_of(theatre)
    assert outcome.found is None and "not measured during the exercise" in outcome.reason


def test_the_browser_is_given_the_curve_ahead_and_the_value_with_each_reading(
    theatre: Theatre,
) -> None:
    views = perform(theatre)
    run = views[0].run
    assert run is not None
    message = json.loads(json.dumps(schedule_message(run, lambda time: time)))
    curve = message["curve"]
    assert curve["noun"] == "inner brows up" and message["targets"] == []
    assert curve["values"][:2] == [0, 0] and max(curve["values"]) == 0.25
    assert curve["low"] == 0 and curve["high"] >= 0.25
    assert message["prompts"][:3] == [[0.0, "rest"], [0.5, "lift the inner brows"], [1.0, "hold"]]
    values = [view_message(view, lambda time: time)["reading"].get("value") for view in views]
    assert max(value for value in values if value is not None) == pytest.approx(0.25, abs=0.01)
    assert view_message(views[5], lambda time: time)["reading"]["distance"] is None


def test_a_curve_has_holes_where_nothing_is_asked_and_room_to_both_sides(theatre: Theatre) -> None:
    performance = mover(lambda time: 0.2 * (time > 6), 10.0)
    mirror = MirrorMovement.of(performance, 1, 2, 5.0, 9.0, "inner_brows_up")
    for exercise, low in ((mirror, 0.0), (RaiseAndHold("head_nod", 12), -37.5)):
        theatre.begin(Plan(exercise, record=False))
        run = theatre.live_session.state().run
        assert run is not None and run.begins > COUNTDOWN
        curve = schedule_message(run, lambda time: time)["curve"]
        assert curve["low"] == low and None not in curve["values"]
        theatre.live_session.stop()
