"""What is played during one run of an exercise, reading by reading."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.comparison.alignment import hellinger
from emotion_core.performance.performance import Performance, Values
from emotion_core.practice.exercises.exercise import NOTHING, Exercise
from emotion_core.practice.exercises.performances import GAP
from emotion_core.types import FloatArray

# Readings that are nearer to each other are not kept, so that a run never holds more than some
# thousands, however fast they come.
_CLOSEST = 0.02


class Playing:
    """The readings of a run on the clock of its exercise, and how near to the target they are.

    A reading stands for the time until the next look, but not for longer than
    :data:`~emotion_core.practice.exercises.performances.GAP`: where no looks come, nobody is in
    view. Time
    counts only where something is asked. It is not safe to add from one thread while another reads.

    Args:
        exercise: what is played towards.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self._times: list[float] = []
        self._values: list[FloatArray] = []
        # the last look, at 0 s before there was any
        self._time, self._reading, self._target = 0.0, NOTHING, exercise.target_at(0.0)
        self._looked = False
        self._asked = self._seen = self._apart = 0.0

    def add(self, time: float, probabilities: FloatArray) -> None:
        """Take in a look at the face.

        Args:
            time: seconds on the clock of the exercise. Looks before 0 s, after the end, or not
                later than the last one are left out.
            probabilities: (7,) in the order of :data:`~emotion_core.emotions.labels.EMOTIONS`;
                zero-length where no face was read.
        """
        reading = np.asarray(probabilities, np.float32)
        if reading.shape not in ((len(EMOTIONS),), (0,)) or not np.isfinite(reading).all():
            raise ValueError(
                f"a reading must be {len(EMOTIONS)} finite numbers or none, but has shape "
                f"{reading.shape}"
            )
        if not 0 <= time <= self.exercise.seconds or (self._looked and time <= self._time):
            return
        self._count(time)
        self._looked, self._time, self._reading = True, time, reading
        self._target = self.exercise.target_at(time)
        if len(reading) and (not self._times or time - self._times[-1] >= _CLOSEST):
            self._times.append(time)
            self._values.append(reading)

    def distance_at(self, time: float) -> float | None:
        """Hellinger distance of the newest reading from the target at a time.

        ``None`` where nothing is asked then, and where the newest look found no face or is older
        than :data:`~emotion_core.practice.exercises.performances.GAP`.
        """
        target = self.exercise.target_at(time)
        if not len(target) or not len(self._reading) or time - self._time > GAP:
            return None
        return _apart(self._reading, target)

    @property
    def mean_distance(self) -> float | None:
        """Mean distance so far, moment by moment, over the time in which both are there."""
        if self._seen > 0:
            return self._apart / self._seen
        return self.distance_at(self._time)

    @property
    def share_in_view(self) -> float:
        """Share of the time so far, of that in which something is asked, with a reading."""
        if self._asked > 0:
            return self._seen / self._asked
        return float(len(self._reading) > 0)

    @property
    def seconds_seen(self) -> float:
        """Time so far in which something is asked and a face was read."""
        return self._seen

    def readings(self) -> tuple[Values, Values]:
        """(n,) seconds and (n, 7) probabilities of the readings that were kept."""
        values = np.array(self._values, np.float64).reshape(-1, len(EMOTIONS))
        return np.array(self._times, np.float64), values

    def _count(self, time: float) -> None:
        """Count the time from the last look to this one as the last look found it."""
        if not len(self._target):
            return
        span = time - self._time
        self._asked += span
        if len(self._reading):
            seen = min(span, GAP)
            self._seen += seen
            self._apart += seen * _apart(self._reading, self._target)


def table_of(playing: Playing) -> pd.DataFrame:
    """What was played and what was asked, a row for each reading that was kept.

    Returns:
        ``time`` in seconds of the exercise, the seven probabilities, the same with ``asked_``
        before their names, NaN where nothing was asked, and their ``distance``, in [0, 1]. Where no
        face was read for longer than :data:`~emotion_core.practice.exercises.performances.GAP` is
        a row of NaN, so that no line is drawn across.
    """
    times, values = playing.readings()
    gaps = np.flatnonzero(np.diff(times) > GAP)
    times = np.insert(times, gaps + 1, (times[gaps] + times[gaps + 1]) / 2)
    values = np.insert(values, gaps + 1, np.nan, axis=0)
    targets = [playing.exercise.target_at(float(time)) for time in times]
    nothing = np.full(len(EMOTIONS), np.nan)
    asked = np.array([target if len(target) else nothing for target in targets], np.float64)
    asked = asked.reshape(-1, len(EMOTIONS))
    columns = ["time", *EMOTIONS, *(f"asked_{name}" for name in EMOTIONS), "distance"]
    rows = np.column_stack([times, values, asked, hellinger(values, asked)])
    return pd.DataFrame(rows, columns=columns)


def playing_of(performance: Performance, exercise: Exercise) -> Playing:
    """A take as a run of an exercise that began with it.

    Args:
        performance: the player in the take.
        exercise: what was asked.
    """
    playing = Playing(exercise)
    for time, reading in zip(performance.times, performance.probabilities, strict=True):
        playing.add(float(time), reading.astype(np.float32))
    return playing


def _apart(reading: FloatArray, target: FloatArray) -> float:
    return float(hellinger(reading.astype(np.float64), target.astype(np.float64)))
