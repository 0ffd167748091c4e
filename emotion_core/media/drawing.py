"""What the annotated video is drawn with: text, boxes, radars and a strip of time.

Everything is drawn straight into RGB arrays with OpenCV; text is set once with Pillow and
kept as a bitmap, since a film has many thousand frames and few different words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.types import FloatArray, ImageArray

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
_COLOR_TABLE = np.array([COLORS[name] for name in EMOTIONS], np.uint8)
_FADED_TABLE = np.round(0.3 * _COLOR_TABLE + 0.7 * np.array(UNPLAYED)).astype(np.uint8)
_DOT = 6  # px from one dot of a dotted line to the next
_SHIFT = 4  # OpenCV draws on sixteenths of a pixel, so that slow movements do not jump


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    import matplotlib

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)


@lru_cache(maxsize=2048)
def _text_mask(text: str, size: int, bold: bool) -> npt.NDArray[np.uint16]:
    """(height, width, 1) cover of a line of text in 0..255; the height depends on size only."""
    font = _font(size, bold)
    ascent, descent = font.getmetrics()
    width = max(int(np.ceil(font.getlength(text))), 1)
    image = Image.new("L", (width, ascent + descent))
    ImageDraw.Draw(image).text((0, 0), text, fill=255, font=font)
    return np.asarray(image, np.uint16)[:, :, None]


def text_size(text: str, size: int, bold: bool = False) -> tuple[int, int]:
    """Width and height of a line of text in pixels."""
    height, width = _text_mask(text, size, bold).shape[:2]
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
    mask = _text_mask(text, size, bold)
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


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, with an ellipsis for what is left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


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


class Radar:
    """Seven axes, clockwise from the top in the order of the emotions, and one reading.

    A small circle in the middle stands for zero, so that a certain reading is still a shape
    that can be seen and not a line.

    Args:
        width, height: of the area that it fills, in px.
        label_size: of the names of the axes in px; 0 leaves them out.
    """

    def __init__(self, width: int, height: int, label_size: int = 0) -> None:
        angles = np.arange(len(EMOTIONS)) * 2 * np.pi / len(EMOTIONS) - np.pi / 2
        self._axes = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        self._outer = self._reach(width, height, label_size)
        self._inner = 0.14 * self._outer
        # the heptagon reaches further up than down; its middle is lowered to make up for it
        self._center = np.array([width / 2, height / 2 + 0.05 * self._outer])
        self._width = max(round(self._outer / 45), 1)
        self._ground = np.full((height, width, 3), BACKGROUND, np.uint8)
        self._draw_ground(label_size)
        reach = self._outer + self._width + 2
        x, y = np.maximum(np.floor(self._center - reach), 0).astype(int)
        self._active = np.s_[y : y + int(2 * reach) + 2, x : x + int(2 * reach) + 2]
        self._offset = np.array([x, y])

    def outline(self, canvas: ImageArray, at: tuple[int, int], probabilities: FloatArray) -> None:
        """Draw a second reading over the first as a dotted line: what it should be.

        Args: as for :meth:`draw`; (7,) probabilities.
        """
        corners = self._points(probabilities) + at
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            dots = max(round(float(np.hypot(*(end - start))) / _DOT), 1)
            places = start + np.linspace(0, 1, dots, endpoint=False)[:, None] * (end - start)
            for x, y in self._fixed(places).tolist():
                cv2.circle(canvas, (x, y), 24, TEXT, cv2.FILLED, cv2.LINE_AA, _SHIFT)

    def draw(
        self,
        canvas: ImageArray,
        at: tuple[int, int],
        probabilities: FloatArray,
        *,
        faded: bool = False,
    ) -> None:
        """Draw a reading, (7,) probabilities, or the empty radar for a zero-length array.

        ``at`` is the left top corner of the area in px; ``faded`` is for a doubtful reading.
        """
        x, y = at
        height, width = self._ground.shape[:2]
        area = canvas[y : y + height, x : x + width]
        area[:] = self._ground
        if not len(probabilities):
            return
        color = COLORS[EMOTIONS[int(np.argmax(probabilities))]]
        inside = area[self._active]
        corners = self._fixed(self._points(probabilities) - self._offset)
        filled = inside.copy()
        cv2.fillPoly(filled, [corners], color, cv2.LINE_AA, _SHIFT)
        cover = 0.12 if faded else 0.38
        cv2.addWeighted(filled, cover, inside, 1 - cover, 0, dst=inside)
        width = 1 if faded else self._width
        edge = MUTED if faded else color
        cv2.polylines(inside, [corners], True, edge, width, cv2.LINE_AA, _SHIFT)

    def _reach(self, width: int, height: int, label_size: int) -> float:
        """The largest radius at which every label stays inside the area."""
        if not label_size:
            return min(width, height) / 2 - 2
        reach = (height / 2 - 1.8 * label_size) / 0.98
        for name, (across, _) in zip(EMOTIONS, self._axes, strict=True):
            if abs(across) > 0.5:
                room = width / 2 - text_size(name, label_size)[0] - 0.9 * label_size
                reach = min(reach, room / abs(across))
        return float(max(reach, 0.15 * min(width, height)))

    def _points(self, shares: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        radius = self._inner + np.clip(shares, 0, 1) * (self._outer - self._inner)
        points: npt.NDArray[np.float64] = self._center + self._axes * radius[:, None]
        return points

    @staticmethod
    def _fixed(points: npt.NDArray[np.float64]) -> Points:
        return np.round(points * (1 << _SHIFT)).astype(np.int32)

    def _draw_ground(self, label_size: int) -> None:
        ground = self._ground
        rings = (0.5, 1.0) if self._outer < 50 else (0.25, 0.5, 0.75, 1.0)
        for share in (0.0, *rings):
            ring = self._fixed(self._points(np.full(len(EMOTIONS), share)))
            cv2.polylines(ground, [ring], True, LINE, 1, cv2.LINE_AA, _SHIFT)
        ends = self._fixed(self._points(np.ones(len(EMOTIONS))))
        starts = self._fixed(self._points(np.zeros(len(EMOTIONS))))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            cv2.line(ground, start, end, LINE, 1, cv2.LINE_AA, _SHIFT)
        if not label_size:
            return
        line = text_size("x", label_size)[1]
        for name, axis in zip(EMOTIONS, self._axes, strict=True):
            x, y = self._center + axis * (self._outer + 0.35 * label_size)
            side: Anchor = "middle" if abs(axis[0]) < 0.1 else "left" if axis[0] > 0 else "right"
            if 0.1 < abs(axis[0]) < 0.5:  # the two at the foot stand under their axes
                side = "middle"
                x += axis[0] * label_size
            top = y - line / 2 + axis[1] * line / 2
            draw_text(ground, name, (x, top), label_size, COLORS[name], anchor=side)


def shares_column(probabilities: FloatArray, height: int, *, faded: bool = False) -> ImageArray:
    """Seven shares stacked from the foot up: (height, 3), each with its colour.

    Args:
        probabilities: (7,).
        height: in px.
        faded: for a doubtful reading.
    """
    levels = 1 - (np.arange(height) + 0.5) / height
    edges = np.cumsum(probabilities)
    which = np.searchsorted(edges[:-1], levels * edges[-1])
    return np.asarray((_FADED_TABLE if faded else _COLOR_TABLE)[which])


class EmotionStrip:
    """The last seconds of a reading: seven shares stacked over time, running to the left.

    Args:
        width, height: in px.
        seconds: that the width stands for.
    """

    def __init__(self, width: int, height: int, seconds: float) -> None:
        self.image = np.full((height, width, 3), UNPLAYED, np.uint8)
        self._per_second = width / seconds
        self._column = 0
        self._shot: int | None = None

    def push(
        self, time: float, probabilities: FloatArray, shot: int | None, *, faded: bool = False
    ) -> None:
        """Let the strip run on to ``time`` with a reading; zero-length is a gap."""
        column = int(time * self._per_second)
        steps = min(column - self._column, self.image.shape[1])
        if steps <= 0:
            return
        self._column = column
        self.image[:, :-steps] = self.image[:, steps:].copy()
        new = self.image[:, -steps:]
        if len(probabilities):
            new[:] = shares_column(probabilities, len(new), faded=faded)[:, None]
        else:
            new[:] = LINE
        if shot is not None:
            if self._shot is not None and shot != self._shot:
                new[:, :1] = BACKGROUND
            self._shot = shot
