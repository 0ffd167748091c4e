"""Where the face is in the newest picture, while the detector still looks at an older one.

Two threads meet here. The one that shows the pictures lets the face move along from each to the
next; the one that reads says where the detector has found it in a picture that was shown a while
ago, and what has moved since is added.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from emotion_core.faces.tracking.flow import FlowPicture, Movement, follow
from emotion_core.types import FloatArray, ImageArray

# Seconds in which the drawn box glides to where the detector has found the face.
_GLIDE = 0.12
# Pictures that a look of the detector may come late by: four seconds at 30 a second.
_REMEMBERED = 120


@dataclass(frozen=True, slots=True)
class FacePlace:
    """A face in a picture.

    Attributes:
        xyxy: (4,) float32 px.
        landmarks: (5, 2) float32 px, as in :class:`~emotion_core.types.FaceDetections`; NaN
            where the detector gave none.
        drawn: (4,) float32 px, the box as it is drawn: it glides where ``xyxy`` jumps.
    """

    xyxy: FloatArray
    landmarks: FloatArray
    drawn: FloatArray

    @classmethod
    def found(cls, xyxy: FloatArray, landmarks: FloatArray | None) -> FacePlace:
        """A face as a detector has found it."""
        points = np.full((5, 2), np.nan, np.float32) if landmarks is None else landmarks
        return cls(xyxy, points, xyxy)

    def moved(self, movement: Movement) -> FacePlace:
        """The same face once it has moved; drawn where it is."""
        box = movement.move_box(self.xyxy)
        return FacePlace(box, movement.move(self.landmarks), box)


class FaceFollower:
    """Keeps one face on the newest picture.

    Once the camera sends pictures of another size, as browsers do on a slow line, the face has to
    be found anew.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._size: tuple[int, ...] = ()
        self._first = 0
        self._steps: deque[tuple[int, Movement]] = deque(maxlen=_REMEMBERED)
        self._before: FlowPicture | None = None
        self._time = 0.0
        self._place: FacePlace | None = None
        self._offset = np.zeros(4, np.float32)

    def advance(self, index: int, time: float, image: ImageArray) -> FacePlace | None:
        """Move along to the next picture.

        Args:
            index: of the picture, larger than any before.
            time: seconds.
            image: (H, W, 3) uint8 RGB.

        Returns:
            Where the face is in it; ``None`` while none is known. Where what lies in the box is
            not found again, as behind a hand, the box stays.
        """
        picture = FlowPicture.of(image)
        with self._lock:
            place = self._place
        movement = Movement()
        if place is not None and self._before is not None:
            movement = follow(self._before, picture, place.xyxy) or movement
        with self._lock:
            if image.shape != self._size:
                self._size, self._first, self._place = image.shape, index, None
            self._steps.append((index, movement))
            self._offset *= np.exp(-max(time - self._time, 0.0) / _GLIDE)
            self._before, self._time = picture, time
            if self._place is not None:
                moved = self._place.moved(movement)
                self._place = replace(moved, drawn=moved.xyxy + self._offset)
            return self._place

    def correct(self, index: int, found: FacePlace) -> None:
        """Put the face where the detector has found it, in a picture that was shown before.

        Args:
            index: of that picture; one of another size than the newest is left out.
            found: where it was there.
        """
        with self._lock:
            if index < self._first:
                return
            for number, movement in self._steps:
                if number > index:
                    found = found.moved(movement)
            if self._place is None:
                self._offset = np.zeros(4, np.float32)
            else:
                self._offset = self._place.drawn - found.xyxy
            self._place = replace(found, drawn=found.xyxy + self._offset)

    def lose(self) -> None:
        """There is no face any more."""
        with self._lock:
            self._place = None
