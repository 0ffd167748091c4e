"""Back light and make-up, which need to know where the face and its parts are.

Made in another way than what training does to faces (:mod:`emotion_core.training.common.film`), and
always to the same amount, so that what is measured is not what was learned. Every condition takes a
(112, 112, 3) uint8 RGB face, (112, 112) uint8 where it is in its picture, and the (468, 2) points
of its mesh from 0 to 1 across the picture, and gives a face, the same on every run. Of a face
without a mesh, NaN, only the mask says where it ends, and it stays without make-up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.conditions.pictures import SIDE
from emotion_core.faces.mesh.points import OUTLINES
from emotion_core.types import FloatArray, ImageArray

Mask = npt.NDArray[np.uint8]
Shaped = Callable[[ImageArray, Mask, FloatArray], ImageArray]
# From the oval of a face to the outline of its head, as a factor; up, where hair is, as another.
_WIDER, _HIGHER = 1.15, 1.45
_SHIFT = 4  # corners are given in sixteenths of a pixel
_HALO = 0.04  # deviation of what bleeds over the outline, a share of the side
_BROWS = ("right_outer_brow", "right_inner_brow", "left_outer_brow", "left_inner_brow")
_LIDS = ("right_upper_lid", "right_lower_lid", "left_upper_lid", "left_lower_lid")


def light_from_behind(
    face: ImageArray, mask: Mask, points: FloatArray, exposure: float, veil: float
) -> ImageArray:
    """White behind the head, bleeding over its outline; on the face a share of its light.

    Args:
        face, mask, points: see above.
        exposure: share of its light that the face keeps.
        veil: share of white that stray light lays over all of it.
    """
    outline = mask.astype(np.float32) / 255
    if np.isfinite(points).all():
        oval = points[list(OUTLINES["face_oval"])]
        middle = oval.mean(axis=0)
        away = oval - middle
        away[:, 0] *= _WIDER
        away[:, 1] *= np.where(away[:, 1] < 0, _HIGHER, 1)
        outline *= _filled([middle + away])
    halo = np.asarray(cv2.GaussianBlur(1 - outline, (0, 0), _HALO * SIDE), np.float32)
    light = (1 - outline) + 0.7 * halo * outline
    lit = face.astype(np.float32) / 255 * (exposure * outline)[..., None] + light[..., None]
    hazy = lit.clip(0, 1) * (1 - veil) + veil
    return np.rint(hazy * 255).astype(np.uint8)


def make_up(face: ImageArray, _: Mask, points: FloatArray, strength: float) -> ImageArray:
    """Paler skin, darker brows, lids and lips.

    Args:
        face, points: see above.
        strength: from 0 to 1, of the way to white skin and black paint.
    """
    if not np.isfinite(points).all():
        return face.copy()

    def part(*names: str) -> FloatArray:
        return _filled([points[list(OUTLINES[name])] for name in names])

    mouth, eyes = part("lips_inner"), part("right_eye", "left_eye")
    paint = np.maximum(part("lips_outer") * (1 - mouth), part(*_LIDS) * (1 - eyes))
    paint = np.maximum(paint, part(*_BROWS))
    skin = _softened(part("face_oval")) * (1 - np.maximum(np.maximum(paint, mouth), eyes))
    values = face.astype(np.float32) / 255
    pale = values + 0.6 * strength * skin[..., None] * (1 - values)
    painted = pale * (1 - 0.8 * strength * _softened(paint))[..., None]
    return np.asarray(np.rint(painted * 255), np.uint8)


def _filled(outlines: list[FloatArray]) -> FloatArray:
    """(SIDE, SIDE) in [0, 1], what is inside any of some outlines, from 0 to 1 across."""
    canvas: Mask = np.zeros((SIDE, SIDE), np.uint8)
    for outline in outlines:
        corners = np.rint((outline * SIDE - 0.5) * 2**_SHIFT).astype(np.int32)
        cv2.fillPoly(canvas, [corners], 255, cv2.LINE_AA, _SHIFT)
    return np.asarray(canvas / 255, np.float32)


def _softened(mask: FloatArray) -> FloatArray:
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.015 * SIDE), np.float32)


SHAPED: dict[str, Shaped] = {
    "back light, half the light on the face": partial(light_from_behind, exposure=0.5, veil=0.1),
    "back light, a fifth, in haze": partial(light_from_behind, exposure=0.2, veil=0.25),
    "made up": partial(make_up, strength=0.5),
    "made up heavily": partial(make_up, strength=1.0),
}
