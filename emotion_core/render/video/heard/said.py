"""The line that is said now, with its speaker, in a band of its own: it covers no face."""

from __future__ import annotations

from collections.abc import Sequence

from emotion_core.media.drawing import BACKGROUND, MUTED, TEXT, draw_text, fill, text_size
from emotion_core.media.fonts import lacking, shorten_to, text_length, wrap
from emotion_core.render.video.heard.piece import ACCENT, Stretch, Stretches
from emotion_core.text import one_line, shorten
from emotion_core.types import ImageArray

NO_FONT = "(This computer has no font for the script of this line.)"
BAND = 46.0  # units: two rows of the largest size, or three of the smallest
_SIZES = (15, 13, 11)  # units
_MOST = 2  # lines at once
_LONGEST = 400  # letters, more than the band holds
# Share of the width that a speaker's name may take: it may be a sentence, and the line is read.
_NAME = 0.3
# Share of its letters that a line may lack and still be read.
_LACKING = 0.3


def readable(text: str) -> str:
    """What can be drawn of a text, on one line; empty where too much of it would be missing."""
    text = shorten(one_line(text), _LONGEST)
    missing = set(lacking(text))
    if not missing:
        return text
    kept = "".join(letter for letter in text if letter not in missing)
    whole = len(text.replace(" ", ""))
    return one_line(kept) if whole - len(kept.replace(" ", "")) <= _LACKING * whole else ""


class SaidLine:
    """Draws the line of a moment, once for as long as it stays.

    Args:
        lines: with their speakers.
        width: of the band in px.
        unit: height of a text's sixteenth in px.
    """

    def __init__(self, lines: Sequence[Stretch], width: int, unit: float) -> None:
        self._lines = Stretches(lines)
        self._width, self._unit = width, unit
        self._shown: list[Stretch] | None = None

    def draw(self, band: ImageArray, time: float) -> None:
        """Draw what is said at a second, unless it stands there already."""
        here = self._lines.at(time)[:_MOST]
        if here == self._shown:
            return
        self._shown = here
        fill(band, BACKGROUND)
        rows, size = self._set(here, len(band))
        height = text_size("x", size)[1]
        top = max((len(band) - len(rows) * height) // 2, 0)
        for number, (name, text) in enumerate(rows):
            self._draw_row(band, name, text, size, top + number * height)

    def _draw_row(self, band: ImageArray, name: str, text: str, size: int, top: int) -> None:
        before = text_length(name, size, bold=True) if name else 0.0
        left = (band.shape[1] - before - text_length(text, size)) / 2
        if name:
            draw_text(band, name, (left, top), size, ACCENT, bold=True)
        draw_text(band, text, (left + before, top), size, MUTED if text == NO_FONT else TEXT)

    def _set(self, said: Sequence[Stretch], height: int) -> tuple[list[tuple[str, str]], int]:
        """Rows of a name, "" if not the first, and words, in the largest size that fits."""
        rows: list[tuple[str, str]] = []
        size = 1
        for units in _SIZES:
            size = max(round(units * self._unit), 1)
            most = max(height // text_size("x", size)[1], 1)
            rows = [row for one in said for row in self._rows(one.who, one.words, size)]
            if len(rows) <= most:
                return rows, size
        cut = rows[:most]
        return [*cut[:-1], (cut[-1][0], cut[-1][1].rstrip(" .,") + " …")], size

    def _rows(self, speaker: str, text: str, size: int) -> list[tuple[str, str]]:
        who = shorten_to(speaker, size, _NAME * self._width, bold=True)
        name = f"{who}: " if who else ""
        first = text_length(name, size, bold=True) if name else 0.0
        return [
            (name * (number == 0), row)
            for number, row in enumerate(wrap(text, size, self._width, first))
        ]
