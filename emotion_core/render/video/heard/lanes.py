"""The lanes of the sound: each draws a piece of time, and says in words what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from emotion_core.media.drawing import MUTED, TEXT, Color, color_from_hex, fill
from emotion_core.performance.wording.delivery import KIND_COLORS
from emotion_core.render.video.heard.piece import (
    ACCENT,
    Piece,
    Stretch,
    Stretches,
    rows_of,
    tint,
    write,
)
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.sound.waveform import WAVEFORM_RATE
from emotion_core.types import ImageArray

# Clear of the playhead, which is white.
CHANGE = color_from_hex(KIND_COLORS[SoundKind.MUSIC])
Values = npt.NDArray[np.float64]
_OCTAVE = 12.0
_NARROWEST = 22  # units; a smaller box has no words
_REPEATED = 5.0  # seconds from the words of a long box to the same words again
_GAP = 2  # units from a box to the edge of its lane
_REACH = 30.0  # seconds that the words of a mark may reach beyond it


class Lane(Protocol):
    """One thing that is heard, over time.

    Attributes:
        name: in the words of the scene page.
        units: its height.
    """

    name: str
    units: float

    def draw(self, area: ImageArray, piece: Piece) -> None:
        """Draw a piece of time into an area as wide as it has columns."""
        ...

    def words(self, time: float) -> tuple[str, Color]:
        """What is heard at a second; empty where nothing is, or it cannot be told."""
        ...


class OutlineLane:
    """The outline of the sound, in the colour of what it is.

    Args:
        low, high: (n,) extremes, full scale 1, :data:`WAVEFORM_RATE` a second.
        kinds: what is heard when.
        colors: of its words.
    """

    name, units = "Sound", 26.0

    def __init__(
        self, low: Values, high: Values, kinds: Sequence[Stretch], colors: dict[str, Color]
    ) -> None:
        # the square root shows quiet speech, too
        self._up, self._down = np.sqrt(np.maximum(high, 0)), np.sqrt(np.maximum(-low, 0))
        self._kinds, self._colors = Stretches(kinds), colors

    def draw(self, area: ImageArray, piece: Piece) -> None:
        """See :class:`Lane`."""
        colors = np.full((piece.count, 3), TEXT, np.uint8)
        for one in self._kinds.between(piece.start, piece.end):
            columns = slice(max(piece.x(one.start), 0), max(piece.x(one.end), 0))
            colors[columns] = self._colors[one.words]
            tint(area[:, columns], self._colors[one.words], 0.16)
        middle, reach = len(area) / 2, len(area) / 2 - piece.px(_GAP)
        for x, rows in enumerate(rows_of(piece, len(self._up))):
            if rows.start < rows.stop:
                top = round(middle - self._up[rows].max() * reach)
                foot = round(middle + self._down[rows].max() * reach)
                area[top : max(foot, top + 1), x] = colors[x]

    def words(self, time: float) -> tuple[str, Color]:
        """See :class:`Lane`."""
        here = self._kinds.at(time)
        if not here:
            return "", MUTED
        color = self._colors[here[0].words]
        return here[0].words, color if sum(color) > sum(MUTED) / 2 else MUTED


class VoiceLane:
    """Pitch from the usual of who speaks, an octave up and down, and raised and lowered voices.

    Args:
        pitch: (n,) semitones, :data:`WAVEFORM_RATE` a second, NaN where there is none.
        utterances: with what is said of each voice; sure where it is sure whose it is.
    """

    name, units = "Voice", 30.0

    def __init__(self, pitch: Values, utterances: Sequence[Stretch]) -> None:
        self._pitch, self._utterances = pitch, Stretches(utterances)
        self._sure = np.zeros(len(pitch), np.bool_)
        for one in utterances:
            rows = slice(*(round(time * WAVEFORM_RATE) for time in (one.start, one.end)))
            self._sure[rows] |= one.sure

    def draw(self, area: ImageArray, piece: Piece) -> None:
        """See :class:`Lane`."""
        height = len(area)
        middle, reach = height // 2, height / 2 - piece.px(_GAP)
        tint(area[middle : middle + 1], TEXT, 0.25)
        for one in self._utterances.between(piece.start, piece.end):
            columns = slice(max(piece.x(one.start), 0), max(piece.x(one.end), 0))
            if one.way:
                half = area[:middle, columns] if one.way > 0 else area[middle:, columns]
                tint(half, ACCENT, 0.3 if one.sure else 0.12)
        thick = piece.px(2)
        for x, rows in enumerate(rows_of(piece, len(self._pitch))):
            heard = self._pitch[rows]
            heard = heard[np.isfinite(heard)]
            if not len(heard):
                continue
            away = float(np.clip(heard.mean() / _OCTAVE, -1, 1)) * reach
            top = round(height / 2 - away - thick / 2)
            strength = 0.95 if self._sure[rows].any() else 0.4
            tint(area[top : top + thick, x : x + 1], TEXT, strength)

    def words(self, time: float) -> tuple[str, Color]:
        """See :class:`Lane`."""
        here = self._utterances.at(time)
        return (here[0].words, TEXT if here[0].sure else MUTED) if here else ("", MUTED)


class BoxLane:
    """A box for each stretch, with its words where there is room.

    Args:
        name, units: see :class:`Lane`.
        stretches: the boxes.
        repeated: say the words again and again in a long box, so that they stay in view.
        readout: what is said of the moment, where it is more than the words of a box.
        changes: seconds that are marked with a line.
    """

    def __init__(
        self,
        name: str,
        units: float,
        stretches: Sequence[Stretch],
        *,
        repeated: bool = True,
        readout: Sequence[Stretch] = (),
        changes: Sequence[float] = (),
    ) -> None:
        self.name, self.units = name, units
        self._boxes, self._repeated = Stretches(stretches), repeated
        self._readout, self.changes = Stretches(readout), changes

    def draw(self, area: ImageArray, piece: Piece) -> None:
        """See :class:`Lane`."""
        gap = piece.px(_GAP)
        inner = area[gap : len(area) - gap]
        # words of a box may begin before the piece
        boxes = self._boxes.between(piece.start, piece.end)
        starts = [piece.x(one.start) for one in boxes[1:]]
        for one, following in zip(boxes, [*starts, np.inf], strict=False):
            left, right = piece.x(one.start), max(piece.x(one.end) - 1, piece.x(one.start) + 1)
            tint(inner[:, max(left, 0) : max(right, 0)], ACCENT, 0.3 if one.sure else 0.12)
            step = right - left
            if self._repeated:
                step = min(step, round(_REPEATED * piece.per_second))
            for at in range(left, right - piece.px(_NARROWEST) + 1, max(step, 1)):
                room = min(step, right - at, following - at) - piece.px(4)
                write(area, one.words, at + piece.px(3), room, piece, TEXT if one.sure else MUTED)
        for time in self.changes:
            if piece.start <= time < piece.end:
                x = max(piece.x(time), 0)
                fill(area[:, x : x + piece.px(2)], CHANGE)

    def words(self, time: float) -> tuple[str, Color]:
        """See :class:`Lane`."""
        here = self._readout.at(time)
        return (here[0].words, TEXT if here[0].sure else MUTED) if here else ("", MUTED)


class MarkLane:
    """A bar for each of few stretches, and below it words that may be longer than the bar."""

    units = 28.0

    def __init__(self, name: str, stretches: Sequence[Stretch]) -> None:
        self.name, self._marks = name, Stretches(stretches)
        nexts = [one.start for one in sorted(stretches)[1:]]
        self._until = dict(zip(sorted(stretches), [*nexts, np.inf], strict=True))

    def draw(self, area: ImageArray, piece: Piece) -> None:
        """See :class:`Lane`."""
        top, thick = piece.px(_GAP), piece.px(5)
        # the words of one may reach into a piece in which it is over
        for one in self._marks.between(piece.start - _REACH, piece.end):
            left, right = piece.x(one.start), piece.x(one.end)
            bar = area[top : top + thick, max(left, 0) : max(right, 0)]
            tint(bar, ACCENT, 0.75 if one.sure else 0.3)
            until = self._until[one]
            room = 10_000 if until == np.inf else piece.x(until) - left - piece.px(6)
            below = area[top + thick :]
            write(below, one.words, left, room, piece, TEXT if one.sure else MUTED)

    def words(self, time: float) -> tuple[str, Color]:
        """Whether they part; how stands in the lane."""
        return ("now", ACCENT) if self._marks.at(time) else ("", MUTED)
