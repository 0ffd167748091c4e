"""What the actor sees: the picture as in a mirror, the reading beside it, the exercise below."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from emotion_core.emotions.labels import EMOTIONS, percent
from emotion_core.media.drawing import (
    BACKGROUND,
    COLORS,
    MUTED,
    TEXT,
    UNPLAYED,
    Color,
    color_from_hex,
    draw_box,
    draw_corners,
    draw_text,
    fill,
    text_size,
)
from emotion_core.practice.live.exercise_strip import HEIGHT as STRIP_HEIGHT
from emotion_core.practice.live.exercise_strip import ROWS, ExerciseStrip
from emotion_core.practice.live.follower import FacePlace
from emotion_core.practice.live.reader import NO_READING, LiveReading
from emotion_core.render.video.face_reading import FaceReading
from emotion_core.render.video.widgets import EmotionStrip, Radar
from emotion_core.text import shorten
from emotion_core.types import FloatArray, ImageArray

# Pixels. A camera with another shape is fitted into the area of the picture.
PICTURE_WIDTH, PICTURE_HEIGHT, PANEL_WIDTH, FOOT_HEIGHT = 640, 480, 320, 104
WIDTH, HEIGHT = PICTURE_WIDTH + PANEL_WIDTH, PICTURE_HEIGHT + FOOT_HEIGHT
RECORDING = color_from_hex("#F04438")
STRIP_SECONDS = 12.0
STILL_SIDE = 132
_MARGIN = 14
_STRIP_LEFT = 66
STRIP_WIDTH = WIDTH - _STRIP_LEFT - _MARGIN
_RADAR_TOP, _RADAR_HEIGHT = 62, 200
_BARS_TOP, _BAR_STEP, _BAR_HEIGHT = 270, 25, 15
_BAR_LEFT, _BAR_WIDTH = 84, 180


@dataclass(frozen=True, slots=True)
class LiveView:
    """What is to be seen in one picture.

    Attributes:
        image: (H, W, 3) uint8 RGB, as the camera saw it.
        time: seconds on the camera's clock.
        place: where the face is.
        reading: the newest one; ``None`` before there is one, and if reading has failed.
        target: (7,) what is asked for now; zero-length for nothing.
        prompt: the exercise in a few words; empty without one.
        countdown: seconds until it begins, ``None`` otherwise.
        recording: seconds that were recorded, ``None`` if nothing is.
        still: (S, S, 3) of STILL_SIDE, a face to play after; ``None`` without one.
        exercise: what was played so far; ``None`` in free play.
        speed: pictures and readings a second and the delay, in words.
    """

    image: ImageArray
    time: float
    place: FacePlace | None = None
    reading: LiveReading | None = None
    target: FloatArray = field(default_factory=lambda: NO_READING)
    prompt: str = ""
    countdown: int | None = None
    recording: float | None = None
    still: ImageArray | None = None
    exercise: ExerciseStrip | None = None
    speed: str = ""


def bar_area(emotion: str) -> tuple[int, int, int, int]:
    """Left, top, width and height in px of an emotion's bar; its width stands for 100%."""
    top = _BARS_TOP + _BAR_STEP * EMOTIONS.index(emotion)
    return PICTURE_WIDTH + _BAR_LEFT, top, _BAR_WIDTH, _BAR_HEIGHT


class LivePainter:
    """Paints one picture after the other onto sheets of one size."""

    def __init__(self) -> None:
        self._radar = Radar(PANEL_WIDTH, _RADAR_HEIGHT, 12)
        self._strip = EmotionStrip(STRIP_WIDTH, 40, STRIP_SECONDS)
        self._ground = np.full((HEIGHT, WIDTH, 3), BACKGROUND, np.uint8)
        for emotion in EMOTIONS:
            self._draw_bar_ground(emotion)

    def paint(self, view: LiveView) -> ImageArray:
        """The sheet for one picture, (HEIGHT, WIDTH, 3) uint8 RGB, a new array each time."""
        sheet = self._ground.copy()
        picture = sheet[:PICTURE_HEIGHT, :PICTURE_WIDTH]
        scale, left, top = _fit(view.image, picture)
        reading = _face_reading(view)
        if view.place is not None:
            box = view.place.drawn * scale + np.tile((left, top), 2)
            mirrored = (PICTURE_WIDTH - box[2], box[1], PICTURE_WIDTH - box[0], box[3])
            _draw_face(picture, mirrored, reading)
        _draw_still(picture, view.still)
        _draw_notes(picture, view)
        self._draw_panel(sheet, reading, view)
        self._draw_foot(sheet, reading, view)
        return sheet

    def _draw_bar_ground(self, emotion: str) -> None:
        left, top, width, height = bar_area(emotion)
        name_at = (left - 8, top - 2)
        draw_text(self._ground, emotion, name_at, 13, COLORS[emotion], anchor="right")
        fill(self._ground[top : top + height, left : left + width], UNPLAYED)

    def _draw_panel(self, sheet: ImageArray, reading: FaceReading | None, view: LiveView) -> None:
        x = PICTURE_WIDTH + 20
        if reading is None:
            text = "not read yet" if view.reading is None else "no face in view"
            draw_text(sheet, text, (x, 16), 18, MUTED)
        else:
            first, *more = reading.lines
            draw_text(sheet, first, (x, 10), 24, reading.color, bold=True)
            for line in more[:1]:  # why it is unsure has no room here; it stands at the box
                draw_text(sheet, line, (x, 42), 13, MUTED)
        shares = NO_READING if reading is None else reading.probabilities
        at = (PICTURE_WIDTH, _RADAR_TOP)
        self._radar.draw(sheet, at, shares, faded=bool(reading and reading.uncertainty))
        if len(view.target):
            self._radar.outline(sheet, at, view.target)
        for number, emotion in enumerate(EMOTIONS):
            left, top, width, height = bar_area(emotion)
            if len(shares):
                long = round(float(shares[number]) * width)
                fill(sheet[top : top + height, left : left + long], COLORS[emotion])
                draw_text(sheet, percent(float(shares[number])), (left + width + 8, top - 2), 13)
            if len(view.target):
                here = left + round(float(view.target[number]) * width)
                cv2.line(sheet, (here, top - 3), (here, top + height + 2), TEXT, 2)
        draw_text(sheet, view.speed, (x, PICTURE_HEIGHT - 26), 11, MUTED)

    def _draw_foot(self, sheet: ImageArray, reading: FaceReading | None, view: LiveView) -> None:
        top = PICTURE_HEIGHT + (FOOT_HEIGHT - STRIP_HEIGHT) // 2
        shares = NO_READING if reading is None else reading.probabilities
        self._strip.push(view.time, shares, None, faded=bool(reading and reading.uncertainty))
        if view.exercise is not None:
            view.exercise.draw(sheet, (_STRIP_LEFT, top))
            for word, row in ROWS.items():
                at = (_STRIP_LEFT - 10, top + row + 4)
                draw_text(sheet, word, at, 12, MUTED, anchor="right")
            return
        middle = PICTURE_HEIGHT + (FOOT_HEIGHT - 40) // 2
        sheet[middle : middle + 40, _STRIP_LEFT : _STRIP_LEFT + STRIP_WIDTH] = self._strip.image
        draw_text(sheet, "you", (_STRIP_LEFT - 10, middle + 12), 12, MUTED, anchor="right")
        text = f"the last {STRIP_SECONDS:.0f} seconds"
        draw_text(sheet, text, (WIDTH - _MARGIN, middle + 42), 11, MUTED, anchor="right")


def _face_reading(view: LiveView) -> FaceReading | None:
    """The reading as it is shown everywhere; ``None`` while no face is in view."""
    reading = view.reading
    if reading is None or not len(reading.probabilities):
        return None
    return FaceReading(0, "you", (0, 0, 0, 0), True, reading.probabilities, 0, reading.uncertainty)


def _fit(image: ImageArray, picture: ImageArray) -> tuple[float, int, int]:
    """Put an image into the area as in a mirror, whole and in the middle.

    Returns:
        Its scale, and the left and top edge before it was mirrored.
    """
    height, width = image.shape[:2]
    scale = min(PICTURE_WIDTH / width, PICTURE_HEIGHT / height)
    size = (round(width * scale), round(height * scale))
    if size != (width, height):
        kind = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
        image = np.asarray(cv2.resize(image, size, interpolation=kind), np.uint8)
    left, top = (PICTURE_WIDTH - size[0]) // 2, (PICTURE_HEIGHT - size[1]) // 2
    picture[top : top + size[1], left : left + size[0]] = cv2.flip(image, 1)
    return scale, left, top


def _draw_face(
    picture: ImageArray, box: tuple[float, float, float, float], reading: FaceReading | None
) -> None:
    if reading is None:
        return
    if reading.uncertainty:
        draw_corners(picture, box, reading.color, 2, guessed=False)
    else:
        draw_box(picture, box, reading.color, 2, guessed=False)
    ground, ink = (BACKGROUND, TEXT) if reading.uncertainty else (reading.color, BACKGROUND)
    width, height = text_size(reading.words, 14, True)
    left = round(min(max(box[0] - 1, 0), PICTURE_WIDTH - width - 10))
    top = round(box[1] - height - 4 if box[1] > height + 40 else box[3])
    top = min(max(top, 0), PICTURE_HEIGHT - height - 4)
    fill(picture[top : top + height + 4, left : left + width + 10], ground)
    draw_text(picture, reading.words, (left + 5, top + 2), 14, ink, bold=True)


def _draw_still(picture: ImageArray, still: ImageArray | None) -> None:
    if still is None:
        return
    top = PICTURE_HEIGHT - STILL_SIDE - 10
    picture[top : top + STILL_SIDE, 10 : 10 + STILL_SIDE] = still
    frame = (8, top - 2, 10 + STILL_SIDE + 1, top + STILL_SIDE + 1)
    cv2.rectangle(picture, frame[:2], frame[2:], TEXT, 1)


def _draw_notes(picture: ImageArray, view: LiveView) -> None:
    """What is to be done, what is recorded, and what is in the way."""
    if view.prompt:
        _draw_note(picture, shorten(view.prompt, 56), 8, 18, TEXT)
    if view.countdown is not None:
        at = (PICTURE_WIDTH / 2, PICTURE_HEIGHT / 2 - 70)
        text = str(view.countdown)
        for x, y in ((-2, 0), (2, 0), (0, -2), (0, 2)):
            draw_text(
                picture, text, (at[0] + x, at[1] + y), 110, BACKGROUND, bold=True, anchor="middle"
            )
        draw_text(picture, text, at, 110, TEXT, bold=True, anchor="middle")
    if view.recording is not None:
        _draw_recording(picture, view.recording)
    if view.reading is not None and not len(view.reading.probabilities):
        _draw_note(picture, "No face in view", PICTURE_HEIGHT - 40, 15, TEXT)
    elif view.reading is not None and view.reading.faces > 1:
        text = f"{view.reading.faces} faces: reading the one in the box"
        _draw_note(picture, text, PICTURE_HEIGHT - 40, 15, TEXT)


def _draw_recording(picture: ImageArray, seconds: float) -> None:
    minutes, rest = divmod(int(seconds), 60)
    band = picture[48:78, PICTURE_WIDTH - 92 : PICTURE_WIDTH - 8]
    np.multiply(band, 0.35, out=band, casting="unsafe")
    cv2.circle(picture, (PICTURE_WIDTH - 76, 63), 7, RECORDING, cv2.FILLED, cv2.LINE_AA)
    at = (PICTURE_WIDTH - 60, 53)
    draw_text(picture, f"{minutes}:{rest:02d}", at, 16, TEXT, bold=True)


def _draw_note(picture: ImageArray, text: str, top: int, size: int, color: Color) -> None:
    """A line in the middle on a dark band, through which the picture is seen."""
    width, height = text_size(text, size, True)
    left = max((PICTURE_WIDTH - width) // 2 - 12, 0)
    band = picture[top : top + height + 10, left : left + width + 24]
    np.multiply(band, 0.35, out=band, casting="unsafe")
    at = (PICTURE_WIDTH / 2, top + 5)
    draw_text(picture, text, at, size, color, bold=True, anchor="middle")
