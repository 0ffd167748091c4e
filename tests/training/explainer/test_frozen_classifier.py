"""The classifier that is explained."""

from __future__ import annotations

import copy

import pytest
import torch

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.training.explainer.frozen_classifier import FrozenClassifier
from tests.training.explainers import load_vit
from tests.training.sets import random_faces


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> EmotionClassifier:
    return load_vit(tmp_path_factory.mktemp("vit"))


def _pixels(side: int = 32) -> torch.Tensor:
    faces = torch.from_numpy(random_faces(3, side).images[0])[None]
    return faces.permute(0, 3, 1, 2).float() / 255


def test_it_reads_what_the_app_reads_in_the_order_of_the_project(
    classifier: EmotionClassifier,
) -> None:
    frozen = FrozenClassifier(classifier)
    logits = frozen.read(frozen.normalise(_pixels()))
    expected = torch.from_numpy(classifier.classify(random_faces(3).images[:1]).logits)
    torch.testing.assert_close(logits, expected, atol=1e-5, rtol=1e-4)


def test_a_gradient_flows_to_the_mask_and_to_no_weight(classifier: EmotionClassifier) -> None:
    frozen = FrozenClassifier(classifier)
    mask = torch.full((1, 1, 48, 48), 0.5, requires_grad=True)  # of another size than its own
    frozen.read(mask * frozen.normalise(_pixels(48)))[0, 3].backward()
    assert mask.grad is not None and mask.grad.abs().sum() > 0
    assert all(p.grad is None and not p.requires_grad for p in frozen.network.parameters())


def test_it_is_shared_where_an_explainer_is_copied(classifier: EmotionClassifier) -> None:
    frozen = FrozenClassifier(classifier)
    assert copy.deepcopy(frozen) is frozen
