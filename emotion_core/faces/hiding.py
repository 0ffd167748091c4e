"""Hiding a part of a face, and what the reading becomes without it."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.types import FloatArray, ImageArray

Fill = Literal["mean", "blur"]
# Deviation of the blur as a share of the side: no eye or mouth survives it.
_BLUR = 0.12


def hide_region(image: ImageArray, where: FloatArray, fill: Fill = "mean") -> ImageArray:
    """Cover a part of a face.

    Args:
        image: (S, S, 3) uint8 RGB crop.
        where: (S, S) in [0, 1], 1 where the face is hidden.
        fill: with the mean colour of the crop, or with the crop blurred beyond recognition.
    """
    if fill == "mean":
        cover = np.broadcast_to(image.mean(axis=(0, 1)), image.shape)
    else:
        sigma = _BLUR * image.shape[0]
        cover = cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    weight = where[:, :, None]
    return np.rint(image * (1 - weight) + cover * weight).astype(np.uint8)


def read_without(
    classifier: EmotionClassifier, image: ImageArray, where: FloatArray, fill: Fill = "mean"
) -> dict[str, float]:
    """How a reading changes when a part of the face is hidden.

    Args:
        classifier: what reads.
        image: (S, S, 3) uint8 RGB crop.
        where, fill: as for :func:`hide_region`.

    Returns:
        For each emotion its probability without the part minus that of the whole face, in
        [-1, 1]; they sum to 0.
    """
    images = [image, hide_region(image, where, fill)]
    whole, without = classifier.classify(images).probabilities
    return dict(zip(EMOTIONS, map(float, without - whole), strict=True))
