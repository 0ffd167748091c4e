"""A face followed from one picture to the next by what has moved in its box."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotion_core.faces.boxes import iou
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.faces.tracking.flow import FlowPicture, Movement, follow
from emotion_core.media.decode import read_frames
from emotion_core.types import ImageArray
from tests.conftest import place

# the face of the portrait where it is put by _picture
FACE = np.array([232, 106, 337, 246], np.float32)


def _picture(portrait: ImageArray) -> ImageArray:
    return place(portrait, (640, 480), 60, 40, 512)


def _moved(picture: ImageArray, scale: float, shift: tuple[float, float]) -> ImageArray:
    height, width = picture.shape[:2]
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.uint8)


def _follow(before: ImageArray, after: ImageArray) -> Movement | None:
    return follow(FlowPicture.of(before), FlowPicture.of(after), FACE)


@pytest.mark.parametrize(
    ("scale", "shift"),
    [
        (1.0, (0.0, 0.0)),
        (1.0, (9.0, -6.0)),
        (1.0, (-1.5, 0.5)),
        (1.06, (-14.0, -8.0)),
        (0.95, (10.0, 14.0)),
    ],
)
def test_a_face_that_moves_and_comes_nearer_is_followed_within_a_pixel_or_two(
    portrait: ImageArray, scale: float, shift: tuple[float, float]
) -> None:
    picture = _picture(portrait)
    movement = _follow(picture, _moved(picture, scale, shift))
    assert movement is not None
    expected = FACE * scale + np.tile(shift, 2)
    np.testing.assert_allclose(movement.move_box(FACE), expected, atol=2)


def test_landmarks_move_with_the_box() -> None:
    movement = Movement(2.0, (10.0, -5.0))
    landmarks = np.array([[[1, 2], [3, 4]], [[5, 6], [np.nan, np.nan]]], np.float32)
    moved = movement.move(landmarks)
    np.testing.assert_allclose(moved[0], [[12, -1], [16, 3]])
    assert np.isnan(moved[1, 1]).all()


def test_a_part_of_the_face_behind_a_hand_does_not_hold_it_back(portrait: ImageArray) -> None:
    picture = _picture(portrait)
    after = _moved(picture, 1.0, (8.0, 0.0))
    after[190:260, 230:350] = (180, 130, 110)
    movement = _follow(picture, after)
    assert movement is not None
    np.testing.assert_allclose(movement.move_box(FACE), FACE + np.tile((8, 0), 2), atol=2)


@pytest.mark.parametrize("cover", ["a plain hand", "a patterned sleeve"])
def test_a_face_that_is_covered_is_not_found_again(portrait: ImageArray, cover: str) -> None:
    picture = _picture(portrait)
    after = picture.copy()
    hidden = after[90:260, 215:355]
    if cover == "a plain hand":
        hidden[:] = (180, 130, 110)
    else:
        hidden[:] = np.random.default_rng(0).integers(0, 255, hidden.shape, np.uint8)
    assert _follow(picture, after) is None


def test_nothing_is_followed_from_one_view_to_another(portrait: ImageArray) -> None:
    picture = _picture(portrait)
    other = np.ascontiguousarray(np.rot90(portrait[:480], 2))
    assert _follow(picture, place(other, (640, 480), 40, 0, 560)) is None


def test_nothing_is_followed_into_a_picture_of_another_size(portrait: ImageArray) -> None:
    picture = _picture(portrait)
    for size in [(320, 240), (600, 450), (480, 640)]:
        smaller = np.asarray(cv2.resize(picture, size), np.uint8)
        assert _follow(picture, smaller) is None


def test_a_box_outside_of_the_picture_is_not_followed(portrait: ImageArray) -> None:
    picture = FlowPicture.of(_picture(portrait))
    assert follow(picture, picture, (-200, 10, -80, 150)) is None


def test_a_face_that_turns_and_speaks_stays_in_its_box_for_a_second(clips: Path) -> None:
    frames = list(read_frames(clips / "lp_driving_d0.mp4"))[:25]
    detector = MTCNNDetector(min_face=0.15)
    box = detector.detect(frames[0].image).xyxy[0]
    pictures = [FlowPicture.of(frame.image) for frame in frames]
    for before, after in pairwise(pictures):
        movement = follow(before, after, box)
        assert movement is not None
        box = movement.move_box(box)
    found = detector.detect(frames[-1].image).xyxy[:1]
    assert iou(box[None], found)[0, 0] > 0.8
