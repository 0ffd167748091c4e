"""A piece of time as it is drawn: stretches of it, and what is laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from emotion_core.media.drawing import Color, color_from_hex, draw_text
from emotion_core.media.fonts import shorten_to
from emotion_core.sound.waveform import WAVEFORM_RATE
from emotion_core.types import ImageArray

_FEWEST_LETTERS = 4  # of words that are cut, with the ellipsis
ACCENT = color_from_hex("#E8A06A")  # that of the app


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of time as columns of pixels.

    Attributes:
        first: number of its first column, counted from the beginning of the clip.
        count: how many columns it has.
        per_second: columns a second.
        unit: height of a text's sixteenth in px.
    """

    first: int
    count: int
    per_second: float
    unit: float

    @property
    def start(self) -> float:
        """Seconds."""
        return self.first / self.per_second

    @property
    def end(self) -> float:
        """Seconds."""
        return (self.first + self.count) / self.per_second

    def x(self, time: float) -> int:
        """The column of a time, counted from the first; it may lie outside."""
        return round(time * self.per_second) - self.first

    def px(self, units: float) -> int:
        """At least one."""
        return max(round(units * self.unit), 1)


class Stretch(NamedTuple):
    """Something between two seconds.

    Attributes:
        start, end: seconds.
        words: what it is.
        sure: what is not is drawn faintly.
        way: of a voice, 1 where it is raised and -1 where it is lowered.
        who: of a line, its speaker; "" where nobody is known.
    """

    start: float
    end: float
    words: str
    sure: bool = True
    way: int = 0
    who: str = ""


class Stretches:
    """Stretches by their time; they may overlap."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self._all = sorted(stretches, key=lambda one: one.start)
        self._start = np.array([one.start for one in self._all], np.float64)
        self._end = np.array([one.end for one in self._all], np.float64)

    def __len__(self) -> int:
        return len(self._all)

    def between(self, start: float, end: float) -> list[Stretch]:
        """Those that share some time with one."""
        rows = np.flatnonzero((self._end > start) & (self._start < end))
        return [self._all[row] for row in rows]

    def at(self, time: float) -> list[Stretch]:
        """Those that are on."""
        rows = np.flatnonzero((self._start <= time) & (time < self._end))
        return [self._all[row] for row in rows]


def tint(area: ImageArray, color: Color, strength: float) -> None:
    """Lay a colour over an area, 1 covers it."""
    if area.size:
        layer = np.empty_like(area)
        layer[:] = color
        area[:] = cv2.addWeighted(layer, strength, area, 1 - strength, 0).reshape(area.shape)


def write(area: ImageArray, words: str, x: int, room: float, piece: Piece, color: Color) -> None:
    """Words in the middle of the height, as far as there is room."""
    size = piece.px(10)
    text = shorten_to(words, size, room)
    if text == words or len(text) > _FEWEST_LETTERS:
        top = (len(area) - 1.2 * size) / 2
        draw_text(area, text, (x, top), size, color)


def rows_of(piece: Piece, count: int) -> list[slice]:
    """The rows of a table with :data:`WAVEFORM_RATE` a second that each column shows."""
    edges = (piece.first + np.arange(piece.count + 1)) / piece.per_second * WAVEFORM_RATE
    first = np.clip(np.floor(edges[:-1]), 0, count).astype(int).tolist()
    last = np.clip(np.ceil(edges[1:]), 0, count).astype(int).tolist()
    return [slice(start, end) for start, end in zip(first, last, strict=True)]
