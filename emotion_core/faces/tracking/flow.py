"""A face from one picture to the next, without looking for it anew.

A detector takes too long to look at each live picture. Between two of its looks the box and the
landmarks move with what lies inside the box: the median flow of Kalal et al. 2010,
"Forward-backward error: automatic detection of tracking failures".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.types import FloatArray, ImageArray

# Longer side in pixels at which movement is looked at; finer detail is mostly noise.
FLOW_SIDE = 320
# Points on a side of the grid that is laid into the box, and the share of the box that it takes:
# at the edge there is background.
_GRID = 8
_INNER = 0.8
# Points that must be found again, forth and back.
_FEWEST = 10
# Pixels at FLOW_SIDE that a point may miss its beginning by, having gone forth and back.
_RETURN_ERROR = 1.0
# In one picture a face does not grow or shrink by more.
_LARGEST_SCALE = 1.25
_WINDOW = (15, 15)
_LEVELS = 2


@dataclass(frozen=True, slots=True)
class Movement:
    """How a face has moved: ``scale * point + shift`` for a point of it.

    Attributes:
        scale: 1 where its size has not changed.
        shift: (2,) px.
    """

    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)

    def move(self, points: npt.ArrayLike) -> FloatArray:
        """Where (..., 2) points have come to."""
        moved = np.asarray(points, np.float64) * self.scale + self.shift
        return np.asarray(moved, np.float32)

    def move_box(self, xyxy: npt.ArrayLike) -> FloatArray:
        """Where a (4,) box has come to."""
        return self.move(np.reshape(xyxy, (2, 2))).reshape(4)


@dataclass(frozen=True, slots=True)
class FlowPicture:
    """A picture as its movement is looked at: grey and small.

    Attributes:
        grey: (h, w) uint8.
        scale: from the pixels of the picture to those of ``grey``.
    """

    grey: npt.NDArray[np.uint8]
    scale: float

    @classmethod
    def of(cls, image: ImageArray) -> FlowPicture:
        """Prepare an (H, W, 3) uint8 RGB picture."""
        height, width = image.shape[:2]
        scale = min(FLOW_SIDE / max(height, width), 1.0)
        if scale < 1:
            size = (max(round(width * scale), 1), max(round(height * scale), 1))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        return cls(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8), scale)


def follow(before: FlowPicture, after: FlowPicture, xyxy: npt.ArrayLike) -> Movement | None:
    """How what lies in a box has moved from one picture to the next.

    A grid of points is followed by pyramidal Lucas-Kanade (Bouguet 2001) to the next picture and
    back; those that do not come back to where they began are left out. The size changes by the
    median of the ratios of all distances between two points, the place by their median shift.

    Args:
        before, after: two pictures of the same size.
        xyxy: (4,) box in px of the first picture, as it was before it was made small.

    Returns:
        The movement in px of the picture; ``None`` where too few points are found again, as when
        the face was covered, or the pictures differ in size.
    """
    if (before.grey.shape, before.scale) != (after.grey.shape, after.scale):
        return None
    points = _grid(np.asarray(xyxy, np.float64) * before.scale, before.grey.shape)
    if len(points) < _FEWEST:
        return None
    there, found = _lucas_kanade(before, after, points)
    back, again = _lucas_kanade(after, before, there)
    missed = np.linalg.norm(back - points, axis=1)
    kept = found & again & (missed <= _RETURN_ERROR)
    if int(kept.sum()) < _FEWEST:
        return None
    return _median_movement(points[kept] / before.scale, there[kept] / after.scale)


def _lucas_kanade(
    before: FlowPicture, after: FlowPicture, points: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Where (n, 2) points have come to, and whether they were found."""
    search: Any = cv2.calcOpticalFlowPyrLK
    there, found, _ = search(
        before.grey, after.grey, points, None, winSize=_WINDOW, maxLevel=_LEVELS
    )
    return there, found.ravel() == 1


def _grid(box: npt.NDArray[np.float64], shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """(n, 2) points inside a box, and inside the picture."""
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * _INNER
    steps = np.linspace(-1, 1, _GRID)
    x, y = np.meshgrid(middle[0] + half[0] * steps, middle[1] + half[1] * steps)
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    inside = ((points >= 0) & (points < (shape[1], shape[0]))).all(axis=1)
    return points[inside].astype(np.float32)


def _median_movement(
    before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]
) -> Movement | None:
    one, other = np.triu_indices(len(before), 1)
    was = np.linalg.norm(before[one] - before[other], axis=1)
    now = np.linalg.norm(after[one] - after[other], axis=1)
    scale = float(np.median(now / was))
    if not 1 / _LARGEST_SCALE < scale < _LARGEST_SCALE:
        return None
    x, y = np.median(after - before * scale, axis=0).tolist()
    return Movement(scale, (x, y))
