"""Readings made steady as they come, when what comes later is not known yet."""

from __future__ import annotations

import numpy as np

from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.types import FloatArray

# Seconds over which readings are averaged by default, as those of scenes are. Measured by
# ``python -m benchmarks.readings.through_time``, as is what it costs in delay.
STEADINESS = SMOOTHING
# Seconds without a reading after which nothing is carried over, as between tracks of a scene.
GAP = 0.5


class Smoothing:
    """An exponential average over time.

    p <- p + (1 - exp(-dt / tau)) (x - p), for a reading x that comes dt after the one before: the
    weight of a reading falls to 1/e in tau, whatever the rate. It follows a change with a lag of
    tau, where the average over both sides of :func:`~emotion_core.performance.arcs.arc.smooth` has
    none.

    Args:
        seconds: tau; 0 leaves the readings as they are.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._time = -np.inf
        self._value: FloatArray = np.zeros(0, np.float32)

    def forget(self) -> None:
        """Nothing is carried over to the next reading: it is of another face, or of one anew."""
        self._time = -np.inf

    def add(self, time: float, probabilities: FloatArray) -> FloatArray:
        """The average with one more reading.

        Args:
            time: seconds.
            probabilities: (7,).
        """
        passed, seconds = time - self._time, self.seconds  # which another thread may change
        if 0 <= passed <= GAP and seconds > 0:
            share = np.float32(1 - np.exp(-passed / seconds))
            probabilities = self._value + share * (probabilities - self._value)
        self._time, self._value = time, probabilities
        return probabilities
