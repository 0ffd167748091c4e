"""The figures of readings against votes, and their intervals by the bootstrap."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.measured import EmotionIntervals, FigureIntervals
from emotion_core.stats import bootstrap_interval
from emotion_core.training.classifier.reliability import BINS, number_bins
from emotion_core.types import FloatArray

_CLASSES = len(EMOTIONS)


@dataclass(frozen=True, slots=True)
class Readings:
    """What the figures of n readings are made from.

    Attributes:
        truth: (n,) index of the majority of the votes.
        reading: (n,) index of the most probable emotion.
        confidence: (n,) its probability.
        divergence: (n,) from the votes to the reading, in nats.
    """

    truth: npt.NDArray[np.int64]
    reading: npt.NDArray[np.int64]
    confidence: FloatArray
    divergence: npt.NDArray[np.float64]

    @classmethod
    def of(cls, probabilities: FloatArray, targets: FloatArray) -> Readings:
        """Of (n, 7) probabilities, against (n, 7) distributions of the votes."""
        return cls(
            targets.argmax(axis=1),
            probabilities.argmax(axis=1),
            probabilities.max(axis=1),
            divergences(targets, probabilities),
        )

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """(n,) whether the reading is the majority."""
        return np.equal(self.truth, self.reading)


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one set, without r, or of r sets at once.

    Attributes:
        top1: (r,) share of the readings that are right.
        macro_f1: (r,) mean of the F1 of the emotions that occur.
        ece: (r,) expected calibration error, in [0, 1].
        kl: (r,) mean divergence, in nats.
        macro_recall: (r,) mean of the recall of the emotions that occur.
        precision, recall, f1: (r, 7); 0 where there is nothing to divide by.
    """

    top1: npt.NDArray[np.float64]
    macro_f1: npt.NDArray[np.float64]
    ece: npt.NDArray[np.float64]
    kl: npt.NDArray[np.float64]
    macro_recall: npt.NDArray[np.float64]
    precision: npt.NDArray[np.float64]
    recall: npt.NDArray[np.float64]
    f1: npt.NDArray[np.float64]


def divergences(targets: FloatArray, probabilities: FloatArray) -> npt.NDArray[np.float64]:
    """(n,) sum_k t_k log(t_k / p_k), in nats (Kullback and Leibler 1951).

    Args:
        targets: (n, 7) distributions of the votes.
        probabilities: (n, 7); those below 1e-7 count as that, to stay finite.
    """
    safe = np.clip(probabilities, 1e-7, 1)
    ratio = np.log(np.where(targets > 0, targets, 1) / np.where(targets > 0, safe, 1))
    return np.asarray((targets * ratio).sum(axis=1, dtype=np.float64))


def measure(readings: Readings) -> Figures:
    """The figures of readings, each counted once."""
    once = _figures(np.ones((1, len(readings.truth))), _summands(readings))
    return Figures(*(getattr(once, each.name)[0] for each in fields(Figures)))


def estimate_intervals(readings: Readings) -> FigureIntervals:
    """95% intervals by the percentile bootstrap.

    All figures share the drawings, see :func:`~emotion_core.stats.bootstrap_interval`. The figure
    of a drawing is that of a set; the calibration error of a drawing is larger on average than that
    of the set, since its bins are rougher, so that the interval of a small set lies high.
    """
    summands = _summands(readings)

    def figures(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        drawn = _figures(weights, summands)
        return np.column_stack([getattr(drawn, each.name) for each in fields(Figures)])

    ends = bootstrap_interval(figures, len(readings.truth))
    # in the order of the fields: five figures of all, then three of each emotion
    pairs = list(zip(*ends.tolist(), strict=True))
    top1, macro_f1, ece, kl, macro_recall = pairs[:5]
    per_class = np.reshape(range(5, len(pairs)), (3, _CLASSES)).T
    return FigureIntervals(
        top1=top1,
        macro_f1=macro_f1,
        ece=ece,
        kl=kl,
        per_class={
            emotion: EmotionIntervals(*(pairs[place] for place in places))
            for emotion, places in zip(EMOTIONS, per_class, strict=True)
        },
        macro_recall=macro_recall,
    )


def _summands(readings: Readings) -> npt.NDArray[np.float64]:
    """What each reading adds to the sums that the figures follow from, (n, 49 + 15 + 1).

    Its cell of the confusion, right minus confidence in its bin, its divergence.
    """
    rows = np.arange(len(readings.truth))
    cells = np.zeros((len(rows), _CLASSES**2))
    cells[rows, readings.truth * _CLASSES + readings.reading] = 1
    gaps = np.zeros((len(rows), BINS))
    gaps[rows, number_bins(readings.confidence)] = readings.right - readings.confidence
    return np.hstack([cells, gaps, readings.divergence[:, None]])


def _figures(weights: npt.NDArray[np.float64], summands: npt.NDArray[np.float64]) -> Figures:
    """Figures of r weightings of n readings.

    The calibration error, sum over bins of |accuracy - confidence| by the bin's share (Guo et al.
    2017, equation 3), is the sum over bins of |sum of right - confidence|, divided by n.

    Args:
        weights: (r, n) how often each reading counts.
        summands: as :func:`_summands` gives them.
    """
    sums = weights @ summands
    total = weights.sum(axis=1)
    confusion = sums[:, : _CLASSES**2].reshape(-1, _CLASSES, _CLASSES)
    gaps = sums[:, _CLASSES**2 : -1]
    hit = confusion.diagonal(axis1=1, axis2=2)
    said, there = confusion.sum(axis=1), confusion.sum(axis=2)
    f1 = 2 * hit / np.maximum(said + there, 1)  # 2PR / (P + R)
    recall = hit / np.maximum(there, 1)
    occurring = (there > 0).sum(axis=1)
    return Figures(
        top1=hit.sum(axis=1) / total,
        macro_f1=(f1 * (there > 0)).sum(axis=1) / occurring,
        ece=np.minimum(np.abs(gaps).sum(axis=1) / total, 1),
        kl=np.maximum(sums[:, -1] / total, 0),
        macro_recall=recall.sum(axis=1) / occurring,
        precision=hit / np.maximum(said, 1),
        recall=recall,
        f1=f1,
    )
