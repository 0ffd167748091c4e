"""Stand-ins for what is slow or needs a real face: they answer at once what a test tells them."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import FacePreprocessing
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.mesh import FaceMeshes
from emotion_core.faces.mesh.points import MIRRORED, VISIBLE_PARTS, mean_face
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.types import EmotionScores, FaceDetections, FloatArray, ImageArray

# Seconds after which something that should have happened has not.
PATIENCE = 20.0
BOX = (100.0, 80.0, 220.0, 240.0)
# Points of the mesh, of both sides.
INNER_BROWS = [107, 66, 55, 65, *MIRRORED[[107, 66, 55, 65]].tolist()]
LOWER_LIP = [87, 14, 317, 84, 17, 314]


def middle(box: Sequence[float]) -> tuple[float, float]:
    """Of a box in px."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def shares(**given: float) -> FloatArray:
    """(7,) probabilities; what is not given is neutral."""
    rest = 1 - sum(given.values())
    whole = {"neutral": rest} | given
    return np.array([whole.get(name, 0.0) for name in EMOTIONS], np.float32)


def numbered(number: int, size: tuple[int, int] = (320, 300)) -> ImageArray:
    """A (height, width, 3) picture all of one grey."""
    return np.full((size[1], size[0], 3), number, np.uint8)


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for another thread, and fail where it does not come."""
    end = clock.monotonic() + PATIENCE
    pause = threading.Event()
    while not happened():
        assert clock.monotonic() < end, "it never happened"
        pause.wait(0.002)


class Finds(FaceDetector):
    """A detector that finds faces in the given boxes.

    Attributes:
        boxes: of the faces that it finds next.
        images: the first value of each picture that it was given.
    """

    def __init__(self, *boxes: tuple[float, ...]) -> None:
        self.boxes = list(boxes)
        self.confidence = 0.99
        self.images: list[int] = []

    def detect(self, image: ImageArray) -> FaceDetections:
        self.images.append(int(image[0, 0, 0]))
        xyxy = np.array(self.boxes, np.float32).reshape(-1, 4)
        return FaceDetections(xyxy, np.full(len(xyxy), self.confidence, np.float32))


class Reads:
    """A classifier that reads ``shares`` in every face, and a reader of meshes that finds none.

    Attributes:
        shares: what it reads next.
        middles: of the boxes of the faces that it was given.
        open: it reads while this is set.
        asked: set whenever it has been asked.
        error: raised instead of reading.
    """

    def __init__(self, **given: float) -> None:
        self.shares = shares(**(given or {"sad": 0.8}))
        self.middles: list[tuple[float, float]] = []
        self.open = threading.Event()
        self.open.set()
        self.asked = threading.Event()
        self.error: Exception | None = None
        self.preprocessing = FacePreprocessing(32, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))

    def read(self, faces: Sequence[tuple[ImageArray, UprightSquare]]) -> FaceMeshes:
        for _, square in faces:
            self.middles.append((round(square.x, 3), round(square.y, 3)))
        return FaceMeshes.unknown(len(faces))

    def classify(self, crops: Any) -> EmotionScores:
        self.asked.set()
        assert self.open.wait(PATIENCE)
        if self.error is not None:
            raise self.error
        with np.errstate(divide="ignore"):
            return EmotionScores(np.log(self.shares)[None], EMOTIONS)


class Moves:
    """A reader of meshes that gives each face the mean face, moved by known amounts.

    Attributes:
        inner_brows: by how many distances between the eyes their inner ends are up.
        mouth: by how many the lower lip is down.
        visibility: of the five parts.
    """

    def __init__(self) -> None:
        self.inner_brows = self.mouth = 0.0
        self.visibility = np.ones(len(VISIBLE_PARTS), np.float32)

    def read(self, faces: Sequence[tuple[ImageArray, UprightSquare]]) -> FaceMeshes:
        mesh = mean_face().astype(np.float64)
        mesh[INNER_BROWS, 1] -= self.inner_brows
        mesh[LOWER_LIP, 1] += self.mouth
        own = UprightSquare.around(mean_face())
        points = [
            (mesh - (own.x, own.y, 0)) * (square.side / own.side) + (square.x, square.y, 0)
            for _, square in faces
        ]
        visibility = np.tile(self.visibility, (len(faces), 1))
        return FaceMeshes(np.array(points, np.float32), visibility)


def threads_named(name: str) -> list[threading.Thread]:
    """Threads of that name that are not over."""
    return [thread for thread in threading.enumerate() if thread.name == name]
