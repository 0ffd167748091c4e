"""What the actor sees: picture, reading, target, countdown, and what is in the way."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.media.drawing import BACKGROUND, COLORS, LINE, TEXT, UNPLAYED
from emotion_core.practice.exercises.exercise import Hold
from emotion_core.practice.live.exercise_strip import ExerciseStrip
from emotion_core.practice.live.follower import FacePlace
from emotion_core.practice.live.painter import (
    FOOT_HEIGHT,
    HEIGHT,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    RECORDING,
    STILL_SIDE,
    STRIP_WIDTH,
    WIDTH,
    LivePainter,
    LiveView,
    bar_area,
)
from emotion_core.practice.live.reader import NO_READING, LiveReading
from emotion_core.render.video.widgets import Radar
from emotion_core.types import FloatArray, ImageArray
from tests.conftest import place
from tests.practice.doubles import numbered, shares

FACE = (400.0, 100.0, 560.0, 300.0)
DARK = numbered(30, (PICTURE_WIDTH, PICTURE_HEIGHT))


def _read(
    probabilities: FloatArray, uncertainty: tuple[str, ...] = (), faces: int = 1
) -> LiveReading:
    return LiveReading(0, 0.0, probabilities, probabilities, uncertainty, faces)


def _view(probabilities: FloatArray = NO_READING, **changes: object) -> LiveView:
    box = FacePlace.found(np.array(FACE, np.float32), None)
    view = LiveView(DARK, 1.0, box, _read(probabilities))
    return replace(view, **changes)


def _paint(view: LiveView) -> ImageArray:
    return LivePainter().paint(view)


def _picture(sheet: ImageArray) -> ImageArray:
    return sheet[:PICTURE_HEIGHT, :PICTURE_WIDTH]


def _count(area: ImageArray, color: tuple[int, int, int]) -> int:
    return int((area == color).all(axis=-1).sum())


def _bar(sheet: ImageArray, emotion: str) -> int:
    """Length in px of the bar of an emotion."""
    left, top, width, height = bar_area(emotion)
    row = sheet[top + height // 2, left : left + width]
    return int((row == COLORS[emotion]).all(axis=1).sum())


def _changed(view: LiveView, other: LiveView) -> ImageArray:
    """(H, W) where the sheets of two views differ."""
    return np.asarray((_paint(view) != _paint(other)).any(axis=-1))


def test_the_sheet_shows_the_picture_as_in_a_mirror(portrait: ImageArray) -> None:
    picture = place(portrait, (PICTURE_WIDTH, PICTURE_HEIGHT), 0, 0, 480)
    sheet = _paint(LiveView(picture, 0.0))
    assert sheet.shape == (HEIGHT, WIDTH, 3)
    assert sheet.dtype == np.uint8
    np.testing.assert_array_equal(_picture(sheet), picture[:, ::-1])


@pytest.mark.parametrize(
    ("size", "area"),
    [
        ((1280, 720), (0, 60, 640, 360)),
        ((480, 640), (140, 0, 360, 480)),
        ((160, 120), (0, 0, 640, 480)),
    ],
)
def test_pictures_of_other_shapes_are_shown_whole_in_the_middle(
    size: tuple[int, int], area: tuple[int, int, int, int]
) -> None:
    sheet = _picture(_paint(LiveView(numbered(200, size), 0.0)))
    left, top, width, height = area
    inside = sheet[top : top + height, left : left + width]
    assert (inside == 200).all()
    outside = sheet.astype(int).sum() - inside.astype(int).sum()
    assert outside == (sheet.shape[0] * sheet.shape[1] - width * height) * sum(BACKGROUND)


def test_the_camera_keeps_its_picture() -> None:
    picture = numbered(30, (PICTURE_WIDTH, PICTURE_HEIGHT))
    _paint(_view(shares(sad=0.9), image=picture, prompt="hold sad", countdown=3, recording=1.0))
    assert (picture == 30).all()


@pytest.mark.parametrize("size", [(640, 480), (1280, 960), (320, 240)])
def test_the_box_is_around_the_mirrored_face(size: tuple[int, int]) -> None:
    scale = size[0] / PICTURE_WIDTH
    box = FacePlace.found(np.array(FACE, np.float32) * np.float32(scale), None)
    sheet = _paint(_view(shares(sad=0.9), image=numbered(30, size), place=box))
    rows, columns = np.nonzero((_picture(sheet) == COLORS["sad"]).all(axis=-1))
    left, right = PICTURE_WIDTH - FACE[2], PICTURE_WIDTH - FACE[0]
    assert abs(columns.min() - left) <= 3
    assert abs(columns.max() - right) <= 3
    assert abs(rows.max() - FACE[3]) <= 3


def test_a_face_that_reaches_over_the_edge_is_boxed() -> None:
    over = FacePlace.found(np.array([-80, -40, 900, 700], np.float32), None)
    sheet = _paint(_view(shares(sad=0.9), place=over))
    assert _count(_picture(sheet), COLORS["sad"]) > 0


@pytest.mark.parametrize("share", [0.0, 0.002, 0.37, 1.0])
def test_a_bar_is_as_long_as_its_share(share: float) -> None:
    sheet = _paint(_view(shares(fear=share)))
    width = bar_area("fear")[2]
    assert _bar(sheet, "fear") == pytest.approx(share * width, abs=1.5)
    assert _bar(sheet, "neutral") == pytest.approx((1 - share) * width, abs=1.5)
    assert _bar(sheet, "happy") == 0


def test_the_target_is_marked_at_each_bar_and_on_the_radar() -> None:
    view = _view(shares(sad=0.3))
    asked = replace(view, target=shares(sad=0.8))
    new = _changed(view, asked)
    for emotion, share in zip(EMOTIONS, asked.target, strict=True):
        left, top, width, height = bar_area(emotion)
        columns = np.flatnonzero(new[top + height // 2, left - 5 : left + width + 5]) + left - 5
        assert len(columns) > 0
        assert abs(columns.mean() - left - share * width) <= 2
    assert new[62:262, PICTURE_WIDTH:].sum() > 50


def test_no_target_leaves_no_mark() -> None:
    sheet = _paint(_view(shares(sad=0.3)))
    left, top, width, height = bar_area("happy")
    assert _count(sheet[top : top + height, left : left + width], UNPLAYED) == width * height


def test_the_radar_shows_a_second_reading_as_dots_where_its_corners_are() -> None:
    radar, canvas = Radar(200, 200), np.zeros((240, 260, 3), np.uint8)
    radar.outline(canvas, (30, 20), np.ones(7, np.float32))
    rows, columns = np.nonzero(canvas.any(axis=-1))
    assert abs(rows.min() - 22 - 5) <= 4  # the top of the first axis
    assert abs((columns.min() + columns.max()) / 2 - 130) <= 1
    nearest = cv2.distanceTransform((canvas.max(axis=-1) == 0).astype(np.uint8), cv2.DIST_L2, 5)
    assert nearest[120, 130] > 60  # nothing in the middle


@pytest.mark.parametrize("seconds", [3, 2, 1])
def test_the_countdown_stands_large_in_the_middle(seconds: int) -> None:
    new = _changed(_view(), _view(countdown=seconds))
    rows, columns = np.nonzero(new)
    assert rows.max() - rows.min() > 60
    assert abs((columns.min() + columns.max()) / 2 - PICTURE_WIDTH / 2) < 15
    assert (_changed(_view(countdown=seconds), _view(countdown=seconds + 1))).any()


def test_nothing_is_read_where_no_face_is() -> None:
    sheet = _paint(_view(NO_READING, place=None))
    text = _changed(_view(NO_READING, place=None), _view(NO_READING, place=None, reading=None))
    assert text[:PICTURE_HEIGHT, :PICTURE_WIDTH].any()  # the picture says that no face is in view
    for emotion, color in COLORS.items():
        assert _bar(sheet, emotion) == 0
        assert _count(_picture(sheet), color) == 0
        left, top, _, height = bar_area(emotion)
        figures = sheet[top : top + height, left + bar_area(emotion)[2] :]
        assert _count(figures, BACKGROUND) == figures.shape[0] * figures.shape[1]


def test_no_box_stands_where_a_face_is_not_read_yet() -> None:
    assert not _changed(_view(NO_READING), _view(NO_READING, place=None)).any()
    waiting = _view(reading=None)
    assert (_picture(_paint(waiting)) == DARK[:, ::-1]).all()


def test_an_unsure_reading_has_corners_and_no_colour_of_an_emotion() -> None:
    sheet = _picture(_paint(_view(shares(sad=0.9), reading=_read(shares(sad=0.9), ("tiny",)))))
    assert all(_count(sheet, color) == 0 for color in COLORS.values())
    middle = round(PICTURE_WIDTH - (FACE[0] + FACE[2]) / 2)
    assert _count(sheet[round(FACE[3]) - 3 : round(FACE[3]) + 4, middle : middle + 1], TEXT) == 0
    assert _count(sheet, TEXT) > 100


def test_several_faces_are_reported() -> None:
    one, two = (_view(reading=_read(shares(sad=0.9), faces=faces)) for faces in (1, 2))
    assert _changed(one, two)[PICTURE_HEIGHT - 40 : PICTURE_HEIGHT, :PICTURE_WIDTH].any()


def test_it_shows_that_it_records_and_for_how_long() -> None:
    sheet = _picture(_paint(_view(recording=65.2)))
    assert _count(sheet, RECORDING) > 100
    assert _count(_picture(_paint(_view())), RECORDING) == 0
    assert not _changed(_view(recording=65.2), _view(recording=65.9)).any()
    assert _changed(_view(recording=65.2), _view(recording=66.0)).any()


def test_the_still_stands_in_the_picture_as_it_is(portrait: ImageArray) -> None:
    still = np.asarray(cv2.resize(portrait, (STILL_SIDE, STILL_SIDE)), np.uint8)
    picture = _picture(_paint(_view(still=still)))
    corner = picture[PICTURE_HEIGHT - STILL_SIDE - 10 : PICTURE_HEIGHT - 10, 10 : 10 + STILL_SIDE]
    np.testing.assert_array_equal(corner, still)


@pytest.mark.parametrize("prompt", ["hold sad · 4 s left", "play along " * 30])
def test_what_to_do_stands_over_the_picture(prompt: str) -> None:
    new = _changed(_view(), _view(prompt=prompt))
    assert new[:60, :PICTURE_WIDTH].any()
    assert not new[60:].any()
    assert not new[:, PICTURE_WIDTH:].any()


def test_the_foot_runs_on_with_the_last_readings_in_free_play() -> None:
    painter = LivePainter()
    for time in range(1, 5):
        sheet = painter.paint(_view(shares(sad=1.0), time=float(time)))
    foot = sheet[PICTURE_HEIGHT + FOOT_HEIGHT // 2]
    assert tuple(foot[WIDTH - 20].tolist()) == COLORS["sad"]
    sheet = painter.paint(_view(NO_READING, place=None, time=6.0))
    foot = sheet[PICTURE_HEIGHT + FOOT_HEIGHT // 2]
    assert tuple(foot[WIDTH - 20].tolist()) == LINE


def test_the_foot_shows_the_exercise_while_there_is_one() -> None:
    strip = ExerciseStrip(Hold("angry", 1.0, seconds=10), STRIP_WIDTH)
    foot = _paint(_view(exercise=strip))[PICTURE_HEIGHT:]
    assert _count(foot, COLORS["angry"]) > STRIP_WIDTH * 20


def test_each_sheet_is_a_new_one() -> None:
    painter = LivePainter()
    first = painter.paint(_view(shares(sad=1.0)))
    before = first.copy()
    painter.paint(_view(shares(happy=1.0), time=2.0))
    np.testing.assert_array_equal(first, before)
