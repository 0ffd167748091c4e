"""Scores that should tell wrong readings from right ones; the higher, the more doubtful."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.special import logsumexp, softmax

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import ReadingConditions
from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.quality import SHARPNESS_SIDE, sharpness
from emotion_core.training.common.networks import head_of
from emotion_core.types import FloatArray, ImageArray

NEIGHBOURS = 10
_SHIFT = 0.04  # of the side, to either corner
_BATCH = 64

Values = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Looks:
    """n pictures as the app sees them.

    Attributes:
        crops: n, turned upright.
        sharpness: (n,) as the app measures it.
        visible: (n, 5) of the parts; NaN where no mesh fits.
    """

    crops: Sequence[ImageArray]
    sharpness: Values
    visible: FloatArray

    @classmethod
    def at(cls, mesh: MeshReader, pictures: Sequence[ImageArray], size: int) -> Looks:
        """Look at pictures that a detector's box would fill.

        Args:
            mesh: turns faces upright.
            pictures: of any size.
            size: side of the crops in pixels.
        """
        crops: list[ImageArray] = []
        sharp: list[float] = []
        visible = [np.zeros((0, 5), np.float32)]
        for start in range(0, len(pictures), _BATCH):
            some = pictures[start : start + _BATCH]
            boxes = [np.array([0, 0, *image.shape[1::-1]], np.float32) for image in some]
            seen = [SeenFace(image, box) for image, box in zip(some, boxes, strict=True)]
            upright = turn_upright(mesh, seen)
            visible.append(upright.meshes.visibility)
            for image, square in zip(some, upright.squares, strict=True):
                crops.append(square.cut(image, size))
                sharp.append(sharpness(square.cut_smooth(image, SHARPNESS_SIDE)))
        return cls(crops, np.array(sharp), np.concatenate(visible))

    def marked(self, probabilities: FloatArray) -> Values:
        """(n,) whether the app doubts their readings today; size, turn and speech are no reason."""
        unknown = np.full(len(self.crops), np.nan)
        conditions = (unknown, self.sharpness, unknown, self.visible, unknown, probabilities)
        return np.asarray(ReadingConditions(*conditions).flags().any(axis=1))


@dataclass(frozen=True, slots=True)
class Readings:
    """n pictures, read by one network.

    Attributes:
        logits: (n, 7) as the app has them.
        features: (n, d) of the layer before the last.
        views: (3, n, 7) logits of the mirrored and of two slightly shifted pictures.
    """

    logits: FloatArray
    features: FloatArray
    views: FloatArray

    @property
    def probabilities(self) -> FloatArray:
        """(n, 7)."""
        return np.asarray(softmax(self.logits, axis=-1), np.float32)

    @property
    def lead(self) -> Values:
        """(n,) probability of the leading emotion."""
        return np.asarray(self.probabilities.max(axis=1))

    def calibrated(self, shift: FloatArray, temperature: float) -> Readings:
        """With a shift and a temperature, as ``emotion_core calibrate`` folds them in."""
        both = ((logits + shift) / temperature for logits in (self.logits, self.views))
        logits, views = both
        return Readings(logits, self.features, views)


class FeatureReader:
    """Reads pictures and keeps what the last layer was given."""

    def __init__(self, classifier: EmotionClassifier) -> None:
        self.classifier = classifier
        self._given: list[FloatArray] = []
        head_of(classifier.model).register_forward_pre_hook(self._keep)

    def _keep(self, _layer: object, given: tuple[Any, ...]) -> None:
        self._given.append(given[0].detach().float().cpu().numpy())

    def read(self, crops: Sequence[ImageArray]) -> tuple[FloatArray, FloatArray]:
        """(n, 7) logits and (n, d) features."""
        self._given.clear()
        logits = self.classifier.classify(crops).logits
        return logits, np.concatenate(self._given)

    def read_all(self, crops: Sequence[ImageArray]) -> Readings:
        """With the views."""
        logits, features = self.read(crops)
        ways: tuple[Callable[[ImageArray], ImageArray], ...] = (
            lambda image: np.ascontiguousarray(image[:, ::-1]),
            lambda image: shifted(image, _SHIFT),
            lambda image: shifted(image, -_SHIFT),
        )
        views = [self.classifier.classify([way(image) for image in crops]).logits for way in ways]
        return Readings(logits, features, np.stack(views))


def shifted(image: ImageArray, share: float) -> ImageArray:
    """A picture moved towards a corner by a share of its side, its edges drawn out."""
    side = image.shape[0]
    move = np.array([[1, 0, share * side], [0, 1, share * side]])
    mode = cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(image, move, (side, side), borderMode=mode), np.uint8)


class Density:
    """How far features lie from those of the faces that a network learned from.

    Args:
        features: (m, d) of such faces.
        labels: (m,) their emotions.
    """

    def __init__(self, features: FloatArray, labels: Values) -> None:
        given = features.astype(np.float64)
        self._mean = given.mean(axis=0)
        known = [k for k in range(len(EMOTIONS)) if (labels == k).any()]
        self._means = np.stack([given[labels == k].mean(axis=0) for k in known])
        inside = given - self._means[np.searchsorted(known, labels)]
        self._within, self._whole = (_factor(part) for part in (inside, given - self._mean))
        self._bank = _unit(features)

    def scores(self, features: FloatArray) -> dict[str, Values]:
        """Of (n, d) features, each (n,).

        Mahalanobis distance to the nearest emotion (Lee et al. 2018); that less the distance to all
        faces (Ren et al. 2021); distance to the tenth nearest neighbour in direction (Sun et al.
        2022).
        """
        given = features.astype(np.float64)
        each = np.stack([_squared(given - mean, self._within) for mean in self._means])
        nearest = each.min(axis=0)
        parts = np.array_split(_unit(features), max(len(features) // 256, 1))
        near = [
            np.partition(part @ self._bank.T, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS] for part in parts
        ]
        return {
            "Mahalanobis": np.sqrt(nearest),
            "relative Mahalanobis": nearest - _squared(given - self._mean, self._whole),
            "neighbours": -np.concatenate(near),
        }


def scores(readings: Readings, second: FloatArray, density: Density) -> dict[str, Values]:
    """Every score of n readings, each (n,).

    Args:
        readings: of the network that the app reads with.
        second: (n, 7) logits of another one.
        density: of the first network.
    """
    own, views = readings.probabilities, softmax(readings.views, axis=-1)
    apart = [divergence(own, view) for view in views]
    return {
        "1 - lead": 1 - readings.lead,
        "energy": -logsumexp(readings.logits, axis=1),
        "second model": divergence(own, softmax(second, axis=-1)),
        "mirrored": apart[0],
        "mirrored and shifted": np.mean(apart, axis=0),
        **density.scores(readings.features),
    }


def divergence(one: FloatArray, other: FloatArray) -> Values:
    """Root of the Jensen-Shannon divergence of (n, 7) distributions, a distance."""
    middle = (one + other) / 2
    parts = [(p * np.log((p + 1e-12) / (middle + 1e-12))).sum(axis=1) for p in (one, other)]
    return np.asarray(np.sqrt(np.maximum(np.mean(parts, axis=0), 0)))


def _factor(deviations: Values) -> Any:
    """Of the covariance, shrunk towards a ball by the rule of Ledoit and Wolf (2004)."""
    count, size = deviations.shape
    found = deviations.T @ deviations / count
    ball = np.trace(found) / size
    spread = ((found - ball * np.eye(size)) ** 2).sum()
    noise = (((deviations**2).sum(axis=1) ** 2).mean() - (found**2).sum()) / count
    share = min(max(noise / spread, 1e-3), 1)
    return cho_factor((1 - share) * found + share * ball * np.eye(size))


def _squared(deviations: Values, factor: Any) -> Values:
    return np.asarray((deviations * cho_solve(factor, deviations.T).T).sum(axis=1))


def _unit(features: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(lengths, 1e-9), np.float32)
