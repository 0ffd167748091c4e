"""Face sets as tensors, and how they are drawn from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from emotion_core.training.common.batches import FaceTensors, sampling_weights, source_priors
from emotion_core.training.common.data import FaceSet, join_sets
from tests.training.sets import random_faces


def test_a_batch_is_the_pictures_that_were_asked_for() -> None:
    faces = random_faces(7, side=16)
    pictures, targets, *_ = FaceTensors(faces, 16, torch.device("cpu")).__getitems__([5, 2])
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


def test_masks_that_a_set_brings_are_taken() -> None:
    faces = random_faces(2, side=16)
    half = np.zeros((16, 16), np.uint8)
    half[:8] = 255
    pictures = FaceTensors(replace(faces, masks=[half, half]), 16, torch.device("cpu")).pictures
    np.testing.assert_array_equal(pictures[0, ..., 3], half)


def test_how_common_emotions_are_is_counted_in_each_set() -> None:
    even, sad = random_faces(7), random_faces(3)
    sad = replace(sad, targets=np.eye(7, dtype=np.float32)[[5, 5, 0]])
    unlabelled = replace(random_faces(2), targets=np.zeros((2, 7), np.float32))
    priors = source_priors(join_sets([even, sad, unlabelled]), balance=0.0)
    np.testing.assert_allclose(priors[0], 1 / 7, rtol=1e-6)
    np.testing.assert_allclose(priors[1], [1 / 3, 0, 0, 0, 0, 2 / 3, 0], rtol=1e-6)
    np.testing.assert_allclose(priors[2], 1 / 7, rtol=1e-6)
