"""One go at something: a countdown, then an exercise, a recording, or both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from emotion_core.practice.exercises.exercise import Exercise
from emotion_core.practice.exercises.playing import Playing
from emotion_core.practice.live.reader import NO_READING, LiveReading
from emotion_core.practice.movements.exercise import MovementExercise
from emotion_core.practice.movements.playing import MovementPlaying
from emotion_core.types import FloatArray, ImageArray

# Seconds to get ready in.
COUNTDOWN = 3.0
# A reading comes after its picture: so long, in seconds, the end waits for the last ones.
_LAST_READINGS = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done next.

    Attributes:
        exercise: what is played towards; ``None`` for a free take.
        record: whether a take is kept.
        still_at: the face to play after at a time of the exercise, (S, S, 3) of
            :data:`~emotion_core.practice.live.view.STILL_SIDE`; ``None`` for none.
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
    """

    def __init__(self, plan: Plan, now: float) -> None:
        self.plan = plan
        self.begins = now + COUNTDOWN
        exercise = plan.exercise
        self.playing = None if exercise is None else _begin(exercise)
        self._ends = float("inf") if exercise is None else self.begins + exercise.seconds
        self._read_up_to = float("-inf")

    def over(self, now: float) -> bool:
        """Whether the exercise has ended, and has been read to its end or cannot be.

        A free take continues until it is stopped.
        """
        return min(now, max(self._read_up_to, now - _LAST_READINGS)) >= self._ends

    def records(self, now: float) -> bool:
        """Whether what is seen now belongs to the take."""
        return self.plan.record and self.begins <= now < self._ends

    def add(self, reading: LiveReading) -> None:
        """Take a new reading: it counts for the moment at which the camera saw its picture."""
        self._read_up_to = reading.time
        time = reading.time - self.begins
        if isinstance(self.playing, MovementPlaying):
            self.playing.add(time, self.value(reading))
        elif self.playing is not None and self._inside(time):
            self.playing.add(time, reading.probabilities)

    def value(self, reading: LiveReading) -> float:
        """How far the movement that is asked for goes in a reading; NaN if none is, or unknown."""
        if not isinstance(self.playing, MovementPlaying) or reading.movements is None:
            return math.nan
        return reading.movements.newest(self.playing.exercise.movement)

    def distance(self, time: float) -> float | None:
        """Distance of the newest reading from the target at a time of the camera's clock.

        ``None`` without an exercise, outside of it, where nothing is asked or read, and where a
        movement is asked for.
        """
        time -= self.begins
        if not isinstance(self.playing, Playing) or not self._inside(time):
            return None
        return self.playing.distance_at(time)

    def target(self, now: float) -> FloatArray:
        """(7,) what is asked for now, during the countdown what is asked for first."""
        exercise = self.plan.exercise
        if exercise is None:
            return NO_READING
        return exercise.target_at(min(max(now - self.begins, 0.0), exercise.seconds))

    def _inside(self, time: float) -> bool:
        exercise = self.plan.exercise
        return exercise is not None and 0 <= time <= exercise.seconds


def _begin(exercise: Exercise) -> Playing | MovementPlaying:
    if isinstance(exercise, MovementExercise):
        return MovementPlaying(exercise)
    return Playing(exercise)
