"""All that lives as long as the camera is on: following and reading."""

from __future__ import annotations

import time as clock

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.practice.live.follower import FaceFollower, FacePlace
from emotion_core.practice.live.reader import LivePicture, LiveReader, LiveReading
from emotion_core.practice.live.region_feedback import FeedbackLoop
from emotion_core.practice.movements.following import LiveNeutral
from emotion_core.types import FloatArray, ImageArray


class Live:
    """One camera, from when it is switched on until it is closed.

    Args:
        classifier, detector, mesh: as for :class:`LiveReader`.
        smoothing: seconds.
        neutral: the neutral face of whoever practises.
        coaching: what is behind the readings, in words; ``None`` for none.

    Attributes:
        reader: reads.
        coaching: as given.
    """

    def __init__(
        self,
        classifier: EmotionClassifier,
        detector: FaceDetector,
        mesh: MeshReader | None,
        smoothing: float,
        neutral: LiveNeutral,
        coaching: FeedbackLoop | None,
    ) -> None:
        self.coaching = coaching
        self._follower = FaceFollower()
        self.reader = LiveReader(classifier, detector, mesh, self._follower, smoothing, neutral)
        self._index = -1
        self._came = clock.perf_counter()
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
        self._came = clock.perf_counter()
        self._index += 1
        place = self._follower.advance(self._index, time, image)
        self.reader.offer(LivePicture(image, self._index, time, place))
        return place

    def new_reading(self) -> LiveReading | None:
        """The newest reading, once."""
        reading = self.reader.reading
        if reading is None or reading.index == self._read:
            return None
        self._read = reading.index
        return reading

    @property
    def silent(self) -> float:
        """Seconds since the last picture."""
        return clock.perf_counter() - self._came

    def ask_for(self, target: FloatArray) -> None:
        """Set what is played towards."""
        if self.coaching is not None:
            self.coaching.target = target
