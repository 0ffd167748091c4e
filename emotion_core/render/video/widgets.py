"""Radars and strips of time, drawn straight into RGB arrays."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.media.drawing import (
    BACKGROUND,
    COLORS,
    LINE,
    MUTED,
    UNPLAYED,
    Anchor,
    draw_text,
    text_size,
)
from emotion_core.types import FloatArray, ImageArray

Points = npt.NDArray[np.int32]
_COLOR_TABLE = np.array([COLORS[name] for name in EMOTIONS], np.uint8)
_FADED_TABLE = np.round(0.3 * _COLOR_TABLE + 0.7 * np.array(UNPLAYED)).astype(np.uint8)
_SHIFT = 4  # OpenCV draws on sixteenths of a pixel, so that slow movements do not jump


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
