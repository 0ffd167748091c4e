"""What a face does during one run of an exercise of movements."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from emotion_core.faces.movements.movements import relative_movements
from emotion_core.faces.movements.neutral import neutral_at, neutral_face
from emotion_core.performance.performance import Performance, Values
from emotion_core.practice.exercises.performances import GAP
from emotion_core.practice.movements.curves import segments_of, smooth_curve
from emotion_core.practice.movements.exercise import MovementExercise, RaiseAndHold


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

    def curve(self) -> tuple[Values, Values]:
        """The same, averaged over a tenth of a second, and not delayed by it."""
        times, values = self.readings()
        return times, smooth_curve(times, values, segments_of(times))

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
    """What was done and what was asked, a row for each look that measured the movement.

    Returns:
        ``time`` in seconds of the exercise, ``played`` and ``asked`` in the unit of the movement.
        Where nothing was measured for half a second is a row of NaN in ``played``, so that no line
        is drawn across; ``asked`` is there ten times a second throughout.
    """
    times, values = playing.curve()
    gaps = np.flatnonzero(np.diff(times) > GAP)
    times = np.insert(times, gaps + 1, (times[gaps] + times[gaps + 1]) / 2)
    values = np.insert(values, gaps + 1, np.nan)
    asked_at = np.round(np.arange(0, playing.exercise.seconds + 0.05, 0.1), 3)
    asked_at = np.setdiff1d(asked_at.clip(0, playing.exercise.seconds), times)
    played = pd.DataFrame({"time": times, "played": values})
    table = pd.concat([played, pd.DataFrame({"time": asked_at})]).sort_values("time")
    asked = [playing.exercise.value_at(float(time)) for time in table["time"]]
    return table.assign(asked=np.array(asked, np.float64)).reset_index(drop=True)


def movement_playing_of(performance: Performance, exercise: MovementExercise) -> MovementPlaying:
    """A take as a run of an exercise that began with it.

    Args:
        performance: the player in the take. Where the exercise begins at rest, this rest is their
            neutral face.
        exercise: what was asked.
    """
    faces, playing = performance.faces, MovementPlaying(exercise)
    neutral = neutral_face(faces)
    if isinstance(exercise, RaiseAndHold):
        rest = neutral_at(faces, exercise.rest / 2, exercise.rest / 2)
        neutral = rest if rest.known else neutral
    values = relative_movements(faces, neutral)[exercise.movement].to_numpy(np.float64)
    for time, value in zip(performance.times, values, strict=True):
        playing.add(float(time), float(value))
    return playing
