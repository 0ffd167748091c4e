"""Reading the face before the camera, as fast as the machine can and never behind it.

One thread looks at the newest picture only. What it cannot get to is not read, so that a slow
machine reads less often instead of later and later.
"""

from __future__ import annotations

import logging
import threading
import time as clock
from dataclasses import dataclass

import numpy as np

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.uncertainty import ReadingConditions
from emotion_core.errors import EmotionCoreError
from emotion_core.faces.boxes import iou
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.faces.mesh.upright import SeenFace, UprightFaces, turn_upright
from emotion_core.faces.quality import SHARPNESS_SIDE, sharpness, turn
from emotion_core.faces.tilt import check_places, find_faces, look_again
from emotion_core.faces.tracking.tracker import TrackingParameters
from emotion_core.practice.live.adaptation import QUALITIES
from emotion_core.practice.live.follower import FaceFollower, FacePlace
from emotion_core.practice.live.newest import Newest
from emotion_core.practice.live.smoothing import GAP, Smoothing
from emotion_core.practice.movements.following import LiveMovements, LiveNeutral, MovementReading
from emotion_core.types import FaceDetections, FloatArray, ImageArray
from emotion_core.workers import compute_on_one_core

log = logging.getLogger(__name__)

# Smallest face, as a share of the picture's shorter side: who sits before a camera fills more of
# it, and looking for smaller ones costs the detector most of its time.
MIN_FACE = 0.15
# Seconds from one look of the detector to the next, while it finds the face each time.
DETECT_EVERY = 0.3
# Seconds from one search for a face at any tilt to the next, while none is found.
SEARCH_EVERY = 1.0
# Seconds from one reading to the next at least, until less is asked for.
READ_EVERY = QUALITIES[0].read_every
NO_READING: FloatArray = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class LivePicture:
    """A picture that has come.

    Attributes:
        image: (H, W, 3) uint8 RGB, as the camera saw it.
        index: rises with each picture.
        time: seconds since the camera began, on the camera's clock.
        place: where the face is, if that is known.
    """

    image: ImageArray
    index: int
    time: float
    place: FacePlace | None


@dataclass(frozen=True, slots=True)
class LiveReading:
    """What was read in one picture.

    Attributes:
        index, time: of the picture.
        probabilities: (7,), smoothed; zero-length where no face is in view.
        raw: the same as the classifier gave it.
        uncertainty: what makes it unsure, see :mod:`emotion_core.emotions.uncertainty`.
        faces: how many faces the detector saw at its last look.
        movements: what the face does; ``None`` where none is in view.
    """

    index: int
    time: float
    probabilities: FloatArray
    raw: FloatArray
    uncertainty: tuple[str, ...] = ()
    faces: int = 0
    movements: MovementReading | None = None


@dataclass(frozen=True, slots=True)
class FaceSnapshot:
    """A face as the detector has just seen it, for what takes longer than a reading.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        place: where it is; with landmarks.
        upright: its mesh, and the square in which it was read.
        probabilities: (7,), smoothed.
        time: seconds.
    """

    image: ImageArray
    place: FacePlace
    upright: UprightFaces
    probabilities: FloatArray
    time: float


class LiveReader:
    """Reads the newest picture in a thread of its own, from :meth:`start` to :meth:`close`.

    Args:
        classifier: reads; shared with others.
        detector: finds faces; shared with others.
        mesh: reads the shape of faces; shared with others.
        follower: gets the place where the detector has found the face.
        smoothing: seconds, see :class:`Smoothing`.
        neutral: the neutral face that movements are measured from; a new one if ``None``.

    Attributes:
        reading: the newest; ``None`` before the first, and once reading has failed.
        look: the newest look of the detector that found the face.
        error: a sentence once reading has failed.
        read_every: seconds from one reading to the next at least.
    """

    def __init__(
        self,
        classifier: EmotionClassifier,
        detector: FaceDetector,
        mesh: MeshReader | None,
        follower: FaceFollower,
        smoothing: float,
        neutral: LiveNeutral | None = None,
    ) -> None:
        self.classifier = classifier
        self.reading: LiveReading | None = None
        self.look: FaceSnapshot | None = None
        self.error = ""
        self.read_every = READ_EVERY
        self._detector, self._mesh = detector, mesh
        self._follower = follower
        self._smoothing = Smoothing(smoothing)
        self._movements = LiveMovements(neutral or LiveNeutral())
        self._tracking = TrackingParameters()
        self._newest: Newest[LivePicture] = Newest()
        self._thread: threading.Thread | None = None
        self._detected = self._searched = -np.inf
        self._faces = 0

    def start(self) -> None:
        """Begin to read."""
        self._thread = threading.Thread(target=self._run, name="eme-reader", daemon=True)
        self._thread.start()

    def smooth_over(self, seconds: float) -> None:
        """Smooth the readings that come next over so many seconds."""
        self._smoothing.seconds = seconds

    def offer(self, picture: LivePicture) -> None:
        """Give the newest picture to be read; one that still waits is left out."""
        self._newest.put(picture)

    def close(self) -> None:
        """Stop reading; the thread is over when this returns."""
        self._newest.close()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        compute_on_one_core()
        due = 0.0
        while (picture := self._newest.take(after=due - clock.perf_counter())) is not None:
            due = clock.perf_counter() + self.read_every
            try:
                self._read(picture)
            except EmotionCoreError as error:
                self.error = str(error)
            except Exception:
                log.exception("a live frame could not be read")
                self.error = (
                    "Eme has stopped reading your face because of an error. The log of the "
                    "app has the details."
                )
            if self.error:
                self.reading = self.look = None  # what was read last is not so any more
                return

    def _read(self, picture: LivePicture) -> None:
        place, passed = picture.place, picture.time - self._detected
        # a camera whose clock has jumped back is looked at anew
        looked = place is None or not 0 <= passed < DETECT_EVERY
        if looked:
            found = self._detect(picture)
            if found is not None:
                place, self._detected = found, picture.time
            elif not 0 <= passed <= GAP:
                place = None
                self._follower.lose()
            looked = found is not None
        if place is None:
            self._smoothing.forget()
            self._movements.forget()
            self._publish(picture, NO_READING, NO_READING)
            return
        face = SeenFace(picture.image, place.xyxy, place.landmarks)
        upright = turn_upright(self._mesh, [face])
        crop = upright.squares[0].cut(picture.image, self.classifier.preprocessing.size)
        raw = self.classifier.classify([crop]).probabilities[0]
        smoothed = self._smoothing.add(picture.time, raw)
        movements = self._movements.add(picture.time, picture.image, upright)
        uncertainty = _uncertainty(face, upright, movements, smoothed)
        self._publish(picture, smoothed, raw, uncertainty, movements)
        if looked:
            self.look = FaceSnapshot(picture.image, place, upright, smoothed, picture.time)

    def _publish(
        self,
        picture: LivePicture,
        smoothed: FloatArray,
        raw: FloatArray,
        uncertainty: tuple[str, ...] = (),
        movements: MovementReading | None = None,
    ) -> None:
        self.reading = LiveReading(
            picture.index, picture.time, smoothed, raw, uncertainty, self._faces, movements
        )

    def _detect(self, picture: LivePicture) -> FacePlace | None:
        """Where the face is now: that which was followed, or else the largest."""
        found, number = self._find(picture)
        if number is None:
            return None
        points = None if found.landmarks is None else found.landmarks[number]
        place = FacePlace.found(found.xyxy[number], points)
        self._follower.correct(picture.index, place)
        return place

    def _find(self, picture: LivePicture) -> tuple[FaceDetections, int | None]:
        """The faces of a picture, and which of them is the one; whatever its tilt."""
        image, place = picture.image, picture.place
        found = self._detector.detect(image)
        if place is not None:
            one = FaceDetections(place.xyxy[None], np.ones(1, np.float32), place.landmarks[None])
            found = look_again(self._detector, image, found, one)
        number = self._choose(found, place)
        if number is None and not 0 <= picture.time - self._searched < SEARCH_EVERY:
            self._searched = picture.time
            found = find_faces(self._detector, image, found)
            number = self._choose(found, place)
        elif number is not None and place is None:  # upside down it may look upright
            found = check_places(self._detector, image, found, found.xyxy[number : number + 1])
            number = self._choose(found, place)
        self._faces = int((found.confidence >= self._tracking.start_confidence).sum())
        return found, number

    def _choose(self, found: FaceDetections, place: FacePlace | None) -> int | None:
        if not len(found):
            return None
        if place is not None:
            overlap = iou(place.xyxy[None], found.xyxy)[0]
            best = int(overlap.argmax())
            return best if overlap[best] >= self._tracking.min_overlap else None
        certain = found.confidence >= self._tracking.start_confidence
        areas = np.prod(found.xyxy[:, 2:] - found.xyxy[:, :2], axis=1)
        return int(np.where(certain, areas, -1).argmax()) if certain.any() else None


def _uncertainty(
    face: SeenFace, upright: UprightFaces, movements: MovementReading, probabilities: FloatArray
) -> tuple[str, ...]:
    (square,) = upright.squares
    points = np.full((5, 2), np.nan) if face.landmarks is None else face.landmarks
    conditions = ReadingConditions(
        [float((face.xyxy[2:] - face.xyxy[:2]).min())],
        [sharpness(square.cut_smooth(face.image, SHARPNESS_SIDE))],
        turn(points[None]),
        upright.meshes.visibility,
        [float(movements.speaking)],
        probabilities[None],
    )
    return conditions.reasons()[0]
