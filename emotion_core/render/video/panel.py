"""The sheet of the annotated video: the picture with its faces, and a panel beside or below."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from emotion_core.media.drawing import (
    BACKGROUND,
    MUTED,
    TEXT,
    draw_box,
    draw_corners,
    draw_text,
    fill,
    text_size,
)
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.render.video.face_reading import FaceReading
from emotion_core.render.video.heard.panel import StripPlace, heard_panel
from emotion_core.render.video.widgets import EmotionStrip, Radar
from emotion_core.text import format_time, shorten
from emotion_core.types import ImageArray

SMALLEST_SIDE = 640  # px of the picture's longer side; smaller ones are enlarged to be readable
LARGEST_SIDE = 1280
STRIP_SECONDS = 12.0
MAX_OTHERS = 3
_NO_READING = np.zeros(0, np.float32)
_CAPTION = 18  # units of a caption's line
_TAKEOVER = 1.25  # a face must be this much larger to take the large radar from another

Rect = tuple[int, int, int, int]  # left, top, width, height in px


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on the sheet, all in px; ``unit`` is the height of a text's sixteenth."""

    width: int
    height: int
    unit: float
    picture: Rect
    panel: Rect
    below: bool

    @classmethod
    def for_clip(cls, width: int, height: int, *, captioned: bool = False) -> Layout:
        """Panel beside a wide picture, below an upright one; every size comes out even.

        Args:
            width, height: of the clip as shown, in px.
            captioned: whether there is a line of text below all else.
        """
        longer = max(width, height)
        scale = min(max(longer, SMALLEST_SIDE), LARGEST_SIDE) / longer
        wide, high = _even(width * scale), _even(height * scale)
        if high > 1.1 * wide:
            room = max(wide, _even(0.5 * high))
            unit = room / 360
            panel = (0, high, room, _even(214 * unit))
            picture = ((room - wide) // 2, 0, wide, high)
            size = (room, high + panel[3])
        else:
            room = max(high, _even(0.5625 * wide))
            unit = min(room / 360, 1.3 * wide / 640)
            panel = (wide, 0, _even(264 * unit), room)
            picture = (0, (room - high) // 2, wide, high)
            size = (wide + panel[2], room)
        foot = _even((38 + _CAPTION * captioned) * unit)
        return cls(size[0], size[1] + foot, unit, picture, panel, high > 1.1 * wide)


def _even(value: float) -> int:
    return max(2 * round(value / 2), 2)


class ScenePainter:
    """Paints one frame after the other onto the same sheet.

    Args:
        width, height: of the clip as shown, in px; face boxes are in these pixels.
        several: whether the clip ever has more than one face in view, so that room is kept.
        caption: a sentence at the foot; none if empty.
        sound: what is heard; ``None`` where it was not read, or is not to be shown.
        duration: of the clip in s.
    """

    def __init__(
        self,
        width: int,
        height: int,
        *,
        several: bool,
        caption: str = "",
        sound: SceneSound | None = None,
        duration: float = 0.0,
    ) -> None:
        layout = Layout.for_clip(width, height, captioned=bool(caption))
        self._heard = heard = heard_panel(sound, layout.width, layout.unit, duration)
        if heard is not None:
            layout = replace(layout, height=layout.height + heard.above + heard.below)
        self.layout = layout
        self._scale = layout.picture[2] / width, layout.picture[3] / height
        self._sheet = np.full((layout.height, layout.width, 3), BACKGROUND, np.uint8)
        self._lead: tuple[int, int] | None = None
        unit = layout.unit
        _, _, panel_width, panel_height = layout.panel
        label = self._px(11)
        if layout.below:
            self._column = round(panel_width * (0.56 if several else 0.6))
            self._radar = Radar(self._column, panel_height - self._px(8), label)
            self._radar_top = self._px(6)
            slot = (panel_width - self._column) // MAX_OTHERS
        else:
            self._column = 0
            room = panel_height - round((80 + (92 if several else 0)) * unit)
            self._radar = Radar(panel_width, min(room, panel_width), label)
            self._radar_top = self._px(78) + max(room - panel_width, 0) // 3
            slot = panel_width // MAX_OTHERS
        self._slot = slot
        self._small = Radar(slot, round(min(56 * unit, slot)))
        margin = self._px(12)
        end = layout.height - (self._px(_CAPTION) if caption else 0)
        self._foot = end - (heard.below if heard else 0)
        strip = StripPlace(margin, layout.width - 2 * margin - self._px(62), STRIP_SECONDS)
        if heard is not None:
            strip = heard.strip
            heard.begin(self._sheet, self._foot)
        self._strip_at = (strip.left, self._foot - self._px(26))
        self._strip = EmotionStrip(strip.width, self._px(14), strip.seconds)
        self._draw_foot_caption(caption, margin, end)

    def paint(self, image: ImageArray, faces: list[FaceReading], time: float) -> ImageArray:
        """The sheet for one frame; the array is reused by the next call.

        Args:
            image: the picture in any size, (H, W, 3).
            faces: those in view.
            time: seconds.
        """
        left, top, width, height = self.layout.picture
        if image.shape[:2] != (height, width):
            kind = cv2.INTER_CUBIC if image.shape[1] < width else cv2.INTER_AREA
            image = np.asarray(cv2.resize(image, (width, height), interpolation=kind), np.uint8)
        picture = self._sheet[top : top + height, left : left + width]
        picture[:] = image
        lead = self._choose_lead(faces)
        self._draw_faces(picture, faces, lead)
        self._draw_panel(faces, lead)
        self._draw_foot(lead, time)
        return self._sheet

    def _px(self, units: float) -> int:
        return max(round(units * self.layout.unit), 1)

    def _choose_lead(self, faces: list[FaceReading]) -> FaceReading | None:
        """The largest face; the one before it stays unless it is clearly outgrown."""
        if not faces:
            return None
        largest = max(faces, key=lambda face: face.area)
        for face in faces:
            if (face.track, face.shot) == self._lead and largest.area < _TAKEOVER * face.area:
                largest = face
        self._lead = (largest.track, largest.shot)
        return largest

    def _draw_faces(
        self, picture: ImageArray, faces: list[FaceReading], lead: FaceReading | None
    ) -> None:
        placed: list[Rect] = []
        thickness = self._px(2)
        boxes = []
        for face in sorted(faces, key=lambda face: face is not lead):
            box = tuple(v * self._scale[i % 2] for i, v in enumerate(face.xyxy))
            draw = draw_corners if face.uncertainty else draw_box
            draw(picture, box, face.color, thickness, guessed=not face.seen)
            boxes.append((face, box))
        for face, box in boxes:
            placed.append(self._draw_name(picture, face, box, placed))

    def _draw_name(
        self, picture: ImageArray, face: FaceReading, box: tuple[float, ...], placed: list[Rect]
    ) -> Rect:
        """Write a face's name above its box, or where it covers no other name."""
        text = f"{shorten(face.name, 18)} · {face.words}"
        size, pad = self._px(12), self._px(4)
        width, height = text_size(text, size, True)
        width, height = width + 2 * pad, height + self._px(2)
        x = round(min(max(box[0] - self._px(1), 0), picture.shape[1] - width))
        spots = [box[1] - height, box[3], box[1], box[3] - height, box[1] - 2 * height]
        rects = [(max(x, 0), round(y), width, height) for y in spots]
        fits = [r for r in rects if r[1] >= 0 and r[1] + height <= picture.shape[0]]
        free = [r for r in fits if not any(_overlap(r, other) for other in placed)]
        rect = (free or fits or [(max(x, 0), 0, width, height)])[0]
        left, top = rect[:2]
        ground, ink = (BACKGROUND, TEXT) if face.uncertainty else (face.color, BACKGROUND)
        fill(picture[top : top + height, left : left + width], ground)
        draw_text(picture, text, (left + pad, top + self._px(1)), size, ink, bold=True)
        return rect

    def _draw_panel(self, faces: list[FaceReading], lead: FaceReading | None) -> None:
        layout = self.layout
        x, y, width, height = layout.panel
        fill(self._sheet[y : y + height, x : x + width], BACKGROUND)
        others = sorted((f for f in faces if f is not lead), key=lambda f: -f.area)
        shown = sorted(others[:MAX_OTHERS], key=lambda f: f.track)
        reading = lead.probabilities if lead else _NO_READING
        faded = bool(lead and lead.uncertainty)
        if layout.below:
            self._radar.draw(self._sheet, (x, y + self._radar_top), reading, faded=faded)
            self._draw_words(lead, (x + self._column, y + self._px(22)))
            row = y + self._px(116)
        else:
            self._draw_words(lead, (x + self._px(16), y + self._px(6)))
            self._radar.draw(self._sheet, (x, y + self._radar_top), reading, faded=faded)
            row = y + height - self._px(90)
        for place, face in enumerate(shown):
            at = x + self._column + place * self._slot
            uncertain = bool(face.uncertainty)
            self._small.draw(self._sheet, (at, row), face.probabilities, faded=uncertain)
            self._draw_caption(face, at + self._slot / 2, row + self._px(58))
        if len(others) > MAX_OTHERS:
            more = f"+{len(others) - MAX_OTHERS} more"
            at_right = (x + width - self._px(12), y + self._px(12))
            draw_text(self._sheet, more, at_right, self._px(11), MUTED, anchor="right")

    def _draw_words(self, lead: FaceReading | None, at: tuple[int, int]) -> None:
        """Name, leading emotion and a second one, or why the reading is doubtful."""
        x, y = at
        if lead is None:
            draw_text(self._sheet, "no face in view", (x, y), self._px(13), MUTED)
            return
        draw_text(self._sheet, shorten(lead.name, 20), (x, y), self._px(13), TEXT)
        first, *more = lead.lines
        big = self._px(18 if self.layout.below else 22)
        draw_text(self._sheet, first, (x, y + self._px(17)), big, lead.color, bold=True)
        for number, line in enumerate(more):
            place = (x, y + self._px(44 + 14 * number))
            draw_text(self._sheet, line, place, self._px(12), MUTED)

    def _draw_caption(self, face: FaceReading, middle: float, top: int) -> None:
        size = self._px(10)
        name = shorten(face.name, 10)
        draw_text(self._sheet, name, (middle, top), size, TEXT, anchor="middle")
        words = "unsure" if face.uncertainty else face.leading or "not read"
        line = (middle, top + self._px(13))
        draw_text(self._sheet, words, line, size, face.color, anchor="middle")

    def _draw_foot_caption(self, text: str, margin: int, top: int) -> None:
        """Once for all frames, as large as the width allows."""
        size = self._px(11)
        while size > 6 and text_size(text, size)[0] > self.layout.width - 2 * margin:
            size -= 1
        draw_text(self._sheet, text, (margin, top), size, MUTED)

    def _draw_foot(self, lead: FaceReading | None, time: float) -> None:
        """The strip of the last seconds and the time."""
        reading = lead.probabilities if lead else _NO_READING
        shot, faded = (lead.shot, bool(lead.uncertainty)) if lead else (None, False)
        self._strip.push(time, reading, shot, faded=faded)
        x, y = self._strip_at
        # the name of the strip, where it has one, stays
        left = x if self._heard else 0
        fill(self._sheet[self._foot - self._px(38) : self._foot, left:], BACKGROUND)
        height, width = self._strip.image.shape[:2]
        self._sheet[y : y + height, x : x + width] = self._strip.image
        at = (self.layout.width - self._px(12), y - self._px(1))
        draw_text(self._sheet, format_time(time), at, self._px(13), TEXT, anchor="right")
        if self._heard is not None:
            self._heard.draw(self._sheet, time, y, self._foot)


def _overlap(one: Rect, other: Rect) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )
