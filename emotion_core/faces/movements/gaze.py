"""Where eyes look, relative to the head: coarse, and to the sides only.

The mesh has no points on the iris. To the sides the iris is found in the picture, as the dark
within the outline of the eye (the centre of what is darker than halfway from the darkest to the
white, as Wang and Sung 2002 and webcam eye trackers find it). How high it stands cannot be told
so, because the lids cover it: whether somebody looks down is taken from the lids alone
(``lids_lowered`` in :mod:`~emotion_core.faces.movements.movements`), and looking up is not
measured.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.faces.mesh.points import MIRRORED, OUTLINES
from emotion_core.faces.movements.measures import GAZE
from emotion_core.types import FloatArray, ImageArray

# Outlines that begin at the corner on the left of the picture, and the number of its other corner.
_RIGHT_EYE = OUTLINES["right_eye"]
_LEFT_EYE = tuple(int(MIRRORED[k]) for k in (*_RIGHT_EYE[8::-1], *_RIGHT_EYE[:8:-1]))
_OTHER_CORNER = 8
# Pixels of the strip in which an eye is looked at, and the part of its width that the eye fills.
_WIDTH, _HEIGHT, _FILLED = 48, 24, 0.8
# Least width of an eye in pixels of the picture, and least height over width: below there is no
# iris to see.
_SMALLEST, _SHUT = 10.0, 0.22
# Two eyes further apart than this, in half widths, contradict each other.
_CONTRADICTION = 0.7
_SHIFT = 4  # bits of a fraction of a pixel in OpenCV's polygons


def coarse_gaze(image: ImageArray, points: FloatArray) -> FloatArray:
    """How far the eyes of faces look to a side, relative to the head.

    Args:
        image: (H, W, 3) uint8 RGB.
        points: (n, 468, 3) px of the picture; NaN where a mesh is unknown.

    Returns:
        (n, len(GAZE)) float32; NaN where an eye is shut, narrower than 10 px or out of the picture,
        or where the two eyes contradict each other.
    """
    sides = np.full((len(points), len(GAZE)), np.nan, np.float32)
    for k, face in enumerate(points):
        right, left = (_dark_middle(image, face[list(eye), :2]) for eye in (_RIGHT_EYE, _LEFT_EYE))
        if abs(right - left) <= _CONTRADICTION:  # never of NaN
            sides[k] = (right + left) / 2
    return sides


def _dark_middle(image: ImageArray, outline: FloatArray) -> float:
    """Where the dark of an eye lies between its corners, from -1 to 1; NaN if unknown."""
    height, width = image.shape[:2]
    if not (np.isfinite(outline).all() and (outline >= 0).all()):
        return float("nan")
    if not (outline < (width, height)).all():
        return float("nan")
    points = outline.astype(np.float64)
    across = points[_OTHER_CORNER] - points[0]
    length = float(np.hypot(*across))
    # the area of an ellipse gives the height of the outline at any tilt
    opening = cv2.contourArea(outline.astype(np.float32)) * 4 / (np.pi * max(length, 1e-6))
    if length < _SMALLEST or opening < _SHUT * length:
        return float("nan")
    matrix = _strip(points[0], across, length)
    strip = cv2.warpAffine(image, matrix, (_WIDTH, _HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY).astype(np.float64)
    mask = np.zeros((_HEIGHT, _WIDTH), np.uint8)
    placed = (points @ matrix[:, :2].T + matrix[:, 2]) * 2**_SHIFT
    cv2.fillPoly(mask, [np.round(placed).astype(np.int32)], 1, shift=_SHIFT)
    inside = grey[mask > 0]
    if len(inside) < _WIDTH // 2:
        return float("nan")
    ordered = np.sort(inside)
    dark, white = ordered[len(ordered) // 20], ordered[-(len(ordered) // 10)]
    weight = np.clip((dark + white) / 2 - grey, 0, None) * mask
    if weight.sum() <= 0:
        return float("nan")
    place = (np.arange(_WIDTH) - (_WIDTH - 1) / 2) / (_FILLED * _WIDTH / 2)
    return float((weight * place).sum() / weight.sum())


def _strip(
    corner: npt.NDArray[np.float64], across: npt.NDArray[np.float64], length: float
) -> npt.NDArray[np.float64]:
    """(2, 3) from the picture to the strip in which the eye lies level in the middle."""
    cos, sin = across / length * (_FILLED * _WIDTH / length)
    linear = np.array([[cos, sin], [-sin, cos]])
    middle = np.array([(_WIDTH - 1) / 2, (_HEIGHT - 1) / 2])
    return np.column_stack([linear, middle - linear @ (corner + across / 2)])
