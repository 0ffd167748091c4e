"""The newest picture has the face where it is, though the detector looks at an older one."""

from __future__ import annotations

import tracemalloc

import cv2
import numpy as np

from emotion_core.practice.live.follower import FaceFollower, FacePlace
from emotion_core.types import FloatArray, ImageArray
from tests.conftest import place
from tests.practice.doubles import numbered

FACE = np.array([232, 106, 337, 246], np.float32)
STEP = np.array([4, 2, 4, 2], np.float32)


def _picture(portrait: ImageArray, number: int) -> ImageArray:
    """The portrait, moved on by STEP with each number."""
    return place(portrait, (640, 480), 60 + 4 * number, 40 + 2 * number, 512)


def _true(number: int) -> FloatArray:
    return np.asarray(FACE + number * STEP, np.float32)


def _found(box: FloatArray) -> FacePlace:
    return FacePlace.found(box, None)


def test_there_is_no_face_before_one_was_found(portrait: ImageArray) -> None:
    follower = FaceFollower()
    assert follower.advance(0, 0.0, _picture(portrait, 0)) is None


def test_a_face_moves_on_with_its_landmarks_from_picture_to_picture(portrait: ImageArray) -> None:
    follower = FaceFollower()
    follower.advance(0, 0.0, _picture(portrait, 0))
    landmarks = np.tile(FACE[:2] + 30, (5, 1)).astype(np.float32)
    follower.correct(0, FacePlace.found(FACE, landmarks))
    for number in range(1, 6):
        here = follower.advance(number, number / 25, _picture(portrait, number))
    assert here is not None
    np.testing.assert_allclose(here.xyxy, _true(5), atol=1.5)
    np.testing.assert_allclose(here.landmarks, landmarks + 5 * STEP[:2], atol=1.5)


def test_what_has_moved_since_is_added_to_a_late_look_of_the_detector(portrait: ImageArray) -> None:
    follower = FaceFollower()
    follower.advance(0, 0.0, _picture(portrait, 0))
    follower.correct(0, _found(FACE + 25))
    for number in range(1, 9):
        follower.advance(number, number / 25, _picture(portrait, number))
    follower.correct(3, _found(_true(3)))
    here = follower.advance(9, 9 / 25, _picture(portrait, 9))
    assert here is not None
    np.testing.assert_allclose(here.xyxy, _true(9), atol=2)


def test_the_drawn_box_glides_to_where_the_face_was_found_and_arrives(portrait: ImageArray) -> None:
    follower, picture = FaceFollower(), _picture(portrait, 0)
    follower.advance(0, 0.0, picture)
    follower.correct(0, _found(FACE))
    follower.advance(1, 0.04, picture)
    follower.correct(1, _found(FACE + 30))
    lefts = []
    for number in range(2, 30):
        here = follower.advance(number, number * 0.04, picture)
        assert here is not None
        np.testing.assert_allclose(here.xyxy, FACE + 30, atol=0.5)
        lefts.append(float(here.drawn[0]))
    assert FACE[0] < lefts[0] < FACE[0] + 15
    assert np.diff(lefts).min() > -0.1
    assert abs(lefts[-1] - FACE[0] - 30) < 0.5


def test_a_face_that_is_found_first_is_drawn_where_it_is(portrait: ImageArray) -> None:
    follower, picture = FaceFollower(), _picture(portrait, 0)
    follower.advance(0, 0.0, picture)
    follower.correct(0, _found(FACE + 40))
    follower.lose()
    follower.correct(0, _found(FACE))
    here = follower.advance(1, 0.0, picture)
    assert here is not None
    np.testing.assert_allclose(here.drawn, FACE, atol=0.5)


def test_the_box_stays_while_the_face_is_behind_a_hand(portrait: ImageArray) -> None:
    follower = FaceFollower()
    picture = _picture(portrait, 0)
    hidden = picture.copy()
    hidden[90:260, 215:355] = (180, 130, 110)
    follower.advance(0, 0.0, picture)
    follower.correct(0, _found(FACE))
    here = follower.advance(1, 0.04, hidden)
    assert here is not None
    np.testing.assert_array_equal(here.xyxy, FACE)


def test_a_lost_face_is_in_no_picture(portrait: ImageArray) -> None:
    follower, picture = FaceFollower(), _picture(portrait, 0)
    follower.advance(0, 0.0, picture)
    follower.correct(0, _found(FACE))
    follower.lose()
    assert follower.advance(1, 0.04, picture) is None


def test_a_face_is_found_anew_once_the_pictures_have_another_size(portrait: ImageArray) -> None:
    follower, picture = FaceFollower(), _picture(portrait, 0)
    smaller = np.asarray(cv2.resize(picture, (320, 240)), np.uint8)
    follower.advance(0, 0.0, picture)
    follower.correct(0, _found(FACE))
    assert follower.advance(1, 0.04, smaller) is None
    follower.correct(0, _found(FACE))  # a look that was late
    assert follower.advance(2, 0.08, smaller) is None
    follower.correct(2, _found(FACE / 2))
    here = follower.advance(3, 0.12, smaller)
    assert here is not None
    np.testing.assert_allclose(here.xyxy, FACE / 2, atol=0.5)


def test_a_clock_that_jumps_back_does_not_throw_the_drawn_box_away(portrait: ImageArray) -> None:
    follower, picture = FaceFollower(), _picture(portrait, 0)
    follower.advance(0, 100.0, picture)
    follower.correct(0, _found(FACE))
    follower.correct(0, _found(FACE + 30))
    here = follower.advance(1, 3.0, picture)
    assert here is not None
    np.testing.assert_allclose(here.drawn, FACE, atol=0.5)


def test_following_for_long_takes_no_more_memory() -> None:
    follower, picture = FaceFollower(), numbered(60, (32, 24))
    for index in range(500):
        follower.advance(index, index / 25, picture)
    tracemalloc.start()
    try:
        for index in range(500, 5500):
            follower.advance(index, index / 25, picture)
        assert tracemalloc.get_traced_memory()[0] < 200_000
    finally:
        tracemalloc.stop()
