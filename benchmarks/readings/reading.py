"""What the benchmarks of readings share: a model, and its readings of upright faces."""

from __future__ import annotations

import numpy as np

from emotion_core.cli.reading import turned_upright
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.settings import load_settings
from emotion_core.training.classifier.evaluation import read_faces
from emotion_core.training.common.data import FaceSet
from emotion_core.types import FloatArray


def load_model(name: str | None) -> EmotionClassifier:
    """A model by name or folder, on the CPU; the default one if there is no name. Says which."""
    settings = load_settings()
    chosen = name or settings.model
    print(f"Read with {chosen}.")
    return EmotionClassifier.load(chosen, settings.models_dir, "cpu")


def read_upright(classifier: EmotionClassifier, faces: FaceSet) -> tuple[FaceSet, FloatArray]:
    """The faces turned upright, and the (n, 7) readings of them."""
    upright = turned_upright(faces, classifier.preprocessing.size, True)
    return upright, np.concatenate(list(read_faces(classifier, upright)))
