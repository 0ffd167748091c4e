"""Whether the mask of an emotion shows this emotion and hides the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.progress import Progress, Task
from emotion_core.stats import ratio_interval
from emotion_core.types import FloatArray, ImageArray

THRESHOLDS = tuple(tenths / 10 for tenths in range(1, 10))


@dataclass(frozen=True, slots=True)
class Specificity:
    """What n faces are read as behind the masks of all emotions.

    As Stalder et al. 2022, "What You See is What You Classify", measure it: a mask is cut at 0.1,
    0.2, ..., 0.9 to black and white, and the probability of the face's own emotion behind it is
    averaged over the cuts.

    Attributes:
        targets: (n,) the emotion of each face, an index in EMOTIONS.
        unmasked: (n,) its probability on the whole face.
        masked: (n, 7) its probability behind the mask of each emotion.
    """

    targets: npt.NDArray[np.int64]
    unmasked: FloatArray
    masked: FloatArray

    @property
    def table(self) -> FloatArray:
        """(7, 7) means; rows the emotion of the face, columns that of the mask; NaN for none."""
        means = np.full((len(EMOTIONS), len(EMOTIONS)), np.nan, np.float32)
        for k in range(len(EMOTIONS)):
            if (self.targets == k).any():
                means[k] = self.masked[self.targets == k].mean(axis=0)
        return means

    @property
    def right(self) -> FloatArray:
        """(n,) probability of the face's emotion behind its own mask."""
        rows = np.arange(len(self.masked))
        return np.asarray(self.masked[rows, self.targets])

    @property
    def wrong(self) -> FloatArray:
        """(n,) the mean over the masks of the six other emotions."""
        return np.asarray((self.masked.sum(axis=1) - self.right) / (len(EMOTIONS) - 1))

    @property
    def ratio(self) -> float:
        """Mean of ``right`` over mean of ``wrong``: 1 for masks that know no emotion."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.divide(self.right.mean(), self.wrong.mean()))

    @property
    def ratio_interval(self) -> tuple[float, float]:
        """The 95% interval of the ratio, faces drawn anew."""
        return ratio_interval(self.right, self.wrong)


def measure_specificity(
    network: ReadingNetwork,
    images: Sequence[ImageArray],
    masks: FloatArray,
    targets: Sequence[int],
) -> Task[Specificity]:
    """Read faces behind the masks of all emotions.

    Args:
        network: what reads.
        images: n crops.
        masks: (n, 7, S, S).
        targets: the emotion of each face, n indices in EMOTIONS.
    """
    expected = (len(images), len(EMOTIONS), network.size, network.size)
    if masks.shape != expected:
        raise ValueError(f"masks must have shape {expected}, but has shape {masks.shape}")
    batch = network.to_batch(images)
    masked = np.zeros((len(images), len(EMOTIONS)), np.float32)
    cuts = torch.tensor(THRESHOLDS, device=network.device)[:, None, None, None]
    for index, target in enumerate(targets):
        shown = torch.from_numpy(masks[index]).to(network.device)
        covers = (shown >= cuts).flatten(0, 1)[:, None]
        found = network.probabilities(covers * batch[index])[:, target]
        masked[index] = found.reshape(len(THRESHOLDS), len(EMOTIONS)).mean(0).cpu().numpy()
        yield Progress(index + 1, len(images))
    whole = network.probabilities(batch).cpu().numpy()
    chosen = np.asarray(targets, np.int64)
    return Specificity(chosen, whole[np.arange(len(whole)), chosen], masked)
