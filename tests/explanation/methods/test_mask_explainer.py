"""The masks of a trained explainer, and the classifier that they belong to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import ModelError
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.registry import build_method
from emotion_core.progress import Progress, finish
from emotion_core.training.explainer.export import export_explainer
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
def test_every_face_gets_seven_masks_of_the_classifiers_input_size(
    folder: Path, classifier: EmotionClassifier, count: int, side: int
) -> None:
    explainer = MaskExplainer.load(folder, classifier)
    steps: list[Progress] = []
    found = finish(explainer.task([np.zeros((side, side, 3), np.uint8)] * count), steps.append)
    assert (found.masks.shape, found.method) == ((count, 7, 32, 32), "explainer")
    assert not count or steps[-1].share == 1


def test_only_the_emotion_that_was_asked_for_has_a_mask(
    folder: Path, classifier: EmotionClassifier
) -> None:
    explainer = MaskExplainer.load(folder, classifier)
    images = random_faces(2).images
    every, asked = explainer.attribute(images).masks, explainer.attribute(images, [3, 5]).masks
    np.testing.assert_array_equal(asked[[0, 1], [3, 5]], every[[0, 1], [3, 5]])
    assert not asked[0, 5].any() and not asked[1, 3].any()


def test_a_face_gets_the_same_masks_alone_and_among_others(
    folder: Path, classifier: EmotionClassifier
) -> None:
    explainer = MaskExplainer.load(folder, classifier)
    images = random_faces(17).images  # more than one batch
    np.testing.assert_allclose(
        explainer.attribute(images).masks[16:], explainer.attribute(images[16:]).masks, atol=1e-4
    )


def test_a_classifier_that_it_was_not_trained_for_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"was trained for .* and cannot explain"):
        MaskExplainer.load(folder, load_vit(tmp_path, size=48))


def test_it_is_found_among_other_folders(
    folder: Path, classifier: EmotionClassifier, tmp_path: Path
) -> None:
    folders = [tmp_path / "missing", tmp_path, folder]
    assert isinstance(build_method("explainer", classifier, folders), MaskExplainer)
    with pytest.raises(ModelError, match="has no trained explainer"):
        build_method("explainer", classifier, folders[:2])
