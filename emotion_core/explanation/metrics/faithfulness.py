"""Whether a mask marks what the reading of this very face rests on, against masks at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS, percent
from emotion_core.explanation.methods.baselines import RandomBlobs
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.explanation.metrics.perturbation import (
    area_under,
    deletion_curves,
    insertion_curves,
)
from emotion_core.progress import Progress, Task
from emotion_core.types import FloatArray, ImageArray

# By chance alone, a mask beats all of so many in one test of twenty.
SEEDS = 19
# Areas that differ by less are the same: a face that is read alike when blurred says nothing.
_LEAST_SPREAD = 0.02


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """What becomes of a reading as the face goes and comes in the order of masks.

    The first row of each array is of the mask, the others are of random blobs.

    Attributes:
        emotion: whose probability it is.
        deletion: (1 + n, steps + 1), the face being taken away.
        insertion: (1 + n, steps + 1), a blurred face becoming sharp.
    """

    emotion: str
    deletion: FloatArray
    insertion: FloatArray

    def curves(self) -> pd.DataFrame:
        """One row for each test, mask and step.

        Columns ``test`` (``taken away`` or ``brought back``), ``mask`` (``this mask`` or ``by
        chance``, the mean of the blobs), ``share`` of the face, ``probability``, and ``low`` and
        ``high``, between which all blobs lie.
        """
        parts = []
        for test, curves in (("taken away", self.deletion), ("brought back", self.insertion)):
            shares = np.linspace(0, 1, curves.shape[1])
            for mask, own in (("this mask", curves[:1]), ("random masks", curves[1:])):
                spread = {"low": own.min(axis=0), "high": own.max(axis=0)}
                columns = {"test": test, "mask": mask, "share": shares}
                parts.append(pd.DataFrame(columns | {"probability": own.mean(axis=0)} | spread))
        return pd.concat(parts, ignore_index=True)

    def beaten(self) -> tuple[int, int]:
        """How many random masks this one beats, when taken away and when brought back."""
        deleted, inserted = area_under(self.deletion), area_under(self.insertion)
        return int((deleted[0] < deleted[1:]).sum()), int((inserted[0] > inserted[1:]).sum())

    def sentences(self) -> list[str]:
        """What was found, in words."""
        own, chance = _half_after(self.deletion[0]), _half_after(self.deletion[1:].mean(axis=0))
        sentences = [
            f"If the pixels that the mask marks are hidden first, {self.emotion} "
            f"{_describe_half(own)}; with random masks it {_describe_half(chance)}."
        ]
        beaten, count = 0, 0
        parts = []
        for curves, wins, verb in zip(
            (self.deletion, self.insertion),
            self.beaten(),
            ("taken away", "brought back"),
            strict=True,
        ):
            if np.ptp(area_under(curves)) < _LEAST_SPREAD:
                sentences.append(f"As the face is {verb}, all masks do equally well.")
                continue
            parts.append(f"{wins} of {len(curves) - 1} random masks as the face is {verb}")
            beaten, count = beaten + wins, count + len(curves) - 1
        if parts:
            sentences.append(f"The mask beats {', and '.join(parts)}.")
        return [*sentences, _verdict(beaten, count)]


def measure_faithfulness(
    classifier: EmotionClassifier,
    crop: ImageArray,
    mask: FloatArray,
    target: int,
    seeds: int = SEEDS,
) -> Task[Faithfulness]:
    """Test a mask on its own face.

    Args:
        classifier: loaded with ``exact=True``.
        crop: (S, S, 3) uint8 RGB.
        mask: (S, S), of the target.
        target: index in EMOTIONS.
        seeds: number of random masks.
    """
    network = ReadingNetwork(classifier)
    blobs = [RandomBlobs(classifier, seed).attribute([crop], [target]) for seed in range(seeds)]
    masks = [mask, *(found.masks[0, target] for found in blobs)]
    rows: list[FloatArray] = []
    for curves in (deletion_curves, insertion_curves):
        for one in masks:
            rows.append(curves(network, [crop], one[None], [target])[0])
            yield Progress(len(rows), 2 * len(masks))
    return Faithfulness(
        EMOTIONS[target], np.stack(rows[: len(masks)]), np.stack(rows[len(masks) :])
    )


def _half_after(curve: FloatArray) -> float | None:
    """Share of the face after which half of the reading is gone; ``None`` for never."""
    below = np.flatnonzero(curve <= curve[0] / 2)
    return float(below[0] / (len(curve) - 1)) if len(below) else None


def _describe_half(share: float | None) -> str:
    if share is None:
        return "never falls to half"
    return f"falls to half after {percent(share)} of the face"


def _verdict(beaten: int, count: int) -> str:
    """Only a mask that beats all others is rare enough by chance to rely on."""
    if beaten == count > 0:
        return "In this face, the mask marks what the reading depends on."
    if beaten > count / 2:
        return "In this face, the result could be chance: take it as a hint."
    return "In this face, the mask is no better than chance: do not rely on it."
