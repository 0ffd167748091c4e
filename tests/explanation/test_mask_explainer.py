"""The masks of a trained explainer, and the classifier that they belong to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.models import ModelId
from emotion_core.errors import ModelError
from emotion_core.explanation.mask_explainer import MaskExplainer
from emotion_core.training.explainer_export import export_explainer
from tests.training.explainers import load_vit, make_network
from tests.training.sets import random_faces


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> EmotionClassifier:
    return load_vit(tmp_path_factory.mktemp("vit"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, classifier: EmotionClassifier) -> Path:
    torch.manual_seed(0)
    target = tmp_path_factory.mktemp("explainer")
    export_explainer(*make_network(classifier), target)
    return target


@pytest.mark.parametrize(("count", "side"), [(0, 32), (1, 32), (3, 48)])
def test_every_face_gets_seven_masks_of_its_own_size(
    folder: Path, classifier: EmotionClassifier, count: int, side: int
) -> None:
    explainer = MaskExplainer.load(folder, classifier.identity)
    crops = np.zeros((count, side, side, 3), np.uint8)
    masks = explainer.attribute(crops)
    assert (masks.shape, masks.dtype) == ((count, 7, side, side), np.float32)
    assert not count or (masks.min() >= 0 and masks.max() <= 1)


def test_a_face_gets_the_same_masks_alone_and_among_others(
    folder: Path, classifier: EmotionClassifier
) -> None:
    explainer = MaskExplainer.load(folder, classifier.identity)
    crops = np.stack(random_faces(17).images)  # more than one batch
    np.testing.assert_allclose(
        explainer.attribute(crops)[16:], explainer.attribute(crops[16:]), atol=1e-4
    )


def test_a_classifier_that_it_was_not_trained_for_is_refused(
    folder: Path, classifier: EmotionClassifier
) -> None:
    other = ModelId(classifier.identity.name, "0123456789ab")
    with pytest.raises(ModelError, match=r"was trained for .* and cannot explain"):
        MaskExplainer.load(folder, other)
