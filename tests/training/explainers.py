"""A tiny classifier and the smallest explainer, for runs of seconds."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path

import torch

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.explainers import ExplainerCard
from emotion_core.explanation.mask_network import MaskNetwork
from emotion_core.training.explainer.config import ExplainerConfig
from emotion_core.training.explainer.export import export_explainer
from tests.emotions.model_folders import make_vit

TINY = ExplainerConfig(backbone="mobilenet_v3_large", size=32, epochs=1, batch=7, patience=3)
MEAN, STD = (0.6, 0.5, 0.4), (0.26, 0.23, 0.22)


def load_vit(folder: Path, size: int = 32) -> EmotionClassifier:
    """A tiny ViT whose labels stand in another order than the project's."""
    return EmotionClassifier.load(str(make_vit(folder, size=size)), folder, "cpu", exact=True)


def make_network(classifier: EmotionClassifier) -> tuple[MaskNetwork, ExplainerCard]:
    """An untrained explainer and its card: the same weights each time, so that a machine compiles
    them once."""
    torch.manual_seed(0)
    card = ExplainerCard("mobilenet_v3_large", 32, MEAN, STD, classifier.identity, EMOTIONS)
    return deepcopy(_untrained(card.architecture)), card


@cache
def _untrained(architecture: str) -> MaskNetwork:
    return MaskNetwork(architecture, MEAN, STD).eval()


def make_explainer(classifier: EmotionClassifier, folder: Path) -> Path:
    """The folder of an untrained explainer of a classifier."""
    export_explainer(*make_network(classifier), folder)
    return folder
