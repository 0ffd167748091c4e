"""How well a face can be seen: how sharp it is, and how far it is turned away."""

from __future__ import annotations

import cv2
import numpy as np

from emotion_core.emotions.preprocessing import resize_face
from emotion_core.types import FloatArray, ImageArray

# Side in pixels at which sharpness is measured. Detail finer than a 48th of a face is not needed
# to read it (FER2013 has no more), and at this size the noise of a film is averaged away.
SHARPNESS_SIDE = 48
# What lies outside of the middle is background, hair, or the black beyond the picture's edge.
_MIDDLE = slice(SHARPNESS_SIDE // 6, SHARPNESS_SIDE - SHARPNESS_SIDE // 6)
# Squared length below which two eyes are one point, in square pixels.
_ONE_POINT = 1e-6


def sharpness(face: ImageArray) -> float:
    """How much fine detail a face shows, whatever its light and contrast.

    The variance of the Laplacian (Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield
    microscopy: a comparative study", LAPV) over the variance of the grey values themselves, in
    the middle two thirds of the face at 48 px. The quotient is the mean of the Laplacian's
    squared response over the power spectrum of the face: a darker or paler copy has the same.

    Args:
        face: square crop, (H, W, 3) uint8 RGB of any size.

    Returns:
        0 for a smooth slope, 20 for white noise, about 1 for a sharp face; NaN for a blank one.
    """
    grey = cv2.cvtColor(resize_face(face, SHARPNESS_SIDE), cv2.COLOR_RGB2GRAY)
    detail = cv2.Laplacian(grey, cv2.CV_32F)[_MIDDLE, _MIDDLE]
    contrast = float(grey[_MIDDLE, _MIDDLE].var())
    return float(detail.var()) / contrast if contrast > 0 else float("nan")


def turn(landmarks: FloatArray) -> FloatArray:
    """How far faces are turned to a side, from where the nose stands between the eyes.

    On the line from the left eye to the right, the foot of the nose's tip lies at 0 in the
    middle, at -1 and 1 under an eye and beyond it outside of the eyes. With eyes e to each side
    and a nose that stands out by p, a head turned by an angle a gives p / e * tan(a); p and e
    are about the same, so that 1 is about 45 degrees. After Gee and Cipolla 1994, "Determining
    the gaze of faces in images", who take the pose from the same points.

    Args:
        landmarks: (n, 5, 2) px: left eye, right eye, nose, corners of the mouth, as seen in the
            picture. NaN where they are not known.

    Returns:
        (n,) float32; positive to the right of the picture, NaN without landmarks or with both
        eyes in one point.
    """
    left, right, nose = (landmarks[:, k].astype(np.float64) for k in range(3))
    across = right - left
    length = (across**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = ((nose - left) * across).sum(axis=1) / length
    return np.where(length > _ONE_POINT, 2 * share - 1, np.nan).astype(np.float32)
