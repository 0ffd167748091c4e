"""How fast live work goes: how often something comes, and how late."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

_WINDOW = 3.0


@dataclass(frozen=True, slots=True)
class Speed:
    """Of the last seconds.

    Attributes:
        pictures, readings: a second.
        delay: median seconds from the arrival of a picture to when its reading is drawn; NaN
            without one.
        longest_delay: the 95th percentile.
    """

    pictures: float
    readings: float
    delay: float
    longest_delay: float

    @property
    def words(self) -> str:
        """For example ``24 frames/s, 11 readings/s, 90 ms delay``."""
        if np.isnan(self.delay):
            return f"{self.pictures:.0f} frames/s"
        return (
            f"{self.pictures:.0f} frames/s, {self.readings:.0f} readings/s, "
            f"{1000 * self.delay:.0f} ms delay"
        )


class LatencyMeter:
    """Counts pictures and readings as they are shown, and forgets what is longer ago."""

    def __init__(self) -> None:
        self._pictures: deque[float] = deque()
        self._readings: deque[tuple[float, float]] = deque()

    def shown(self, now: float) -> None:
        """A picture was shown; ``now`` in seconds."""
        self._pictures.append(now)
        while now - self._pictures[0] > _WINDOW:
            self._pictures.popleft()

    def read(self, now: float, delay: float) -> None:
        """A reading was shown for the first time, this many seconds after its picture came."""
        self._readings.append((now, delay))
        while now - self._readings[0][0] > _WINDOW:
            self._readings.popleft()

    def speed(self, now: float) -> Speed:
        """The rates of the last seconds."""
        pictures = [time for time in self._pictures if now - time <= _WINDOW]
        readings = [one for one in self._readings if now - one[0] <= _WINDOW]
        passed = min(max(now - self._pictures[0], 0.5), _WINDOW) if self._pictures else _WINDOW
        delays = [delay for _, delay in readings] or [np.nan]
        return Speed(
            len(pictures) / passed,
            len(readings) / passed,
            float(np.median(delays)),
            float(np.percentile(delays, 95)),
        )
