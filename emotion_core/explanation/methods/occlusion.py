"""Occlusion."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from captum.attr import Occlusion as CaptumOcclusion
from torch import Tensor

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.methods.interface import (
    Report,
    asked_classes,
    no_report,
    to_attribution,
)
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.types import Attribution, ImageArray


class Occlusion:
    """Occlusion (Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks").

    A square of the mean colour slides over the face; a pixel gets the mean loss of the class's
    probability over the squares that cover it. A gain, where the square hid what spoke against
    the emotion, counts as 0. All seven classes are seen in the same pass.

    Args:
        classifier: what is explained.
        window: side of the square, as a share of the picture's.
        stride: step of the square, as a share of the picture's side.
    """

    name = "occlusion"

    def __init__(
        self, classifier: EmotionClassifier, window: float = 0.2, stride: float = 0.1
    ) -> None:
        self._network = ReadingNetwork(classifier)
        self._window = max(round(window * self._network.size), 1)
        self._stride = min(max(round(stride * self._network.size), 1), self._window)

    def attribute(
        self,
        images: Sequence[ImageArray],
        targets: Sequence[int] | None = None,
        report: Report = no_report,
    ) -> Attribution:
        """See :class:`~emotion_core.explanation.methods.interface.AttributionMethod`."""
        size, device = self._network.size, self._network.device
        asked_classes(targets, len(images))  # before the work
        maps = torch.zeros(len(images), len(EMOTIONS), size, size, device=device)
        places = -(-(size - self._window) // self._stride) + 1
        forwards = len(images) * (places**2 + 1)
        read = 0

        def forward(batch: Tensor) -> Tensor:
            nonlocal read
            found = self._network.probabilities(batch)
            read += len(batch)
            report(min(read / forwards, 1.0))
            return found

        captum = CaptumOcclusion(forward)
        for index, image in enumerate(images):
            found = captum.attribute(
                self._network.to_batch([image]),
                sliding_window_shapes=(3, self._window, self._window),
                strides=(3, self._stride, self._stride),
                baselines=0.0,
                perturbations_per_eval=BATCH_SIZE,
            )
            # captum gives a map for each output, (7, 3, S, S), the same in all channels
            maps[index] = found.mean(1).relu()
        return to_attribution(maps, targets, self.name)
