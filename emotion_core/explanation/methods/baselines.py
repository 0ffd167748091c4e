"""Masks that are baselines, for comparison: what a method must beat."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.maps import asked_classes, to_attribution
from emotion_core.progress import Progress, Task
from emotion_core.types import Attribution, ImageArray

# Deviation of a face's Gaussian, as a share of the side: two deviations reach to the edge.
_SPREAD = 0.25
# Cells of the coarse noise that the random blobs are enlarged from, as in RISE.
_CELLS = 7


class RandomBlobs(AttributionMethod):
    """Smooth random blobs, other ones for each face and class, the same on every run.

    Args:
        classifier: gives the size of the masks only.
        seed: of the blobs.
    """

    name = "random"

    def __init__(self, classifier: EmotionClassifier, seed: int = 0) -> None:
        self._size, self._seed = classifier.preprocessing.size, seed

    def task(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Task[Attribution]:
        """See :class:`~emotion_core.explanation.methods.interface.AttributionMethod`."""
        asked_classes(targets, len(images))
        generator = torch.Generator().manual_seed(self._seed)
        cells = torch.rand(len(images), len(EMOTIONS), _CELLS, _CELLS, generator=generator)
        maps = torch.zeros(len(images), len(EMOTIONS), self._size, self._size)
        if len(images):
            maps = torch.nn.functional.interpolate(cells, (self._size,) * 2, mode="bicubic")
        yield Progress(1)
        return to_attribution(maps, targets, self.name)


class CentredGaussian(AttributionMethod):
    """The same round blob in the middle for each face and class.

    Args:
        classifier: gives the size of the masks only.
    """

    name = "gaussian"

    def __init__(self, classifier: EmotionClassifier) -> None:
        self._size = classifier.preprocessing.size

    def task(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Task[Attribution]:
        """See :class:`~emotion_core.explanation.methods.interface.AttributionMethod`."""
        asked_classes(targets, len(images))
        place = (torch.arange(self._size) + 0.5) / self._size - 0.5
        bell = torch.exp(-(place**2) / (2 * _SPREAD**2))
        maps = torch.outer(bell, bell).expand(len(images), len(EMOTIONS), -1, -1)
        yield Progress(1)
        return to_attribution(maps, targets, self.name)
