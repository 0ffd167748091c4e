"""How good a classifier is: accuracy, per emotion, against the votes, and its calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from emotion_core.datasets.votes import count_majority, name_majorities
from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.measured import ConfidenceBin, FigureIntervals
from emotion_core.progress import Progress, Task
from emotion_core.training.classifier.measures import Readings, estimate_intervals, measure
from emotion_core.training.classifier.reliability import bin_readings
from emotion_core.training.common.data import FaceSet
from emotion_core.types import FloatArray

EVERY_PICTURE = (
    "every image with a vote or a label for one of the seven; the truth is the emotion with most "
    "votes, the first one in a tie"
)
CLEAR_MAJORITY = (
    "images with a clear majority by the rule of FER+ (Barsoum et al. 2016): single votes are "
    "dropped, and one emotion has more than half of the remaining votes; without contempt, the "
    "eighth class there"
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a classifier on a set of n pictures, counted in one way.

    Attributes:
        counting: which pictures count, and what is the truth, in words.
        count: n.
        tied: how many of them have several emotions with most votes; the first one is the truth.
        left_out: pictures that do not count, by reason.
        top1: share of pictures whose most probable emotion is the majority of the votes.
        top1_interval: its 95% interval; the same as that in ``intervals``.
        macro_recall: mean of the recall of the emotions that occur.
        macro_f1: mean of the F1 of the emotions that occur.
        ece: expected calibration error with 15 equal bins (Guo et al. 2017).
        kl: mean Kullback-Leibler divergence from the votes to the reading, in nats. In every
            counting, the votes are all those for the seven.
        per_class: precision, recall, F1 and number of pictures of each emotion.
        confusion: (7, 7) counts, rows the majority of the votes, columns the reading.
        intervals: 95% intervals of these figures.
        reliability: confidence and accuracy by bins of the confidence.
        clear_majority: the same by the counting of FER+; ``None`` where not every picture has
            its ten columns of votes, or none has a clear majority.
    """

    counting: str
    count: int
    tied: int
    left_out: dict[str, int]
    top1: float
    top1_interval: tuple[float, float]
    macro_recall: float
    macro_f1: float
    ece: float
    kl: float
    per_class: dict[str, dict[str, float]]
    confusion: list[list[int]]
    intervals: FigureIntervals
    reliability: list[ConfidenceBin]
    clear_majority: Evaluation | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON; without the second counting where there is none."""
        plain = asdict(self)
        if self.clear_majority is None:
            del plain["clear_majority"]
        else:
            plain["clear_majority"] = self.clear_majority.to_dict()
        return plain


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
) -> Task[Evaluation]:
    """Read a set and compare with its votes.

    Args:
        classifier: any that the app loads.
        faces: pictures with soft labels.
        mirrored: also look at the mirrored picture, and average.
    """
    found: list[FloatArray] = []
    done = 0
    for probabilities in read_faces(classifier, faces, mirrored=mirrored):
        found.append(probabilities)
        done += len(probabilities)
        yield Progress(done, len(faces))
    return compare(np.concatenate(found), faces.targets, faces.votes, faces.skipped)


def name_labels(faces: FaceSet) -> str:
    """Whence the truth of a set is, for what was measured."""
    if faces.votes is not None:
        return "votes"
    certain = faces.targets.max(axis=1) == 1
    return "folders" if certain.all() else "votes where there are any, else folders"


def compare(
    probabilities: FloatArray,
    targets: FloatArray,
    votes: FloatArray | None = None,
    left_out: dict[str, int] | None = None,
) -> Evaluation:
    """Figures of readings against votes, counted in both ways.

    Args:
        probabilities: (n, 7).
        targets: (n, 7) distributions of the votes for the seven.
        votes: (n, 10) counts of FER+ for the second counting.
        left_out: pictures that are not among the n, by reason.
    """
    gone = dict(left_out or {})
    clear = None
    if votes is not None:
        majority = count_majority(votes)
        kept = (majority >= 0) & (majority < len(EMOTIONS))
        more = Counter(name_majorities(majority[~kept]))
        if kept.any():
            reasons = dict(Counter(gone) + more)
            clear = _count(CLEAR_MAJORITY, probabilities[kept], targets[kept], reasons)
    return _count(EVERY_PICTURE, probabilities, targets, gone, clear)


def _count(
    counting: str,
    probabilities: FloatArray,
    targets: FloatArray,
    left_out: dict[str, int],
    clear_majority: Evaluation | None = None,
) -> Evaluation:
    readings = Readings.of(probabilities, targets)
    figures, intervals = measure(readings), estimate_intervals(readings)
    confusion = np.zeros((len(EMOTIONS), len(EMOTIONS)), np.int64)
    np.add.at(confusion, (readings.truth, readings.reading), 1)
    most = targets == targets.max(axis=1, keepdims=True)
    return Evaluation(
        counting=counting,
        count=len(targets),
        tied=int((most.sum(axis=1) > 1).sum()),
        left_out=left_out,
        top1=float(figures.top1),
        top1_interval=intervals.top1,
        macro_recall=float(figures.macro_recall),
        macro_f1=float(figures.macro_f1),
        ece=float(figures.ece),
        kl=float(figures.kl),
        per_class={
            emotion: {
                "precision": float(figures.precision[k]),
                "recall": float(figures.recall[k]),
                "f1": float(figures.f1[k]),
                "count": int(confusion[k].sum()),
            }
            for k, emotion in enumerate(EMOTIONS)
        },
        confusion=confusion.tolist(),
        intervals=intervals,
        reliability=bin_readings(readings.confidence, readings.right),
        clear_majority=clear_majority,
    )
