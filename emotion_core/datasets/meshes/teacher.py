"""MediaPipe Face Mesh as a teacher: what it answers about a face, asked several times.

It answers a little differently whenever the face lies a little differently in its square, and of a
mirrored face about 2.5% of the distance between the eyes away from the mirrored answer (medians:
2.3% on wildfaces, 2.7% on identityfaces, 2.9% on FER2013 at 48 px). So the target is the mean of
what it says of the face as it is and mirrored, in several squares; how far the answers spread says
whether it knows.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.errors import ModelError
from emotion_core.faces.mesh.points import POINTS, eye_distance, mirror_points
from emotion_core.faces.mesh.squares import TEACHER_MARGIN, UprightSquare
from emotion_core.types import FloatArray, ImageArray

_SIZE = 192
_PRESENCE, _POINTS = "conv2d_31", "conv2d_21"
# Looks that bring the square and the mesh into agreement: the first is at the whole picture. From
# the third to the fourth the points still move by 0.3 to 1% of the distance between the eyes.
_APPROACHES = 3
# The squares of the looks that count: moved by shares of the side, scaled, turned by radians.
_LOOKS = ((0.03, 0.0, 1.0, 0.0), (-0.02, 0.02, 1.08, 0.05), (0.0, -0.03, 0.92, -0.05))
# A picture of one face shows little else: the mesh is about as large as the picture.
_FIRST_SIDE = 1.35


@dataclass(frozen=True, slots=True)
class TaughtMesh:
    """What the teacher says of one face.

    Attributes:
        points: (468, 3) float32 px of the picture, z at the same scale.
        presence: from 0 to 1, the lowest of its looks, that there is a face.
        spread: mean distance of its answers from their mean, over the distance between the eyes.
    """

    points: FloatArray
    presence: float
    spread: float


class MeshTeacher:
    """Asks MediaPipe's network; any thread may call it.

    Args:
        path: ``face_landmark.tflite``.

    Raises:
        ModelError: it is no such network.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = threading.local()
        try:
            self._look(np.zeros((_SIZE, _SIZE, 3), np.uint8))
        except (cv2.error, ValueError) as error:
            raise ModelError(f"{path} is not MediaPipe's network of face landmarks.") from error

    def teach(self, image: ImageArray) -> TaughtMesh:
        """Say where the points of the face are that a picture shows.

        Args:
            image: (H, W, 3) uint8 RGB, of one face, about upright.
        """
        height, width = image.shape[:2]
        side = _FIRST_SIDE * max(height, width)
        square = UprightSquare((width - 1) / 2, (height - 1) / 2, side, 0.0)
        for _ in range(_APPROACHES):
            answers, _ = self._both_ways(image, square)
            square = UprightSquare.around(np.mean(answers, axis=0), TEACHER_MARGIN)
        found: list[FloatArray] = []
        presence = 1.0
        for x, y, scale, turn in _LOOKS:
            moved = UprightSquare(
                square.x + x * square.side,
                square.y + y * square.side,
                square.side * scale,
                square.angle + turn,
            )
            answers, sure = self._both_ways(image, moved)
            found += answers
            presence = min(presence, sure)
        points = np.mean(found, axis=0)
        apart = np.linalg.norm(np.stack(found)[..., :2] - points[:, :2], axis=-1).mean()
        spread = float(apart / max(float(eye_distance(points)), 1e-6))
        return TaughtMesh(points.astype(np.float32), presence, spread)

    def _both_ways(
        self, image: ImageArray, square: UprightSquare
    ) -> tuple[list[FloatArray], float]:
        """The points by the face as it is and mirrored, and the lower presence."""
        crop = square.cut(image, _SIZE)
        one, first = self._look(crop)
        other, second = self._look(np.ascontiguousarray(crop[:, ::-1]))
        answers = []
        for points in (one, mirror_points(other, _SIZE)):
            in_crop = np.asarray(points / _SIZE, np.float32)
            in_crop[:, :2] += 0.5 / _SIZE  # pixel 0 has its middle half a pixel in
            answers.append(square.to_picture(in_crop))
        return answers, min(first, second)

    def _look(self, crop: ImageArray) -> tuple[FloatArray, float]:
        """(468, 3) px of the crop, and the presence."""
        if not hasattr(self._own, "network"):
            # the new engine of OpenCV 5 cannot read this file
            self._own.network = _read(self._path)
        pixels: npt.NDArray[Any] = crop.transpose(2, 0, 1)[None].astype(np.float32) / 255
        self._own.network.setInput(pixels)
        presence, points = self._own.network.forward([_PRESENCE, _POINTS])
        return points.reshape(POINTS, 3), float(1 / (1 + np.exp(-presence.item())))


def _read(path: Path) -> Any:
    return cv2.dnn.readNetFromTFLite(str(path), cv2.dnn.ENGINE_CLASSIC)
