"""What film does to a face, done to training pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from emotion_core.training.augmentation import FaceAugmentation, replace_black
from emotion_core.types import ImageArray


def _cut_out(side: int = 112) -> tuple[ImageArray, ImageArray]:
    """A grey ellipse on exact black with two black eyes in it, and where the ellipse is."""
    face = np.zeros((side, side), np.uint8)
    cv2.ellipse(face, (side // 2, side // 2), (side // 3, side * 2 // 5), 0, 0, 360, 255, -1)
    image = np.where(face[..., None] > 0, 150, 0).astype(np.uint8).repeat(3, axis=2)
    for x in (44, 68):
        cv2.circle(image, (x, 46), 4, (0, 0, 0), -1)
    return image, face


def test_the_black_behind_a_face_is_replaced_and_the_face_with_its_dark_eyes_is_kept() -> None:
    image, face = _cut_out()
    result = replace_black(image, np.full_like(image, 200))
    inside = cv2.erode(face, np.ones((9, 9), np.uint8)) > 0
    outside = cv2.dilate(face, np.ones((9, 9), np.uint8)) == 0
    np.testing.assert_array_equal(result[inside], image[inside])
    assert (result[outside] == 200).all()


def test_a_picture_that_fills_its_frame_gets_no_other_background() -> None:
    image = np.full((48, 48, 3), 90, np.uint8)
    assert replace_black(image, np.full_like(image, 200)) is image


def test_a_black_picture_is_no_face_and_stays_black() -> None:
    image = np.zeros((48, 48, 3), np.uint8)
    assert not replace_black(image, np.full_like(image, 200)).any()


@pytest.mark.parametrize("side", [24, 48, 112, 200])
def test_a_variant_has_the_size_of_the_input_whatever_the_picture(side: int) -> None:
    augmentation, random = FaceAugmentation(64), np.random.default_rng(0)
    for _ in range(20):
        variant = augmentation(_cut_out(side)[0], random)
        assert (variant.shape, variant.dtype) == ((64, 64, 3), np.uint8)


def test_the_same_chance_gives_the_same_variant() -> None:
    image, augmentation = _cut_out()[0], FaceAugmentation(64)
    first, again = (augmentation(image, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_a_picture_is_never_changed_in_place() -> None:
    image, _ = _cut_out()
    before, random = image.copy(), np.random.default_rng(0)
    for _ in range(30):
        FaceAugmentation(112)(image, random)
    np.testing.assert_array_equal(image, before)


def test_no_strength_leaves_the_picture() -> None:
    image, _ = _cut_out()
    variant = FaceAugmentation(112, strength=0)(image, np.random.default_rng(0))
    np.testing.assert_array_equal(variant, image)
