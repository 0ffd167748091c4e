"""Clips of any size with any number of faces, made from the portraits of the sample scene."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

from emotion_core.media.encoding.writer import open_video
from emotion_core.media.sample import load_portraits
from emotion_core.types import ImageArray

FPS = 24
# Of each portrait: the middle of the face, and its height, in px.
_FACES = ((225, 117, 95), (265, 230, 190))
_LINE = 4  # px of background around each face


def write_clip(out: Path, size: tuple[int, int], faces: int, frames: int) -> Path:
    """Faces side by side in rows, each drifting a little, over a picture that moves.

    Args:
        out: an ``.mp4``.
        size: width and height in px.
        faces: how many; up to six in two rows, more in three.
        frames: at :data:`FPS`.
    """
    portraits = load_portraits()
    width, height = size
    rows = 1 if faces <= 2 else 2 if faces <= 6 else 3
    columns = math.ceil(faces / rows)
    across, down = width // columns, height // rows
    behind = cv2.resize(portraits[0], (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC) // 2
    with open_video(out, size, FPS) as video:
        for number in range(frames):
            time = number / FPS
            left = round(width * (0.3 + 0.2 * math.sin(time / 3)))
            sheet = behind[height // 2 :, left:][:height, :width].copy()
            for k in range(faces):
                row, column = divmod(k, columns)
                tile = _face(portraits[k % 2], k, time, (across - 2 * _LINE, down - 2 * _LINE))
                x, y = column * across + _LINE, row * down + _LINE
                sheet[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
            video.write(np.asarray(sheet, np.uint8), time)
    return out


def _face(portrait: ImageArray, k: int, time: float, size: tuple[int, int]) -> ImageArray:
    x, y, tall = _FACES[k % 2]
    scale = 0.45 * min(size) / tall * (1 + 0.1 * math.sin(time + k))
    x += 6 * math.sin(1.3 * time + k)
    matrix = np.array([[scale, 0, size[0] / 2 - scale * x], [0, scale, size[1] / 2 - scale * y]])
    tile = cv2.warpAffine(portrait, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(tile, np.uint8)
