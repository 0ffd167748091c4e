"""How good a classifier is: accuracy, per emotion, against the votes, and its calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.training.data import FaceSet
from emotion_core.types import FloatArray

_BINS = 15
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a classifier on a set of n pictures.

    Attributes:
        count: n.
        top1: share of pictures whose most probable emotion is the majority of the votes.
        top1_interval: its 95 % interval by the percentile bootstrap (Efron 1979).
        macro_f1: mean of the F1 of the emotions that occur.
        ece: expected calibration error with 15 equal bins (Guo et al. 2017).
        kl: mean Kullback-Leibler divergence from the votes to the reading, in nats.
        per_class: precision, recall, F1 and number of pictures of each emotion.
        confusion: (7, 7) counts, rows the majority of the votes, columns the reading.
    """

    count: int
    top1: float
    top1_interval: tuple[float, float]
    macro_f1: float
    ece: float
    kl: float
    per_class: dict[str, dict[str, float]]
    confusion: list[list[int]]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def read_faces(
    classifier: EmotionClassifier, faces: FaceSet, *, mirrored: bool = False
) -> Iterator[FloatArray]:
    """Probabilities of a set, batch by batch, (b, 7) each.

    Args:
        classifier: what reads.
        faces: the pictures; they are face crops already and are only resized.
        mirrored: average with the reading of the mirrored picture.
    """
    for start in range(0, len(faces), BATCH_SIZE):
        batch = faces.images[start : start + BATCH_SIZE]
        looks = [classifier.classify(batch).probabilities]
        if mirrored:
            flipped = [np.ascontiguousarray(image[:, ::-1]) for image in batch]
            looks.append(classifier.classify(flipped).probabilities)
        yield np.mean(looks, axis=0, dtype=np.float32)


def evaluate_classifier(
    classifier: EmotionClassifier,
    faces: FaceSet,
    *,
    mirrored: bool = False,
    report: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """Read a set and compare with its votes.

    Args:
        classifier: any that the app loads.
        faces: pictures with soft labels.
        mirrored: also look at the mirrored picture, and average.
        report: called with the number of pictures read so far.
    """
    found: list[FloatArray] = []
    done = 0
    for probabilities in read_faces(classifier, faces, mirrored=mirrored):
        found.append(probabilities)
        done += len(probabilities)
        report(done)
    return compare(np.concatenate(found), faces.targets)


def compare(probabilities: FloatArray, targets: FloatArray) -> Evaluation:
    """Figures of readings against votes.

    Args:
        probabilities: (n, 7).
        targets: (n, 7) distributions of the votes.
    """
    truth, reading = targets.argmax(axis=1), probabilities.argmax(axis=1)
    confusion = np.zeros((len(EMOTIONS), len(EMOTIONS)), np.int64)
    np.add.at(confusion, (truth, reading), 1)
    right = truth == reading
    draws = np.random.default_rng(0).integers(0, len(right), (_RESAMPLES, len(right)))
    low, high = np.percentile(right[draws].mean(axis=1), [2.5, 97.5])
    per_class = _per_class(confusion)
    scores = [row["f1"] for row in per_class.values() if row["count"]]
    return Evaluation(
        count=len(truth),
        top1=float(right.mean()),
        top1_interval=(float(low), float(high)),
        macro_f1=float(np.mean(scores)),
        ece=calibration_error(probabilities.max(axis=1), right),
        kl=kl_divergence(targets, probabilities),
        per_class=per_class,
        confusion=confusion.tolist(),
    )


def calibration_error(confidence: FloatArray, right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error: sum over bins of |accuracy - confidence| by bin share.

    Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3, 15 bins.

    Args:
        confidence: (n,) probability of the reading.
        right: (n,) whether the reading was right.
    """
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for number in range(_BINS):
        inside = bins == number
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(error)


def kl_divergence(targets: FloatArray, probabilities: FloatArray) -> float:
    """Mean over n of sum_k t_k log(t_k / p_k), in nats (Kullback and Leibler 1951)."""
    safe = np.clip(probabilities, 1e-7, 1)
    ratio = np.log(np.where(targets > 0, targets, 1) / np.where(targets > 0, safe, 1))
    return float((targets * ratio).sum(axis=1).mean())


def _per_class(confusion: npt.NDArray[np.int64]) -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for k, emotion in enumerate(EMOTIONS):
        hit, said, there = confusion[k, k], confusion[:, k].sum(), confusion[k].sum()
        precision, recall = hit / max(said, 1), hit / max(there, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-12)
        table[emotion] = {
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(f1),
            "count": int(there),
        }
    return table
