"""All that lives as long as the camera is on: following, reading, drawing, and its pace."""

from __future__ import annotations

import time as clock

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.faces.detection import FaceDetector
from emotion_core.practice.live.follower import FaceFollower, FacePlace
from emotion_core.practice.live.latency import LatencyMeter
from emotion_core.practice.live.painter import LivePainter
from emotion_core.practice.live.reader import LivePicture, LiveReader, LiveReading
from emotion_core.practice.live.region_feedback import FeedbackLoop
from emotion_core.types import FloatArray, ImageArray

# Seconds; numbers that change with each picture cannot be read.
_MEASURE_EVERY = 0.5


class Live:
    """One camera, from when it is switched on until it is closed.

    Args:
        classifier, detector: as for :class:`LiveReader`.
        smoothing: seconds.
        coaching: what is behind the readings, in words; ``None`` for none.

    Attributes:
        painter: draws what is to be seen.
        reader: reads.
        coaching: as given.
        speed: of the last seconds.
    """

    def __init__(
        self,
        classifier: EmotionClassifier,
        detector: FaceDetector,
        smoothing: float,
        coaching: FeedbackLoop | None,
    ) -> None:
        self.painter = LivePainter()
        self.coaching = coaching
        self._follower = FaceFollower()
        self.reader = LiveReader(classifier, detector, self._follower, smoothing)
        self._pace = LatencyMeter()
        self.speed = self._pace.speed(clock.perf_counter())
        self._measured = clock.perf_counter()
        self._index = -1
        self._shown = clock.perf_counter()
        self._read = -1
        self.reader.start()
        if coaching is not None:
            coaching.start(self.reader)

    def close(self) -> None:
        """Switch it off; its threads are over when this returns."""
        self.reader.close()
        if self.coaching is not None:
            self.coaching.close()

    def advance(self, image: ImageArray, time: float) -> FacePlace | None:
        """Follow the face into the newest picture, and give it to be read."""
        arrived = clock.perf_counter()
        self._index += 1
        place = self._follower.advance(self._index, time, image)
        self.reader.offer(LivePicture(image, self._index, time, arrived, place))
        self._shown = arrived
        self._pace.shown(arrived)
        if arrived - self._measured >= _MEASURE_EVERY:
            self.speed, self._measured = self._pace.speed(arrived), arrived
        return place

    def new_reading(self) -> LiveReading | None:
        """The newest reading, once."""
        reading = self.reader.reading
        if reading is None or reading.index == self._read:
            return None
        self._read = reading.index
        now = clock.perf_counter()
        if len(reading.probabilities):
            self._pace.read(now, now - reading.arrived)
        return reading

    @property
    def silent(self) -> float:
        """Seconds since the last picture."""
        return clock.perf_counter() - self._shown

    def ask_for(self, target: FloatArray) -> None:
        """Set what is played towards."""
        if self.coaching is not None:
            self.coaching.target = target
