"""Upright squares: where in a picture a face is cut out, turned so that its eyes lie level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.emotions.preprocessing import resize_face
from emotion_core.faces.mesh.points import EYE_CORNERS
from emotion_core.types import FloatArray, ImageArray

# Side of the square over the longer side of the mesh: as wide as MediaPipe cuts for its own
# network, and tighter for ours, which sees more of a face in as many pixels.
TEACHER_MARGIN = 1.5
MARGIN = 1.3
# Of the mean face, in units of the distance between its eyes: from the eyes down to halfway between
# the ends of the mesh, the longer side of the mesh, and from the eyes down to the mouth.
_MIDDLE_BELOW, _LONGER_SIDE, _EYES_TO_MOUTH = 0.469, 2.480, 1.03


@dataclass(frozen=True, slots=True)
class UprightSquare:
    """A square around a face.

    Attributes:
        x, y: its middle in pixels of the picture; pixel centres are at whole numbers.
        side: in pixels of the picture.
        angle: radians by which the face is turned clockwise in the picture.
    """

    x: float
    y: float
    side: float
    angle: float

    @classmethod
    def around(cls, points: FloatArray, margin: float = MARGIN) -> UprightSquare:
        """The square around a mesh, level with the line of its outer eye corners.

        As MediaPipe goes on from one frame to the next (``face_landmark_landmarks_to_roi``).

        Args:
            points: (468, 2 or more) px.
            margin: side over the longer side of the mesh.
        """
        flat = np.asarray(points, np.float64)[:, :2]
        across = flat[EYE_CORNERS[1][0]] - flat[EYE_CORNERS[0][0]]
        angle = math.atan2(across[1], across[0])
        turned = flat @ _turn(angle)
        low, high = turned.min(axis=0), turned.max(axis=0)
        x, y = _turn(angle) @ ((low + high) / 2)
        return cls(float(x), float(y), max(margin * float((high - low).max()), 1.0), angle)

    @classmethod
    def from_landmarks(cls, landmarks: npt.ArrayLike, margin: float = MARGIN) -> UprightSquare:
        """About the same square by the five points of a detector, for the first look at a face.

        Args:
            landmarks: (5, 2) px, finite, in the order of :class:`FaceDetections`.
            margin: side over the longer side of the mesh.
        """
        points = np.asarray(landmarks, np.float64)
        eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
        across, down = points[1] - points[0], mouth - eyes
        # the line of the eyes says more of the angle in a face seen from the front, that from the
        # eyes to the mouth in a profile: together they say most, each as long as it is
        upright = np.array([down[1], -down[0]])
        across = across if across @ upright >= 0 else -across
        level = across + upright
        angle = math.atan2(level[1], level[0])
        unit = float(max(np.hypot(*across), np.hypot(*down) / _EYES_TO_MOUTH))
        x, y = eyes + _turn(angle) @ (0.0, _MIDDLE_BELOW * unit)
        return cls(float(x), float(y), max(margin * _LONGER_SIDE * unit, 1.0), angle)

    def matrix(self, size: int) -> npt.NDArray[np.float64]:
        """(2, 3) from pixels of the picture to pixels of the crop.

        Args:
            size: side of the crop in pixels.
        """
        scale = size / self.side
        linear = _turn(-self.angle) * scale
        shift = (size - 1) / 2 - linear @ (self.x, self.y)
        return np.column_stack([linear, shift])

    def cut(self, image: ImageArray, size: int) -> ImageArray:
        """The face: (size, size, 3) uint8 RGB, black where the square leaves the picture.

        Args:
            image: (H, W, 3) uint8 RGB.
            size: side of the result in pixels.
        """
        if size < self.side / 2:  # averaged first, so that nothing aliases
            side = math.ceil(self.side)
            whole = cv2.warpAffine(image, self.matrix(side), (side, side))
            return resize_face(np.asarray(whole, np.uint8), size)
        return np.asarray(cv2.warpAffine(image, self.matrix(size), (size, size)), np.uint8)

    def to_picture(self, points: FloatArray) -> FloatArray:
        """Points of the crop in pixels of the picture, z at the same scale.

        Args:
            points: (..., 2 or 3), x and y from 0 to 1 across the crop.
        """
        found = np.array(points, np.float64) * self.side
        turned = (found[..., :2] - self.side / 2) @ _turn(self.angle).T
        found[..., :2] = turned + np.array((self.x, self.y))
        return found.astype(np.float32)


def _turn(angle: float) -> npt.NDArray[np.float64]:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])
