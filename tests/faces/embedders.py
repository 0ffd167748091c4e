"""Embedders with known answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emotion_core.types import FloatArray, ImageArray


class ColorEmbedder:
    """A face is known by its mean colour; notes how many crops it was given at a time."""

    identity = "colours"
    threshold = 0.95

    def __init__(self) -> None:
        self.batches: list[int] = []

    def crop(self, image: ImageArray, xyxy: FloatArray, landmarks: FloatArray) -> ImageArray:
        x1, y1, x2, y2 = np.maximum(xyxy, 0).astype(int)
        return image[y1:y2, x1:x2]

    def embed(self, crops: Sequence[ImageArray]) -> FloatArray:
        self.batches.append(len(crops))
        means = np.array([crop.reshape(-1, 3).mean(axis=0) for crop in crops]).reshape(-1, 3)
        return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
