"""What is heard, below the picture: the line that is said, lanes of the sound, and a note.

The lanes run to the left under a playhead that stands still, as the strip of the face above them
does, so that face, voice, line and music are read off one upright line. A whole short clip at once
would show more, but then words in a lane are as short as the clip is long, and the same second
would look another way in each clip.
"""

from __future__ import annotations

from dataclasses import dataclass

from emotion_core.media.drawing import BACKGROUND, MUTED, TEXT, UNPLAYED, draw_text, fill, text_size
from emotion_core.media.fonts import wrap
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.wording.delivery import ESTIMATES, SOUND_CAVEAT
from emotion_core.render.video.heard.choosing import lanes_of, said_of
from emotion_core.render.video.heard.lanes import BoxLane, Lane, VoiceLane
from emotion_core.render.video.heard.piece import Piece
from emotion_core.render.video.heard.said import BAND, SaidLine
from emotion_core.render.video.heard.tape import Tape
from emotion_core.types import ImageArray

FAINT = "Faint: only likely. Empty: nothing, or it cannot be told."
CHANGES = "Blue lines: the music changes."
PITCH = "Voice: pitch from what is usual for the speaker, an octave up and down."
# Seconds in view, and the units of a sheet from which on it is wide.
_SECONDS, _SECONDS_NARROW, _WIDE = 12.0, 8.0, 480
_PAST = 0.6  # share of the lanes to the left of the playhead
# Units: the names of the lanes, what is said of the moment, and the edge of the sheet.
_NAMES, _READOUT, _MARGIN = 70, 94, 12


@dataclass(frozen=True, slots=True)
class StripPlace:
    """Where the strip of the face stands, so that it meets the playhead.

    Attributes:
        left: px from the left edge of the sheet.
        width: px.
        seconds: that the width stands for.
    """

    left: int
    width: int
    seconds: float


class HeardPanel:
    """Draws what is heard into the sheet of the annotated video.

    Args:
        sound: of the scene.
        lanes: of it, at least one.
        width: of the sheet in px.
        unit: height of a text's sixteenth in px.
        duration: of the clip in s.

    Attributes:
        above: px that the line takes above the strip of the face; 0 where no line is known.
        below: px that the lanes take below it.
        strip: where it stands.
    """

    def __init__(
        self, sound: SceneSound, lanes: list[Lane], width: int, unit: float, duration: float
    ) -> None:
        self._unit, self._lanes, self._duration = unit, lanes, duration
        names, readout, margin = (self._px(one) for one in (_NAMES, _READOUT, _MARGIN))
        self._left, self._margin = margin + names, margin
        self._width = max(width - self._left - readout - margin, 16)
        seconds = _SECONDS if width >= _WIDE * unit else _SECONDS_NARROW
        piece = Piece(0, self._width, self._width / seconds, unit)
        self._piece, self._tape = piece, Tape(lanes, piece, duration)
        past = round(_PAST * self._width)
        self.strip = StripPlace(self._left, past, past / piece.per_second)
        self._note = self._set_note(lanes, width - 2 * margin)
        self._words: list[tuple[str, object] | None] = [None] * len(lanes)
        lines = said_of(sound)
        self._said = SaidLine(lines, width - 2 * margin, unit) if lines else None
        self.above = _even(BAND * unit) if lines else 0
        note = len(self._note) * text_size("x", self._px(9))[1]
        self.below = _even(sum(self._tape.heights) + note + self._px(10))

    def begin(self, sheet: ImageArray, foot: int) -> None:
        """Write what stays: the names of the lanes, and the note.

        Args:
            sheet: of the video.
            foot: the row at which the strip of the face ends.
        """
        draw_text(sheet, "Face", (self._margin, foot - self._px(26)), self._px(10), MUTED)
        top = foot
        for lane, height in zip(self._lanes, self._tape.heights, strict=True):
            self._write(sheet, lane.name, (self._margin, _NAMES - 4), top, height, MUTED)
            top += height
        size = self._px(9)
        line = text_size("x", size)[1]
        for number, text in enumerate(self._note):
            at = (self._margin, top + self._px(5) + number * line)
            draw_text(sheet, text, at, size, MUTED)

    def draw(self, sheet: ImageArray, time: float, strip: int, foot: int) -> None:
        """Draw what is heard at a second.

        Args:
            sheet: of the video.
            time: seconds.
            strip: the row at which the strip of the face begins.
            foot: the row at which what belongs to it ends.
        """
        if self._said is not None:
            top = foot - self._px(38) - self.above
            band = sheet[top : top + self.above, self._margin : sheet.shape[1] - self._margin]
            self._said.draw(band, time)
        right = self._left + self._width
        playhead = self._left + self.strip.width
        row = sheet[strip : strip + self._px(14), self._left : right]
        begin, over = (
            round((second - time) * self._piece.per_second) + self.strip.width
            for second in (0.0, self._duration)
        )
        fill(row[:, self.strip.width :], UNPLAYED)
        for outside in (row[:, : max(begin, 0)], row[:, max(over, self.strip.width) :]):
            if outside.size:
                fill(outside, BACKGROUND)
        end = foot + sum(self._tape.heights)
        first = int(time * self._piece.per_second) - self.strip.width
        self._tape.copy_to(sheet[foot:end, self._left : right], first)
        thick = self._px(1.5)
        fill(sheet[strip : end - 1, playhead - thick // 2 : playhead - thick // 2 + thick], TEXT)
        self._draw_words(sheet, time, foot)

    def _draw_words(self, sheet: ImageArray, time: float, top: int) -> None:
        """What each lane says of the moment; only what has changed is drawn."""
        left = self._left + self._width
        for place, (lane, height) in enumerate(zip(self._lanes, self._tape.heights, strict=True)):
            words = lane.words(time)
            if words != self._words[place]:
                self._words[place] = words
                fill(sheet[top : top + height, left:], BACKGROUND)
                at = (left + self._px(8), _READOUT + _MARGIN - 12)
                self._write(sheet, words[0], at, top, height, words[1])
            top += height

    def _write(
        self,
        sheet: ImageArray,
        text: str,
        column: tuple[int, float],
        top: int,
        height: int,
        color: tuple[int, int, int],
    ) -> None:
        """Words in the middle of a lane, in as many rows as it has room for.

        Args:
            sheet: of the video.
            text: the words.
            column: its left edge in px, and its width in units.
            top, height: of the lane in px.
            color: of the words.
        """
        size = self._px(10)
        line = text_size("x", size)[1]
        room = column[1] * self._unit
        rows = [row for part in text.splitlines() for row in wrap(part, size, room)]
        rows = rows[: max(height // line, 1)]
        start = top + (height - len(rows) * line) // 2
        for number, row in enumerate(rows):
            draw_text(sheet, row, (column[0], start + number * line), size, color)

    def _set_note(self, lanes: list[Lane], width: int) -> list[str]:
        if all(lane.name == "Lines" for lane in lanes):
            return []  # files say them: there is no doubt to explain
        voice = any(isinstance(lane, VoiceLane) for lane in lanes)
        changes = any(isinstance(lane, BoxLane) and lane.changes for lane in lanes)
        text = [FAINT, *[CHANGES] * changes, *([PITCH, SOUND_CAVEAT] if voice else [ESTIMATES])]
        return wrap(" ".join(text), self._px(9), width)

    def _px(self, units: float) -> int:
        return max(round(units * self._unit), 1)


def heard_panel(
    sound: SceneSound | None, width: int, unit: float, duration: float
) -> HeardPanel | None:
    """The panel of what is heard; ``None``, and no room, where nothing is heard or said.

    Args:
        sound: of the scene; ``None`` where it was not read, or is not to be shown.
        width, unit, duration: see :class:`HeardPanel`.
    """
    lanes = [] if sound is None else lanes_of(sound)
    return HeardPanel(sound, lanes, width, unit, duration) if sound and lanes else None


def _even(value: float) -> int:
    return 2 * round(value / 2 + 0.5)
