"""Faces made harder to read, one way at a time: what :mod:`benchmarks.conditions.run` measures.

Every condition takes a (112, 112, 3) uint8 RGB face and gives one of the same shape, the same on
every run. What comes in from beyond the edge of a picture repeats its edge.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from emotion_core.emotions.preprocessing import resize_face
from emotion_core.types import ImageArray

SIDE = 112
PLAIN = "as it is"
# What is hidden is covered by this grey.
_COVER = 127


def darken(face: ImageArray, gamma: float = 1.0, gain: float = 1.0) -> ImageArray:
    """Values v in [0, 1] become gain * v ** gamma."""
    values = np.linspace(0, 1, 256)
    table = np.rint(255 * gain * values**gamma).astype(np.uint8)
    return table[face]


def light_from_the_left(face: ImageArray, shade: float) -> ImageArray:
    """Full light on the left edge, falling evenly to a share ``shade`` of it on the right one."""
    ramp = np.linspace(1, shade, face.shape[1])[None, :, None]
    return np.rint(face * ramp).astype(np.uint8)


def shrink(face: ImageArray, side: int) -> ImageArray:
    """As if the face had only ``side`` pixels in the film."""
    small = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    return to_side(np.asarray(small, np.uint8))


def blur(face: ImageArray, share: float) -> ImageArray:
    """Gaussian with a deviation that is a share of the side."""
    return np.asarray(cv2.GaussianBlur(face, (0, 0), share * SIDE), np.uint8)


def compress(face: ImageArray, quality: int) -> ImageArray:
    """As JPEG."""
    turned = cv2.cvtColor(face, cv2.COLOR_RGB2BGR)
    encoded = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def hide(face: ImageArray, top: float, bottom: float, left: float, right: float) -> ImageArray:
    """Cover a rectangle, whose ends are shares of the side."""
    covered = face.copy()
    y1, y2, x1, x2 = (round(share * SIDE) for share in (top, bottom, left, right))
    covered[y1:y2, x1:x2] = _COVER
    return covered


def move(
    face: ImageArray,
    angle: float = 0.0,
    scale: float = 1.0,
    shift: float = 0.0,
    black: bool = False,
) -> ImageArray:
    """Turn clockwise by degrees, scale about the middle, shift right and down by a share."""
    middle = (SIDE - 1) / 2
    matrix = np.asarray(cv2.getRotationMatrix2D((middle, middle), -angle, scale), np.float64)
    matrix[:, 2] += shift * SIDE
    border = cv2.BORDER_CONSTANT if black else cv2.BORDER_REPLICATE
    moved = cv2.warpAffine(face, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(moved, np.uint8)


def decolour(face: ImageArray) -> ImageArray:
    """Black and white."""
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    return np.repeat(grey[:, :, None], 3, axis=2)


def to_side(face: ImageArray) -> ImageArray:
    """A face of any size as the conditions take it."""
    return resize_face(face, SIDE)


CONDITIONS: dict[str, Callable[[ImageArray], ImageArray]] = {
    PLAIN: lambda face: face,
    "black and white": decolour,
    "half the light": partial(darken, gain=0.5),
    "a quarter of the light": partial(darken, gain=0.25),
    "a tenth of the light": partial(darken, gain=0.1),
    "dark by gamma 2": partial(darken, gamma=2.0),
    "dark by gamma 3": partial(darken, gamma=3.0),
    "side light, 30% on the far side": partial(light_from_the_left, shade=0.3),
    "side light, 5% on the far side": partial(light_from_the_left, shade=0.05),
    "24 px": partial(shrink, side=24),
    "16 px": partial(shrink, side=16),
    "12 px": partial(shrink, side=12),
    "blurred by 2% of the side": partial(blur, share=0.02),
    "blurred by 4% of the side": partial(blur, share=0.04),
    "JPEG, quality 20": partial(compress, quality=20),
    "JPEG, quality 5": partial(compress, quality=5),
    "upper half hidden": partial(hide, top=0, bottom=0.5, left=0, right=1),
    "lower half hidden": partial(hide, top=0.5, bottom=1, left=0, right=1),
    "eyes hidden": partial(hide, top=0.22, bottom=0.5, left=0.08, right=0.92),
    "mouth hidden": partial(hide, top=0.62, bottom=0.95, left=0.2, right=0.8),
    "left half hidden": partial(hide, top=0, bottom=1, left=0, right=0.5),
    "turned in the plane by 15°": partial(move, angle=15.0),
    "turned in the plane by 30°": partial(move, angle=30.0),
    "turned in the plane by 45°": partial(move, angle=45.0),
    "shifted by 15% of the side": partial(move, shift=0.15),
    "loosely framed, at 70%": partial(move, scale=0.7),
    "tightly framed, at 130%": partial(move, scale=1.3),
    "letterboxed, at 75% on black": partial(move, scale=0.75, black=True),
}
