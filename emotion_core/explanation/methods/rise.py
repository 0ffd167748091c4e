"""RISE."""

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
from emotion_core.workers import in_order


class RISE(AttributionMethod):
    """RISE (Petsiuk et al. 2018, "RISE: Randomized Input Sampling for Explanation").

    The face is read behind many random soft masks; a pixel gets the mean probability of the
    class over the masks that show it (equation 6). It is divided by how much the masks really
    show of the pixel, where the paper takes the expectation: what is left to chance would
    otherwise be most of the map, the same one for every face and class. The masks are grids of 0
    and 1, enlarged bilinearly and shifted at random, as in section 3.2. All classes and all
    faces are read behind the same masks, which are the same on every run.

    Args:
        classifier: what is explained.
        masks: how many; the paper takes 4,000 for a VGG-16 and 8,000 for a ResNet-50.
        grid: cells along a side.
        shown: probability that a cell is shown.
        seed: of the masks.
    """

    name = "rise"

    def __init__(
        self,
        classifier: EmotionClassifier,
        masks: int = 1000,
        grid: int = 7,
        shown: float = 0.5,
        seed: int = 0,
    ) -> None:
        if masks < 1 or grid < 1 or not 0 < shown < 1:
            raise ValueError(
                "RISE needs at least one mask and one cell, and a share shown in (0, 1), "
                f"but got {masks}, {grid} and {shown}"
            )
        self._network = ReadingNetwork(classifier)
        self._masks, self._grid, self._shown, self._seed = masks, grid, shown, seed

    def task(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Task[Attribution]:
        """See :class:`~emotion_core.explanation.methods.interface.AttributionMethod`."""
        size, device = self._network.size, self._network.device
        asked_classes(targets, len(images))  # before the work
        sums = torch.zeros(len(images), len(EMOTIONS), size * size, device=device)
        shown = torch.zeros(size * size, device=device)
        batch = self._network.to_batch(images)
        done = 0
        # masks outside, faces inside: a part of the masks is made once, and memory stays flat

        def read(masks: Tensor) -> list[Tensor]:
            return [self._network.probabilities(one * masks) for one in batch]

        for masks, readings in in_order(read, self._draw()):
            flat = masks.flatten(1)
            shown += flat.sum(0)
            for index, probabilities in enumerate(readings):
                sums[index] += probabilities.T @ flat
            done += len(masks)
            yield Progress(done, self._masks)
        # a pixel that no mask shows is as good as unseen
        maps = (sums / shown.clamp(min=1e-6)).reshape(*sums.shape[:2], size, size)
        return to_attribution(maps, targets, self.name)

    def _draw(self) -> Iterator[Tensor]:
        """All masks, (m, 1, S, S) in [0, 1] at a time."""
        generator = torch.Generator().manual_seed(self._seed)
        size = self._network.size
        cell = -(-size // self._grid)
        whole = (self._grid + 1) * cell
        for start in range(0, self._masks, BATCH_SIZE):
            count = min(BATCH_SIZE, self._masks - start)
            # one cell more than fits, since the shift moves up to a cell of it out of sight
            cells = torch.rand(count, 1, self._grid + 1, self._grid + 1, generator=generator)
            shifts = torch.randint(0, cell, (count, 2), generator=generator).tolist()
            large = torch.nn.functional.interpolate(
                (cells < self._shown).float(), (whole, whole), mode="bilinear"
            )
            cut = [
                mask[:, y : y + size, x : x + size]
                for mask, (y, x) in zip(large, shifts, strict=True)
            ]
            yield torch.stack(cut).to(self._network.device)
