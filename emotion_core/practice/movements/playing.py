"""What a face does during one run of an exercise of movements."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from emotion_core.performance.movements import measure_movements
from emotion_core.performance.performance import Performance, Values
from emotion_core.practice.movements.curves import segments_of, smooth_curve, value_between
from emotion_core.practice.movements.exercise import MovementExercise, RaiseAndHold

# Seconds between two points at which curves are compared.
STEP = 0.05


class MovementPlaying:
    """The values of one movement during a run, on the clock of its exercise.

    It is not safe to add from one thread while another reads.

    Args:
        exercise: what is asked.
    """

    def __init__(self, exercise: MovementExercise) -> None:
        self.exercise = exercise
        self._times: list[float] = []
        self._values: list[float] = []

    def add(self, time: float, value: float) -> None:
        """Take in a look at the face.

        Args:
            time: seconds on the clock of the exercise. Looks before 0 s, after the end, or not
                later than the last one are left out.
            value: of the movement, in its unit; NaN where it was not measured.
        """
        late_enough = not self._times or time > self._times[-1]
        if 0 <= time <= self.exercise.seconds and late_enough:
            self._times.append(time)
            self._values.append(value)

    def readings(self) -> tuple[Values, Values]:
        """(n,) seconds and (n,) values of the looks that measured the movement, as they came."""
        times, values = np.array(self._times), np.array(self._values)
        known = np.isfinite(values)
        return times[known], values[known]

    def on_clock(self) -> Values:
        """(n,) the same, averaged over a tenth of a second, at the times of :func:`clock_of`."""
        times, values = self.readings()
        clock = clock_of(self.exercise)
        if not len(times):
            return np.full(len(clock), np.nan)
        curve = smooth_curve(times, values, segments_of(times))
        return np.array([value_between(times, curve, float(time)) for time in clock])

    @property
    def rate(self) -> float:
        """Looks a second, by the median of the time between two; 0 with fewer than two."""
        steps = np.diff(self._times)
        return float(1 / np.median(steps)) if len(steps) else 0.0

    @property
    def newest(self) -> float:
        """The value of the newest look; NaN if there is none."""
        return self._values[-1] if self._values else math.nan


def table_of_movement(playing: MovementPlaying) -> pd.DataFrame:
    """What was done and what was asked, a row for each 0.05 s of the exercise.

    Returns:
        ``time`` in seconds of the exercise, ``played`` and ``asked`` in the unit of the movement;
        NaN where nothing was measured, or asked.
    """
    clock = clock_of(playing.exercise)
    asked = [playing.exercise.value_at(float(time)) for time in clock]
    return pd.DataFrame({"time": clock, "played": playing.on_clock(), "asked": asked})


def clock_of(exercise: MovementExercise) -> Values:
    """The seconds of an exercise at which curves are compared, :data:`STEP` apart."""
    return np.arange(0, exercise.seconds + STEP / 2, STEP).clip(0, exercise.seconds)


def movement_playing_of(performance: Performance, exercise: MovementExercise) -> MovementPlaying:
    """A take as a run of an exercise that began with it.

    Args:
        performance: the player in the take. Where the exercise begins at rest, this rest is their
            neutral face, unless they have named another.
        exercise: what was asked.
    """
    playing, neutral_time = MovementPlaying(exercise), performance.neutral_time
    if isinstance(exercise, RaiseAndHold) and neutral_time is None:
        neutral_time = exercise.rest / 2
    values = measure_movements(performance.faces, neutral_time).values[exercise.movement]
    for time, value in zip(performance.times, values.to_numpy(np.float64), strict=True):
        playing.add(float(time), float(value))
    return playing
