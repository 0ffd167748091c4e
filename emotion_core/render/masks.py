"""Masks drawn over a face."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import CHANCE, EMOTIONS, percent
from emotion_core.faces.regions import FaceRegions
from emotion_core.media.drawing import BACKGROUND, draw_text, fill
from emotion_core.types import FloatArray, ImageArray

OPACITY = 0.4
_GAP, _LINE, _TEXT = 8, 26, 15


def overlay(face: ImageArray, mask: FloatArray, opacity: float = OPACITY) -> ImageArray:
    """A mask over a face, in matplotlib's ``coolwarm``: red where it is 1, blue where it is 0.

    Args:
        face: (H, W, 3) uint8 RGB.
        mask: (h, w) in [0, 1], brought to the size of the face.
        opacity: of the colours, in [0, 1].
    """
    height, width = face.shape[:2]
    large = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
    colors = _coolwarm()[np.rint(255 * np.clip(large, 0, 1)).astype(np.uint8)]
    return np.rint((1 - opacity) * face + opacity * colors).astype(np.uint8)


def draw_outlines(face: ImageArray, regions: FaceRegions) -> ImageArray:
    """A face with thin light lines between its parts.

    Args:
        face: (S, S, 3) uint8 RGB.
        regions: its parts at any size; the result has theirs.
    """
    side = regions.maps.shape[1]
    parts = regions.maps.argmax(axis=0).astype(np.float32)
    # between two parts, the next pixel to the right or below has another number
    borders = cv2.morphologyEx(parts, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
    weight = 0.7 * cv2.GaussianBlur(borders.astype(np.float32), (0, 0), 0.7)[:, :, None]
    large = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.rint((1 - weight) * large + weight * 255).astype(np.uint8)


def shown_emotions(probabilities: FloatArray, least: float = CHANCE) -> list[int]:
    """Indices of the emotions with more than a share, most probable first; (7,) probabilities."""
    order = np.argsort(-probabilities, kind="stable")
    return [int(k) for k in order if probabilities[k] > least]


def draw_explanation(
    face: ImageArray, masks: FloatArray, probabilities: FloatArray, least: float = CHANCE
) -> ImageArray:
    """A face, and beside it the masks of the emotions above a share, most probable first.

    Args:
        face: (S, S, 3) uint8 RGB.
        masks: (7, H, W).
        probabilities: (7,) in the order of EMOTIONS.
        least: the share; chance unless it is said otherwise.

    Returns:
        (H', W', 3) uint8 RGB, a panel for the face and for each emotion, titled.
    """
    panels = [("the face", face)]
    panels += [
        (f"{EMOTIONS[k]} {percent(float(probabilities[k]))}", overlay(face, masks[k]))
        for k in shown_emotions(probabilities, least)
    ]
    side = face.shape[0]
    canvas = np.empty((_LINE + side + _GAP, len(panels) * (side + _GAP) + _GAP, 3), np.uint8)
    fill(canvas, BACKGROUND)
    for index, (title, panel) in enumerate(panels):
        left = _GAP + index * (side + _GAP)
        draw_text(canvas, title, (left, 4), _TEXT)
        canvas[_LINE : _LINE + side, left : left + side] = panel
    return canvas


@cache
def _coolwarm() -> npt.NDArray[np.float64]:
    """(256, 3) in 0..255."""
    import matplotlib

    return np.asarray(255 * matplotlib.colormaps["coolwarm"](np.arange(256))[:, :3])
