"""What the browser is given, each with the time at which the camera saw it."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from emotion_core.practice.exercises.exercise import Hold, Move
from emotion_core.practice.live.follower import FacePlace
from emotion_core.practice.live.reader import NO_READING, LiveReading
from emotion_core.practice.live.run import COUNTDOWN, Plan, Run
from emotion_core.practice.live.view import (
    STILL_SIDE,
    LiveView,
    reading_message,
    schedule_message,
    still_message,
    view_message,
)
from emotion_core.types import ImageArray
from tests.practice.doubles import shares

BEGAN = 1_700_000_000.0


def browser_time(time: float) -> float:
    return BEGAN + time


def _reading(time: float, **given: float) -> LiveReading:
    values = shares(**given) if given else NO_READING
    return LiveReading(3, time, values, values, (), 1)


def test_a_view_says_when_its_picture_and_that_of_its_reading_were_taken() -> None:
    view = LiveView(2.5, (640, 480), reading=_reading(2.25, sad=0.9))
    message = view_message(view, browser_time)
    assert message["time"] == 1000 * (BEGAN + 2.5)
    assert message["reading"]["time"] == 1000 * (BEGAN + 2.25)
    assert json.loads(json.dumps(message)) == json.loads(json.dumps(message))
    assert len(json.dumps(message)) < 600


@pytest.mark.parametrize("size", [(640, 480), (320, 240)])
def test_the_box_is_in_shares_of_the_picture_whatever_its_size(size: tuple[int, int]) -> None:
    box = np.array([0.25, 0.5, 0.5, 0.75], np.float32) * np.array([*size, *size], np.float32)
    view = LiveView(0.0, size, FacePlace.found(box.astype(np.float32), None))
    assert view_message(view, browser_time)["box"] == [0.25, 0.5, 0.5, 0.75]


def test_what_is_not_known_is_left_open() -> None:
    message = view_message(LiveView(0.0, (640, 480)), browser_time)
    assert message["box"] is None and message["reading"] is None
    gone = view_message(LiveView(0.0, (640, 480), reading=_reading(0.0)), browser_time)
    assert gone["reading"]["shares"] == []


def test_a_reading_is_in_the_words_that_are_used_everywhere() -> None:
    sure = reading_message(shares(sad=0.7, fear=0.2))
    assert sure["label"] == "sad 70%" and list(sure["lines"]) == ["sad 70%", "with fear 20%"]
    assert not sure["unsure"]
    assert sum(sure["shares"]) == pytest.approx(1)
    unsure = reading_message(shares(sad=0.7), ("tiny",), faces=2)
    assert unsure["unsure"] and unsure["label"].startswith("unsure")
    assert unsure["faces"] == 2


def test_during_an_exercise_a_reading_has_its_distance_from_what_was_asked_then() -> None:
    run = Run(Plan(Hold("sad", 1.0, 4.0), record=False), 10.0)
    reading = _reading(run.begins + 1, sad=1.0)
    run.add(reading)
    view = LiveView(run.begins + 1.3, (640, 480), reading=reading, run=run)
    assert view_message(view, browser_time)["reading"]["distance"] == pytest.approx(0, abs=1e-6)
    free = LiveView(run.begins + 1.3, (640, 480), reading=reading)
    assert "distance" not in view_message(free, browser_time)["reading"]


def test_a_schedule_says_on_the_clock_of_the_browser_what_is_asked_when() -> None:
    exercise = Move("sad", "happy", 1.0, passage=4.0, rest=2.0)
    message = schedule_message(Run(Plan(exercise, record=True), 10.0), browser_time)
    assert message["begins"] == 1000 * (BEGAN + 10 + COUNTDOWN)
    assert message["seconds"] == 8.0 and message["record"]
    assert message["prompts"] == [(0.0, "hold sad"), (2.0, "sad → happy"), (6.0, "hold happy")]
    assert len(message["targets"]) == 81
    for number in (0, 20, 40, 80):
        expected = exercise.target_at(min(number * message["step"], 8.0))
        np.testing.assert_allclose(message["targets"][number], 1000 * expected, atol=1)
    assert json.loads(json.dumps(message))["seconds"] == 8.0


def test_the_schedule_of_an_exercise_ends_with_its_end_also_between_two_steps() -> None:
    message = schedule_message(Run(Plan(Hold("sad", 1.0, 0.25), False), 0.0), browser_time)
    assert len(message["targets"]) == 4
    assert all(len(target) == 7 for target in message["targets"])


def test_a_free_take_asks_nothing() -> None:
    message = schedule_message(Run(Plan(None, record=True), 10.0), browser_time)
    assert message["seconds"] is None and message["targets"] == [] and message["record"]


def test_a_still_comes_as_a_picture_and_the_moment_from_which_it_is_seen(
    portrait: ImageArray,
) -> None:
    still = portrait[:STILL_SIDE, :STILL_SIDE]
    message = still_message(still, 1.25)
    assert message["since"] == 1.25
    kind, encoded = message["picture"].split(",")
    assert kind == "data:image/jpeg;base64"
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB"))
    assert np.abs(seen.astype(int) - still.astype(int)).mean() < 4
    assert still_message(None, 2.0) == {"since": 2.0, "picture": ""}
