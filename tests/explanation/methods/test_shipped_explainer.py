"""The explainers that ship: each is of a shipped classifier, and what they say of a smile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.attribution.run import read_benchmark
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.emotions.registry import hash_weights
from emotion_core.explanation.explainers import find_explainer
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.explanation.metrics.perturbation import read_masked
from emotion_core.settings import load_settings
from emotion_core.types import Attribution, ImageArray

HAPPY = EMOTIONS.index("happy")


@pytest.fixture(scope="module", params=["eme-lite2", "eme-vit"])
def classifier(request: pytest.FixtureRequest) -> EmotionClassifier:
    settings = load_settings()
    return EmotionClassifier.load(request.param, settings.models_dir, "cpu", exact=True)


@pytest.fixture(scope="module")
def folder(classifier: EmotionClassifier) -> Path:
    found = find_explainer(classifier.identity, load_settings().explainer_folders())
    assert found == load_settings().models_dir / "explainers" / classifier.identity.name
    return found


@pytest.fixture(scope="module")
def smile(portrait: ImageArray) -> ImageArray:
    """A square around the face of the portrait, as the app frames it: large enough for a smile."""
    return np.ascontiguousarray(portrait[46:226, 134:314])


@pytest.fixture(scope="module")
def found(classifier: EmotionClassifier, folder: Path, smile: ImageArray) -> Attribution:
    return MaskExplainer.load(folder, classifier).attribute([smile])


def test_a_smile_is_seen_in_the_mouth_and_cheeks_and_nothing_else_is_seen(
    found: Attribution,
) -> None:
    masks = found.masks[0]
    size = masks.shape[1]
    assert 0.05 < masks[HAPPY].mean() < 0.4
    lower = masks[HAPPY][size // 2 :].sum() / masks[HAPPY].sum()
    assert lower > 0.5
    others = [k for k in range(len(EMOTIONS)) if k != HAPPY]
    assert masks[others].mean(axis=(1, 2)).max() < 0.1


def test_what_the_mask_shows_makes_the_reading_and_what_it_hides_does_not(
    classifier: EmotionClassifier, found: Attribution, smile: ImageArray
) -> None:
    network = ReadingNetwork(classifier)
    crop = resize_face(smile, network.size)
    assert classifier.classify([smile]).probabilities[0].argmax() == HAPPY
    shown, left = read_masked(network, [crop], found.masks[:, HAPPY])
    assert shown[0].argmax() == HAPPY
    assert left[0, HAPPY] < 0.5 < shown[0, HAPPY]


def test_its_figures_were_measured_with_these_very_weights(
    classifier: EmotionClassifier, folder: Path
) -> None:
    measured = read_benchmark(folder / "attribution.json")
    assert measured.model == classifier.identity
    assert measured.explainer is not None
    assert measured.explainer.fingerprint == hash_weights(folder)
    assert (measured.split, measured.data) == ("test", "fer2013plus-valtest.zip")


def test_its_card_shows_the_figures_that_were_measured(folder: Path) -> None:
    card = (folder / "README.md").read_text(encoding="utf-8")
    for row in read_benchmark(folder / "attribution.json").rows:
        line = next(line for line in card.splitlines() if row.method in line and " to " in line)
        for key in ("insertion", "deletion", "kept", "inverse", "ratio"):
            assert f"| {row.figures[key].value:.3f} (" in line
