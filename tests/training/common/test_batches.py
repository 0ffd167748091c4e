"""Face sets as tensors, and how they are drawn from."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from emotion_core.training.common.batches import FaceTensors, sampling_weights
from emotion_core.training.common.data import FaceSet
from tests.training.sets import random_faces


def test_a_batch_is_the_pictures_that_were_asked_for() -> None:
    faces = random_faces(7, side=16)
    pictures, targets = FaceTensors(faces, 16, torch.device("cpu")).__getitems__([5, 2])
    np.testing.assert_array_equal(pictures[0, :3].permute(1, 2, 0), faces.images[5])
    assert (pictures[:, 3] == 255).all()
    np.testing.assert_array_equal(targets.argmax(dim=1), [5, 2])


def test_rare_emotions_are_drawn_more_often_and_faces_without_a_label_as_the_mean() -> None:
    targets = np.zeros((6, 7), np.float32)
    targets[:4, 0] = 1
    targets[4, 1] = 1
    faces = FaceSet([np.zeros((8, 8, 3), np.uint8)] * 6, targets, ["a"] * 6, {})
    weights = sampling_weights(faces, balance=1.0)
    assert weights == pytest.approx([0.625] * 4 + [2.5, 1.0])
    assert sampling_weights(faces, balance=0.0) == pytest.approx([1.0] * 6)
