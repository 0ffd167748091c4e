"""A reader without weights: what can fail here is what is written, not what is seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import ModelId
from emotion_core.faces.detection import FaceDetector
from emotion_core.scene import chunks
from emotion_core.scene.analysis import ClipId, SceneAnalysis, analysis_id
from emotion_core.scene.reader import Reader
from emotion_core.settings import Settings
from emotion_core.types import EmotionScores, FaceDetections, ImageArray
from tests.media.clips import make_clip

SIZE = (128, 72)
_MODEL = ModelId("plain", "0123456789ab")


def make_film(path: Path, shots: int = 3, first: int = 0) -> Path:
    """A clip of shots of 15 frames that look different."""

    def picture(index: int) -> ImageArray:
        shot, at = divmod(index, 15)
        noise = np.random.default_rng(first + shot).integers(0, 255, (*SIZE[::-1], 3), np.uint8)
        return np.roll(noise, at, axis=1)

    return make_clip(path, n=15 * shots, size=SIZE, picture=picture)


class PlainReader(Reader):
    """Sees one face in the middle of each picture; what it plays follows from its pixels."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, _MODEL.name, load_classifier=lambda _: Plain())  # type: ignore[arg-type,return-value]
        self.embedder = self.mesh = None  # type: ignore[misc,assignment]
        self.detector = Middle()
        chunks.CHUNK_SECONDS = 0.5

    def find(self, clip: ClipId, *, current: bool = False) -> SceneAnalysis | None:
        return self.store.load(analysis_id(clip, _MODEL, self.parameters))


class Plain:
    """The classifier."""

    identity = _MODEL
    preprocessing = SimpleNamespace(size=16)

    def classify(self, crops: Sequence[ImageArray]) -> EmotionScores:
        means = [np.resize(crop.mean(axis=(0, 2)), 7) / 40 for crop in crops]
        return EmotionScores(np.asarray(means, np.float32).reshape(-1, 7), EMOTIONS)


class Middle(FaceDetector):
    """The detector."""

    def detect(self, image: ImageArray) -> FaceDetections:
        height, width = image.shape[:2]
        box = np.float32([[width * 0.3, height * 0.2, width * 0.7, height * 0.9]])
        marks = np.float32([[0.4, 0.4], [0.6, 0.4], [0.5, 0.6], [0.42, 0.75], [0.58, 0.75]])
        return FaceDetections(box, np.ones(1, np.float32), marks[None] * [width, height])
