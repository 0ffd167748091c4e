"""Upright squares: where in a picture a face is cut out, turned so that its eyes lie level."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

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
# Of the square in which a face is read: the same ratio, and how far its middle lies above that of
# the mesh, in sides of the mesh. Medians of the whole pictures of wildfaces, by the teacher's mesh:
# crops are framed as the pictures that classifiers learn from.
READ_MARGIN, READ_ABOVE = 1.04, 0.015
# Of the mean face, in units of the distance between its eyes: from the eyes down to halfway between
# the ends of the mesh, the longer side of the mesh, and from the eyes down to the mouth.
_MIDDLE_BELOW, _LONGER_SIDE, _EYES_TO_MOUTH = 0.469, 2.480, 1.03
# Longer side of a detector's box over that of the mesh: of its box, 0.97 is in a picture.
_BOX = READ_MARGIN / 0.97


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
    def around(
        cls, points: FloatArray, margin: float = MARGIN, above: float = 0.0
    ) -> UprightSquare:
        """The square around a mesh, level with the line of its outer eye corners.

        As MediaPipe goes on from one frame to the next (``face_landmark_landmarks_to_roi``).

        Args:
            points: (468, 2 or more) px.
            margin: side over the longer side of the mesh.
            above: how far its middle lies above that of the mesh, in longer sides of the mesh.
        """
        flat = np.asarray(points, np.float64)[:, :2]
        across = flat[EYE_CORNERS[1][0]] - flat[EYE_CORNERS[0][0]]
        angle = math.atan2(across[1], across[0])
        turned = flat @ _turn(angle)
        low, high = turned.min(axis=0), turned.max(axis=0)
        longer = float((high - low).max())
        x, y = _turn(angle) @ ((low + high) / 2 - (0, above * longer))
        return cls(float(x), float(y), max(margin * longer, 1.0), angle)

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

    @classmethod
    def from_box(cls, xyxy: npt.ArrayLike, margin: float = MARGIN) -> UprightSquare:
        """About the same square by a detector's box alone, of a face that stands upright.

        Args:
            xyxy: (4,) px.
            margin: side over the longer side of the mesh.
        """
        x1, y1, x2, y2 = np.asarray(xyxy, np.float64).tolist()
        side = margin / _BOX * max(x2 - x1, y2 - y1, 1.0)
        return cls((x1 + x2) / 2, (y1 + y2) / 2, side, 0.0)

    def moved(self, by: npt.ArrayLike) -> UprightSquare:
        """The same square elsewhere.

        Args:
            by: (2,) px.
        """
        x, y = np.asarray(by, np.float64).tolist()
        return replace(self, x=self.x + x, y=self.y + y)

    def scaled(self, by: float) -> UprightSquare:
        """The same square in a picture of another size.

        Args:
            by: pixels of that picture for each of this.
        """
        x, y = (float((value + 0.5) * by - 0.5) for value in (self.x, self.y))
        return UprightSquare(x, y, self.side * by, self.angle)

    def bounds(self, width: int, height: int) -> tuple[int, int, int, int]:
        """The pixels of a picture that it reaches: left, top, right and bottom, these exclusive.

        Args:
            width, height: of the picture in pixels.
        """
        reach = self.side / 2 * (abs(math.cos(self.angle)) + abs(math.sin(self.angle)))
        xs, ys = (
            [min(max(math.floor(low), 0), most), min(max(math.ceil(high) + 1, 0), most)]
            for low, high, most in (
                (self.x - reach, self.x + reach, width),
                (self.y - reach, self.y + reach, height),
            )
        )
        return xs[0], ys[0], xs[1], ys[1]

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
        shrink = int(self.side / size)
        if shrink < 2:
            return np.asarray(cv2.warpAffine(image, self.matrix(size), (size, size)), np.uint8)
        # what is much larger is averaged first, so that nothing aliases: in whole blocks of pixels,
        # which is many times faster than to turn all of them
        left, top, right, bottom = self.bounds(image.shape[1], image.shape[0])
        area = image[top : bottom - (bottom - top) % shrink, left : right - (right - left) % shrink]
        if not area.size:
            return np.zeros((size, size, 3), np.uint8)
        blocks = (area.shape[1] // shrink, area.shape[0] // shrink)
        small = np.asarray(cv2.resize(area, blocks, interpolation=cv2.INTER_AREA), np.uint8)
        return self.moved((-left, -top)).scaled(1 / shrink).cut(small, size)

    def cut_smooth(self, image: ImageArray, size: int) -> ImageArray:
        """As :meth:`cut`, without the false detail of coarse sampling: to measure detail in."""
        return resize_face(self.cut(image, 2 * size), size)

    def to_picture(self, points: FloatArray) -> FloatArray:
        """Points of the crop in pixels of the picture, z at the same scale.

        Args:
            points: (..., 2 or 3), x and y from 0 to 1 across the crop.
        """
        found = np.array(points, np.float64) * self.side
        turned = (found[..., :2] - self.side / 2) @ _turn(self.angle).T
        found[..., :2] = turned + np.array((self.x, self.y))
        return found.astype(np.float32)

    def to_crop(self, points: FloatArray, size: int) -> FloatArray:
        """Points of the picture in pixels of the crop, z at the same scale.

        Args:
            points: (..., 2 or 3) px; pixel centres are at whole numbers.
            size: side of the crop in pixels.
        """
        matrix = self.matrix(size)
        found = np.array(points, np.float64)
        found[..., :2] = found[..., :2] @ matrix[:, :2].T + matrix[:, 2]
        found[..., 2:] *= size / self.side
        return found.astype(np.float32)


def _turn(angle: float) -> npt.NDArray[np.float64]:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])
