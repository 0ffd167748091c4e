"""One go at something: a countdown, then an exercise, a recording, or both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from emotion_core.practice.exercises.exercise import Exercise
from emotion_core.practice.exercises.playing import Playing
from emotion_core.practice.live.exercise_strip import ExerciseStrip
from emotion_core.practice.live.painter import STRIP_WIDTH, LiveView
from emotion_core.practice.live.reader import NO_READING, LiveReading
from emotion_core.types import FloatArray, ImageArray

# Seconds to get ready in.
COUNTDOWN = 3.0
# A reading comes a little after its picture: so long the end waits for the last ones.
_LAST_READINGS = 0.4


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done next.

    Attributes:
        exercise: what is played towards; ``None`` for a free take.
        record: whether a take is kept.
        still_at: the face to play after at a time of the exercise, (S, S, 3) of
            :data:`~emotion_core.practice.live.painter.STILL_SIDE`; ``None`` for none.
    """

    exercise: Exercise | None
    record: bool
    still_at: Callable[[float], ImageArray | None] = lambda _: None


class Run:
    """A plan as it is carried out, on the clock of the camera.

    Args:
        plan: what is to be done.
        now: seconds; the countdown begins here.

    Attributes:
        plan: as given.
        begins: seconds, when the countdown is over: 0 on the clock of the exercise.
        playing: what was played so far; ``None`` without an exercise.
        strip: the same as it is drawn.
    """

    def __init__(self, plan: Plan, now: float) -> None:
        self.plan = plan
        self.begins = now + COUNTDOWN
        exercise = plan.exercise
        self.playing = None if exercise is None else Playing(exercise)
        self.strip = None if exercise is None else ExerciseStrip(exercise, STRIP_WIDTH)

    def countdown(self, now: float) -> int | None:
        """Whole seconds until it begins, 3, 2, 1; ``None`` once it has begun."""
        left = self.begins - now
        # what a sum loses does not make it 4
        return min(math.ceil(left), round(COUNTDOWN)) if left > 0 else None

    def over(self, now: float) -> bool:
        """Whether the exercise has ended; a free take continues until it is stopped."""
        exercise = self.plan.exercise
        return exercise is not None and now >= self.begins + exercise.seconds + _LAST_READINGS

    def records(self, now: float) -> bool:
        """Whether what is seen now belongs to the take."""
        exercise = self.plan.exercise
        end = float("inf") if exercise is None else exercise.seconds
        return self.plan.record and 0 <= now - self.begins < end

    def add(self, reading: LiveReading) -> None:
        """Take a new reading."""
        time = reading.time - self.begins
        if self.playing is None or self.strip is None or not self._inside(time):
            return
        self.playing.add(time, reading.probabilities)
        distance = self.playing.distance_at(time)
        self.strip.push(time, reading.probabilities, distance)

    def onto(self, view: LiveView) -> LiveView:
        """The same with what belongs to the exercise."""
        now = view.time
        return replace(
            view,
            target=self.target(now),
            prompt=self.prompt(now),
            countdown=self.countdown(now),
            recording=now - self.begins if self.records(now) else None,
            still=self.plan.still_at(max(now - self.begins, 0.0)),
            exercise=self.strip,
        )

    def target(self, now: float) -> FloatArray:
        """(7,) what is asked for now, during the countdown what is asked for first."""
        exercise = self.plan.exercise
        if exercise is None:
            return NO_READING
        return exercise.target_at(min(max(now - self.begins, 0.0), exercise.seconds))

    def prompt(self, now: float) -> str:
        """What to do, in a few words."""
        exercise, time = self.plan.exercise, now - self.begins
        if exercise is None:
            return "recording starts" if time < 0 else ""
        if time < 0:
            return exercise.prompt_at(0.0)
        left = max(exercise.seconds - time, 0.0)
        return f"{exercise.prompt_at(min(time, exercise.seconds))} · {left:.0f} s left"

    def _inside(self, time: float) -> bool:
        exercise = self.plan.exercise
        return exercise is not None and 0 <= time <= exercise.seconds
