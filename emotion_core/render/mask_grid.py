"""The faces that a run watches, each with its mask drawn over it."""

from __future__ import annotations

import cv2
import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.media.drawing import color_from_hex, draw_text, fill
from emotion_core.render.masks import overlay
from emotion_core.training.runs.masks import MaskFaces
from emotion_core.types import FloatArray, ImageArray

COLUMNS = 7
# of the page, so that a row that is not full has no edge
_BACKGROUND = color_from_hex("#14110F")
_SIDE, _GAP, _LINE, _TEXT = 150, 8, 26, 17


def draw_mask_grid(faces: MaskFaces, masks: FloatArray, emotion: str | None) -> ImageArray:
    """All faces in rows, each with a mask in ``coolwarm`` over it: red is shown, blue is hidden.

    Args:
        faces: the n faces.
        masks: (n, 7, H, W) in [0, 1].
        emotion: whose mask is drawn; ``None`` for that of each face's own label, and where there
            is none for the mask that shows most.

    Returns:
        (H', W', 3) uint8 RGB, the emotion of the mask written above each face.
    """
    rows = -(-len(faces.images) // COLUMNS)
    size = (rows * (_LINE + _SIDE + _GAP), COLUMNS * (_SIDE + _GAP) - _GAP)
    canvas = np.empty((*size, 3), np.uint8)
    fill(canvas, _BACKGROUND)
    for index, (image, own, target) in enumerate(
        zip(faces.images, masks, faces.targets, strict=True)
    ):
        labelled = bool(target.sum() > 0)
        if emotion is not None:
            chosen = EMOTIONS.index(emotion)
        else:
            chosen = int(target.argmax() if labelled else own.mean(axis=(1, 2)).argmax())
        title = EMOTIONS[chosen]
        if emotion is None and not labelled:
            title += " (no label)"
        top = (index // COLUMNS) * (_LINE + _SIDE + _GAP)
        left = (index % COLUMNS) * (_SIDE + _GAP)
        face = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        draw_text(canvas, title, (left, top + 2), _TEXT)
        tile = overlay(np.asarray(face, np.uint8), own[chosen])
        canvas[top + _LINE : top + _LINE + _SIDE, left : left + _SIDE] = tile
    return canvas
