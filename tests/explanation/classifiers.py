"""Tiny classifiers whose readings can be computed by hand, and tiny ones of real architectures."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import ModelId
from tests.emotions.model_folders import make_vit

SIDE = 8
BLACK, GREY, WHITE = 0, 127.5, 255


class PixelModel(nn.Module):
    """Logits are a linear function of the pixels of the red channel, in the given label order."""

    def __init__(self, weights: Tensor, labels: tuple[str, ...] = EMOTIONS) -> None:
        super().__init__()
        self.config = SimpleNamespace(id2label=dict(enumerate(labels)))
        self.classifier = nn.Linear(weights[0].numel(), len(labels), bias=False)
        self.classifier.weight.data = weights.flatten(1)

    def forward(self, pixel_values: Tensor) -> Any:
        return SimpleNamespace(logits=self.classifier(pixel_values[:, 0].flatten(1)))


def wrap(model: nn.Module, side: int = SIDE) -> EmotionClassifier:
    """A classifier whose normalisation maps black to -1, mid-grey to 0 and white to 1."""
    processor = SimpleNamespace(size={"height": side}, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    identity = ModelId("analytic", "0")
    return EmotionClassifier(model, processor, identity, torch.device("cpu"), exact=True)


def quarters(strength: float = 1.0) -> Tensor:
    """(7, 8, 8) weights: emotion k is seen in its own 2 x 4 patch, and nowhere else."""
    weights = torch.zeros(len(EMOTIONS), SIDE, SIDE)
    for k in range(len(EMOTIONS)):
        row, column = divmod(k, 2)
        weights[k, 2 * row : 2 * row + 2, 4 * column : 4 * column + 4] = strength
    return weights


def patch_of(emotion: int) -> np.ndarray[Any, Any]:
    """(8, 8) 1 where :func:`quarters` sees the emotion."""
    return (quarters()[emotion] > 0).numpy().astype(np.float32)


def white(count: int = 1, side: int = SIDE) -> list[np.ndarray[Any, Any]]:
    return [np.full((side, side, 3), WHITE, np.uint8)] * count


def noise(count: int, side: int = 32) -> list[np.ndarray[Any, Any]]:
    return list(np.random.default_rng(1).integers(0, 255, (count, side, side, 3), np.uint8))


def vit(folder: Path) -> EmotionClassifier:
    """A tiny ViT of transformers, labels in another order than the project's."""
    return EmotionClassifier.load(str(make_vit(folder / "vit")), folder, "cpu", exact=True)


def resnet() -> EmotionClassifier:
    """A tiny ResNet of transformers."""
    from transformers import ResNetConfig, ResNetForImageClassification

    torch.manual_seed(0)
    config = ResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 16],
        depths=[1, 1],
        layer_type="basic",
        id2label=dict(enumerate(EMOTIONS)),
        label2id={name: index for index, name in enumerate(EMOTIONS)},
    )
    return wrap(ResNetForImageClassification(config), 32)
