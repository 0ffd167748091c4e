"""One way from a face in a picture to the input of a classifier."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoImageProcessor, ViTImageProcessor

from emotion_core.emotions.preprocessing import (
    CROP_SCALE,
    FacePreprocessing,
    crop_face,
    face_square,
    resize_face,
)
from emotion_core.types import ImageArray


def test_the_square_lies_around_the_centre_of_the_box() -> None:
    left, top, side = face_square((10, 20, 50, 80))
    assert side == round(60 * CROP_SCALE)
    assert abs(left + side / 2 - 30) <= 0.5 and abs(top + side / 2 - 50) <= 0.5


def test_a_crop_over_the_edge_is_black_outside_and_the_face_inside() -> None:
    white = np.full((100, 100, 3), 255, np.uint8)
    crop = crop_face(white, (-50, 0, 50, 100), 64)
    assert crop.shape == (64, 64, 3)
    assert (crop[:, :20] == 0).all() and (crop[10:50, 40:] == 255).all()
    assert (crop_face(white, (500, 500, 540, 540), 64) == 0).all()


def test_a_box_without_area_still_gives_a_crop() -> None:
    assert crop_face(np.zeros((9, 9, 3), np.uint8), (4, 4, 4, 4), 32).shape == (32, 32, 3)


def test_shrinking_averages_so_that_nothing_aliases() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.ptp(resize_face(stripes, 16)) <= 1


def test_a_batch_is_what_the_models_own_processor_makes(portrait: ImageArray) -> None:
    processor = ViTImageProcessor(
        size={"height": 96, "width": 96}, image_mean=[0.5, 0.4, 0.3], image_std=[0.2, 0.3, 0.4]
    )
    face = resize_face(portrait, 96)
    ours = FacePreprocessing.from_processor(processor).to_batch([face, face])
    theirs = processor(images=[face, face], return_tensors="pt")["pixel_values"]
    assert ours.shape == (2, 3, 96, 96)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


def test_the_processor_survives_a_folder(tmp_path: Path) -> None:
    ViTImageProcessor(size={"height": 48, "width": 48}).save_pretrained(tmp_path)
    loaded = FacePreprocessing.from_processor(AutoImageProcessor.from_pretrained(tmp_path))
    assert loaded == FacePreprocessing(48, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def test_a_processor_without_a_size_is_refused() -> None:
    class Sizeless:
        size: dict[str, int] = {}  # noqa: RUF012
        image_mean = image_std = (0.5, 0.5, 0.5)

    with pytest.raises(ValueError, match="input size"):
        FacePreprocessing.from_processor(Sizeless())
