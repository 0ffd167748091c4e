"""What is measured of an attribution method, a part of the faces at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.attribution.sanity import randomise, randomise_explainer, similarity
from benchmarks.attribution.specificity import Specificity, measure_specificity
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.explanation.metrics.perturbation import (
    OneHotCounts,
    count_one_hot,
    deletion_auc,
    insertion_auc,
    mean_area,
    read_masked,
    shape_leakage,
)
from emotion_core.progress import Progress, Task, part
from emotion_core.stats import mean_interval
from emotion_core.training.common.data import FaceSet
from emotion_core.types import FloatArray, ImageArray

Builder = Callable[[EmotionClassifier], AttributionMethod]
# Faces whose masks are held at a time: seven of 112 px for each, 22 MB.
PART = 64
_TIMED = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean, or a ratio of means, with its 95% interval."""

    value: float
    interval: tuple[float, float]

    @classmethod
    def of(cls, values: npt.NDArray[Any]) -> Figure:
        return cls(float(np.mean(values)), mean_interval(values))


@dataclass(frozen=True, slots=True)
class Row:
    """A method.

    Attributes:
        method: its name.
        count: faces.
        figures: by the keys of ``COLUMNS`` in :mod:`benchmarks.attribution.run`; those that are not
            defined for this method are left out.
        specificity: 7 x 7, rows the emotion of the face, columns that of the mask.
        counts: the study's counting of the masked pictures, with the mask and the target of the
            emotion that the ``classifier`` reads, and of the one on the ``labels``.
        milliseconds: for all seven masks of a face.
    """

    method: str
    count: int
    figures: dict[str, Figure]
    specificity: list[list[float]]
    counts: dict[str, OneHotCounts]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class _Part:
    """Some faces, a value for each: ``said`` by whose emotion the mask is of."""

    values: dict[str, npt.NDArray[Any]]
    said: dict[str, npt.NDArray[np.int64]]
    seen: Specificity


def measure_method(
    build: Builder,
    classifier: EmotionClassifier,
    faces: FaceSet,
    randomised: int,
) -> Task[Row]:
    """All figures of one method.

    Args:
        build: makes the method for a classifier.
        classifier: what is explained.
        faces: with the votes.
        randomised: how many of them to try with lost weights.
    """
    method, network = build(classifier), ReadingNetwork(classifier)
    reading = classifier.classify(faces.images).logits.argmax(axis=1)
    targets = {"classifier": reading, "labels": faces.majority()}
    parts: list[_Part] = []
    for start in range(0, len(faces), PART):
        some = slice(start, start + PART)
        chosen = {name: target[some] for name, target in targets.items()}
        measuring = _measure_part(method, network, faces.images[some], chosen)
        shares = (0.95 * min(place / len(faces), 1.0) for place in (start, start + PART))
        parts.append((yield from part(measuring, *shares)))
    figures = {
        key: Figure.of(np.concatenate([one.values[key] for one in parts]))
        for key in parts[0].values
    }
    seen = Specificity(
        *(
            np.concatenate([getattr(one.seen, name) for one in parts])
            for name in ("targets", "unmasked", "masked")
        )
    )
    figures |= {"right": Figure.of(seen.right), "wrong": Figure.of(seen.wrong)}
    figures["ratio"] = Figure(seen.ratio, seen.ratio_interval)
    figures |= _measure_lost(build, classifier, faces.images[:randomised], reading[:randomised])
    counts = {
        name: count_one_hot(np.concatenate([one.said[name] for one in parts]), target)
        for name, target in targets.items()
    }
    milliseconds = time_method(method, faces.images)
    return Row(method.name, len(faces), figures, seen.table.tolist(), counts, milliseconds)


def _measure_part(
    method: AttributionMethod,
    network: ReadingNetwork,
    images: Sequence[ImageArray],
    targets: dict[str, npt.NDArray[np.int64]],
) -> Task[_Part]:
    # a trained explainer looks at more pixels than the classifier, so it gets the pictures whole
    masks = (yield from part(method.task(images), 0.0, 0.5)).masks
    crops = [resize_face(image, network.size) for image in images]
    leading = targets["classifier"]
    own = _of(masks, leading)
    behind = {name: read_masked(network, crops, _of(masks, k)) for name, k in targets.items()}
    kept, inverse = (logits.argmax(axis=1) for logits in behind["classifier"])
    asked = leading.tolist()
    values = {
        "insertion": insertion_auc(network, crops, own, asked),
        "deletion": deletion_auc(network, crops, own, asked),
        "area": mean_area(own),
        "kept": kept == leading,
        "inverse": inverse == leading,
        "drawn": shape_leakage(network, crops, masks),
    }
    yield Progress(0.8)
    labels = targets["labels"].tolist()
    seen = yield from part(measure_specificity(network, crops, masks, labels), 0.8, 1.0)
    said = {name: shown.argmax(axis=1) for name, (shown, _) in behind.items()}
    return _Part(values, said, seen)


def _measure_lost(
    build: Builder,
    classifier: EmotionClassifier,
    images: Sequence[ImageArray],
    reading: npt.NDArray[np.int64],
) -> dict[str, Figure]:
    """How alike masks stay when weights are lost.

    A trained explainer is a network of its own: what the classifier loses does not change it.
    Its own weights are lost instead.
    """
    method = build(classifier)
    before = _of(method.attribute(images).masks, reading)
    figures: dict[str, Figure] = {}
    for which in ("last", "all"):
        lost: AttributionMethod
        if isinstance(method, MaskExplainer):
            key, lost = f"own_{which}", randomise_explainer(method, which)
        else:
            key, lost = which, build(randomise(classifier, which))
        after = _of(lost.attribute(images, reading.tolist()).masks, reading)
        figures[key] = Figure.of(similarity(before, after))
    return figures


def time_method(method: AttributionMethod, images: Sequence[ImageArray]) -> float:
    """Median of the milliseconds for all seven masks of a face; slow methods see fewer faces."""
    method.attribute(images[:1])
    taken: list[float] = []
    for image in images[:_TIMED]:
        started = time.perf_counter()
        method.attribute([image])
        taken.append(1000 * (time.perf_counter() - started))
        if sum(taken) > 10_000:
            break
    return float(np.median(taken))


def unmasked_probability(classifier: EmotionClassifier, faces: FaceSet) -> Figure:
    """Of the emotion that most people saw, on the whole face."""
    probabilities = classifier.classify(faces.images).probabilities
    return Figure.of(probabilities[np.arange(len(faces)), faces.majority()])


def _of(masks: FloatArray, emotions: npt.NDArray[np.int64]) -> FloatArray:
    """(n, 7, S, S) masks to the (n, S, S) ones of an emotion each."""
    return np.asarray(masks[np.arange(len(masks)), emotions])
