"""Occlusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.maps import asked_classes, to_attribution
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.progress import Progress, Task
from emotion_core.types import Attribution, ImageArray


class Occlusion(AttributionMethod):
    """Occlusion (Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks").

    A square of the mean colour slides over the face; a pixel gets the mean loss of the class's
    probability over the squares that cover it. A gain, where the square hid what spoke against
    the emotion, counts as 0. All seven classes are seen in the same pass. Captum has
    the same method, but as one call, which can neither say how far it is nor be stopped.

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

    def task(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Task[Attribution]:
        """See :class:`~emotion_core.explanation.methods.interface.AttributionMethod`."""
        size, device = self._network.size, self._network.device
        asked_classes(targets, len(images))  # before the work
        maps = torch.zeros(len(images), len(EMOTIONS), size, size, device=device)
        batch = self._network.to_batch(images)
        done, total = 0, len(images) * self._places() ** 2
        for index in range(len(images)):
            face = batch[index : index + 1]
            whole = self._network.probabilities(face)
            lost = torch.zeros(len(EMOTIONS), size * size, device=device)
            covered = torch.zeros(size * size, device=device)
            for squares in self._squares():
                flat = squares.flatten(1)
                lost += (whole - self._network.probabilities(face * (1 - squares))).T @ flat
                covered += flat.sum(0)
                done += len(squares)
                yield Progress(done, total)
            maps[index] = (lost / covered).reshape(-1, size, size).relu()
        return to_attribution(maps, targets, self.name)

    def _places(self) -> int:
        """How many squares stand in a row; the last one may be cut off by the edge."""
        return -(-(self._network.size - self._window) // self._stride) + 1

    def _squares(self) -> Iterator[Tensor]:
        """All squares, (m, 1, S, S) at a time: 1 where one lies, else 0."""
        size, starts = self._network.size, range(0, self._places() * self._stride, self._stride)
        places = [(top, left) for top in starts for left in starts]
        for first in range(0, len(places), BATCH_SIZE):
            some = places[first : first + BATCH_SIZE]
            squares = torch.zeros(len(some), 1, size, size, device=self._network.device)
            for square, (top, left) in zip(squares, some, strict=True):
                square[:, top : top + self._window, left : left + self._window] = 1
            yield squares
