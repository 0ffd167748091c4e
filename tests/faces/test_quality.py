"""How well a face can be seen: hand-made patterns and hand-placed points."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from emotion_core.emotions.preprocessing import crop_face
from emotion_core.faces.quality import SHARPNESS_SIDE, sharpness, turn
from emotion_core.types import FloatArray, ImageArray

FACE = (140, 30, 300, 230)  # around the face of the portrait
ROWS, COLUMNS = np.indices((SHARPNESS_SIDE, SHARPNESS_SIDE))


def sharpness_in(image: ImageArray, box: npt.ArrayLike) -> float:
    return sharpness(crop_face(image, box, SHARPNESS_SIDE))


def grey(values: object) -> ImageArray:
    return np.repeat(np.asarray(values, np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        # stripes of 0 and 200: the Laplacian is +-400, the values are 100 around their mean
        (COLUMNS % 2 * 200, 16.0),
        # fields of 0 and 200: the Laplacian is +-800
        ((COLUMNS + ROWS) % 2 * 200, 64.0),
        (COLUMNS * 5, 0.0),
    ],
)
def test_sharpness_is_the_laplacian_over_the_contrast(pattern: object, value: float) -> None:
    assert sharpness(grey(pattern)) == pytest.approx(value)


def test_white_noise_has_the_sharpness_of_the_laplacian_itself() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (SHARPNESS_SIDE, SHARPNESS_SIDE))
    # the squares of its weights: 4 * 4 + 4 * 1
    assert sharpness(grey(noise)) == pytest.approx(20, rel=0.15)


def test_a_blank_face_has_no_sharpness() -> None:
    assert np.isnan(sharpness(grey(np.full((60, 60), 7))))


def test_a_dark_face_is_as_sharp_as_a_bright_one_and_a_blurred_one_is_not(
    portrait: ImageArray,
) -> None:
    bright = sharpness_in(portrait, FACE)
    assert sharpness_in(np.asarray(portrait // 5, np.uint8), FACE) == pytest.approx(bright, rel=0.1)
    blurred = np.asarray(cv2.GaussianBlur(portrait, (0, 0), 6), np.uint8)
    assert sharpness_in(blurred, FACE) < 0.1 * bright


def test_sharpness_hardly_depends_on_the_size_of_the_picture(portrait: ImageArray) -> None:
    half = np.asarray(cv2.resize(portrait, (256, 256), interpolation=cv2.INTER_AREA), np.uint8)
    box = np.array(FACE) / 2
    assert sharpness_in(half, box) == pytest.approx(sharpness_in(portrait, FACE), rel=0.3)


def points(nose_x: float) -> FloatArray:
    """A face with its eyes at 10 and 20 px."""
    return np.array([[(10, 10), (20, 10), (nose_x, 16), (11, 22), (19, 22)]], np.float32)


@pytest.mark.parametrize(
    ("nose_x", "value"), [(15, 0), (20, 1), (10, -1), (17.5, 0.5), (25, 2), (7.5, -1.5)]
)
def test_turn_is_where_the_nose_stands_between_the_eyes(nose_x: float, value: float) -> None:
    assert turn(points(nose_x))[0] == pytest.approx(value)


def test_a_head_that_leans_is_not_turned() -> None:
    angle = np.deg2rad(35)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    for nose_x, value in ((15, 0), (19, 0.8)):
        leaning = (points(nose_x) @ rotation.T).astype(np.float32)
        assert turn(leaning)[0] == pytest.approx(value, abs=1e-5)


def test_turn_cannot_be_said_without_landmarks_or_with_both_eyes_in_one_point() -> None:
    unknown = np.full((1, 5, 2), np.nan, np.float32)
    one_eye = points(15)
    one_eye[0, 1] = one_eye[0, 0]
    assert np.isnan(turn(np.concatenate([unknown, one_eye]))).all()
    assert turn(np.zeros((0, 5, 2), np.float32)).shape == (0,)
