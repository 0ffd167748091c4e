"""Text, boxes and colours, drawn straight into pictures.

Everything is drawn straight into RGB arrays with OpenCV; text is set once with Pillow and
kept as a bitmap, since a film has many thousand frames and few different words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.media.fonts import text_mask
from emotion_core.types import ImageArray

Color = tuple[int, int, int]
Anchor = Literal["left", "middle", "right"]
Points = npt.NDArray[np.int32]


def color_from_hex(code: str) -> Color:
    """``#rrggbb`` as red, green and blue in 0..255."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


BACKGROUND = color_from_hex("#14151a")
LINE = color_from_hex("#363a45")
UNPLAYED = color_from_hex("#1d1f26")
MUTED = color_from_hex("#9298a6")
TEXT = color_from_hex("#eceef3")
COLORS: dict[str, Color] = {name: color_from_hex(EMOTION_COLORS[name]) for name in EMOTIONS}
_DOT = 6  # px from one dot of a dotted line to the next
_SHIFT = 4  # OpenCV draws on sixteenths of a pixel, so that slow movements do not jump


def text_size(text: str, size: int, bold: bool = False) -> tuple[int, int]:
    """Width and height of a line of text in pixels."""
    height, width = text_mask(text, size, bold).shape[:2]
    return width, height


def draw_text(
    canvas: ImageArray,
    text: str,
    at: tuple[float, float],
    size: int,
    color: Color = TEXT,
    *,
    bold: bool = False,
    anchor: Anchor = "left",
) -> None:
    """Write one line; ``at`` is the top of the line, and its left, middle or right."""
    mask = text_mask(text, size, bold)
    height, width = mask.shape[:2]
    x = round(at[0] - {"left": 0, "middle": width / 2, "right": width}[anchor])
    y = round(at[1])
    left, top = max(x, 0), max(y, 0)
    area: npt.NDArray[Any] = canvas[top : max(y + height, 0), left : max(x + width, 0)]
    if area.size == 0:
        return
    cover = mask[top - y : top - y + area.shape[0], left - x : left - x + area.shape[1]]
    ink = np.array(color, np.uint16)
    area[:] = (area * (255 - cover) + ink * cover) // 255


def fill(area: ImageArray, color: Color) -> None:
    """Paint a whole area in one colour; ten times as fast as assigning it in NumPy."""
    cv2.rectangle(area, (0, 0), (area.shape[1], area.shape[0]), color, cv2.FILLED)


def draw_box(
    canvas: ImageArray, xyxy: Sequence[float], color: Color, thickness: int, *, guessed: bool
) -> None:
    """Outline a face; dashed and thinner where its place is guessed."""
    left, top, right, bottom = (round(value) for value in xyxy)
    if not guessed:
        cv2.rectangle(canvas, (left, top), (right, bottom), color, thickness)
        return
    thin, dash = max(thickness // 2, 1), 5 * thickness
    for x in range(left, right, 2 * dash):
        for y in (top, bottom):
            cv2.line(canvas, (x, y), (min(x + dash, right), y), color, thin)
    for y in range(top, bottom, 2 * dash):
        for x in (left, right):
            cv2.line(canvas, (x, y), (x, min(y + dash, bottom)), color, thin)


def draw_corners(
    canvas: ImageArray, xyxy: Sequence[float], color: Color, thickness: int, *, guessed: bool
) -> None:
    """Mark the four corners of a face whose reading is doubtful; thinner where it is guessed."""
    left, top, right, bottom = (round(value) for value in xyxy)
    reach = max(round(0.22 * min(right - left, bottom - top)), 2)
    thin = max(thickness // 2, 1) if guessed else thickness
    for x, inward in ((left, reach), (right, -reach)):
        for y, down in ((top, reach), (bottom, -reach)):
            corner = np.array([(x + inward, y), (x, y), (x, y + down)], np.int32)
            cv2.polylines(canvas, [corner], False, BACKGROUND, thin + 2)
            cv2.polylines(canvas, [corner], False, color, thin)
