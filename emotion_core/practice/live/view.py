"""What the browser is given to draw over its own picture: the newest reading, and an exercise.

The browser shows its camera itself, so that no picture waits for this machine. What comes from
here are some hundred bytes a picture, each with the time at which the camera saw that picture, on
the clock of the browser.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.practice.live.follower import FacePlace
from emotion_core.practice.live.reader import LiveReading
from emotion_core.practice.live.run import Run
from emotion_core.practice.movements.exercise import MovementExercise
from emotion_core.render.video.face_reading import FaceReading
from emotion_core.types import FloatArray, ImageArray

# Side of a face to play after, px.
STILL_SIDE = 132
# Seconds by which such a face is sent ahead of the moment at which it is to be seen.
STILLS_AHEAD = 1.0
# Seconds between two targets of a schedule; between them the browser goes on evenly.
_STEP = 0.1
_STILL_QUALITY = 85

# Seconds since 1970 by the browser's clock at a time of the camera in seconds.
BrowserTime = Callable[[float], float]
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LiveView:
    """What is known when a picture has come.

    Attributes:
        time: seconds on the camera's clock.
        size: width and height of the picture in px.
        place: where the face is in it.
        reading: the newest one, of an earlier picture; ``None`` before there is one, and if reading
            has failed.
        run: what is being done; ``None`` for nothing.
    """

    time: float
    size: tuple[int, int]
    place: FacePlace | None = None
    reading: LiveReading | None = None
    run: Run | None = None


def view_message(view: LiveView, browser_time: BrowserTime) -> Message:
    """A view for the browser.

    Returns:
        ``time`` of the picture in ms; ``box``, left, top, right and bottom as shares of the
        picture, or ``None``; and ``reading``, see :func:`reading_message`, with its ``time`` in ms
        and, during an exercise, its ``distance`` from the target and the ``value`` of the movement
        that is asked for.
    """
    box = None
    if view.place is not None:
        sides = np.array([*view.size, *view.size], np.float32)
        box = [round(float(share), 4) for share in view.place.drawn / sides]
    reading = None
    if view.reading is not None:
        reading = reading_message(
            view.reading.probabilities, view.reading.uncertainty, view.reading.faces
        )
        reading["time"] = _ms(browser_time(view.reading.time))
        if view.run is not None:
            reading["distance"] = view.run.distance(view.reading.time)
            reading["value"] = _known(view.run.value(view.reading))
    return {"time": _ms(browser_time(view.time)), "box": box, "reading": reading}


def reading_message(
    probabilities: FloatArray, uncertainty: tuple[str, ...] = (), faces: int = 1
) -> Message:
    """A reading for the browser, in figures and in the words that are used everywhere.

    Args:
        probabilities: (7,), or zero-length where no face is in view.
        uncertainty: what makes it unsure.
        faces: how many faces were seen.
    """
    face = FaceReading(0, "you", (0, 0, 0, 0), True, probabilities, 0, uncertainty)
    return {
        "shares": [round(float(share), 3) for share in probabilities],
        "label": face.words,
        "lines": face.lines[:2],  # why it is unsure stands at the box
        "unsure": bool(uncertainty),
        "faces": faces,
    }


def schedule_message(run: Run, browser_time: BrowserTime) -> Message:
    """All that a run asks for, ahead of time: the browser shows it by its own clock.

    Returns:
        ``begins`` in ms, when the countdown is over; ``seconds``, ``None`` for a free take;
        ``record``; ``step`` in seconds; ``targets``, (7,) thousandths each, or empty where nothing
        is asked; ``prompts``, pairs of seconds and the words from then on; and ``curve``, see
        :func:`curve_message`, ``None`` where no movement is asked for.
    """
    exercise = run.plan.exercise
    message: Message = {
        "begins": _ms(browser_time(run.begins)),
        "seconds": None,
        "record": run.plan.record,
        "step": _STEP,
        "targets": [],
        "prompts": [],
        "curve": None,
    }
    if exercise is None:
        return message
    times = np.append(np.arange(0, exercise.seconds, _STEP), exercise.seconds).tolist()
    prompts: list[tuple[float, str]] = []
    for time in times:
        words = exercise.prompt_at(time)
        if not prompts or prompts[-1][1] != words:
            prompts.append((round(time, 3), words))
    message["seconds"] = exercise.seconds
    message["prompts"] = prompts
    if isinstance(exercise, MovementExercise):
        message["curve"] = curve_message(exercise, times)
    else:
        targets = [exercise.target_at(time) for time in times]
        message["targets"] = [np.round(1000 * target).astype(int).tolist() for target in targets]
    return message


def curve_message(exercise: MovementExercise, times: list[float]) -> Message:
    """A movement that is asked for.

    Args:
        exercise: asks for it.
        times: seconds of the exercise.

    Returns:
        ``noun``, what it is called; ``low`` and ``high``, the values between which it is drawn;
        and its ``values`` at the times, ``None`` where nothing is asked.
    """
    movement = MOVEMENTS[exercise.movement]
    values = np.array([exercise.value_at(time) for time in times])
    room = 1.25 * max(float(np.nanmax(np.abs(values))), movement.full)
    low = -room if movement.both_ways else 0.0
    named = [_known(float(value)) for value in values]
    return {"noun": movement.noun, "low": low, "high": room, "values": named}


def still_message(still: ImageArray | None, since: float) -> Message:
    """A face to play after for the browser.

    Args:
        still: (S, S, 3) of :data:`STILL_SIDE`; ``None`` for none.
        since: seconds of the exercise from which on it is to be seen.
    """
    return {"since": round(since, 3), "picture": "" if still is None else data_url(still)}


def data_url(image: ImageArray) -> str:
    """A picture, (H, W, 3) uint8 RGB, as the address of a JPEG that holds it."""
    settings = [cv2.IMWRITE_JPEG_QUALITY, _STILL_QUALITY]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), settings)
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode("ascii")


def _known(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
