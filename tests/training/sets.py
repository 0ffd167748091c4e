"""Tiny data sets in the layouts that the training room knows."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.training.classifier.module import ClassifierConfig
from emotion_core.training.common.data import FaceSet

# A run of a second, and what keeps Lightning quiet about it.
TINY = ClassifierConfig(backbone="test_efficientnet", size=32, epochs=1, batch=7)
OPTIONS = {"accelerator": "cpu", "enable_progress_bar": False, "enable_model_summary": False}

VOTES_HEADER = (
    "file,split,fer2013_label,"
    "neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
)


def picture(value: int = 120, side: int = 8) -> bytes:
    """A flat grey picture as PNG."""
    return cv2.imencode(".png", np.full((side, side, 3), value, np.uint8))[1].tobytes()


def write_zip(path: Path, files: Mapping[str, bytes | str]) -> Path:
    """A zip with the given files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def votes_zip(path: Path, votes: Mapping[str, str]) -> Path:
    """A zip in the layout of FER+: a grey picture and a row of ten votes for each name."""
    rows = "".join(f"{name},,,{row}\n" for name, row in votes.items())
    files: dict[str, bytes | str] = {name: picture() for name in votes}
    return write_zip(path, {"votes-test.csv": VOTES_HEADER + rows, **files})


def label_zip(path: Path, per_class: int, labels: tuple[str, ...] = EMOTIONS) -> Path:
    """A zip with one folder a label."""
    names = [f"{label}/{i}.png" for label in labels for i in range(per_class)]
    return write_zip(path, {name: picture() for name in names})


def random_faces(count: int, side: int = 32) -> FaceSet:
    """Noise with one-hot targets, emotion after emotion."""
    random = np.random.default_rng(0)
    images = list(random.integers(0, 256, (count, side, side, 3)).astype(np.uint8))
    targets = np.eye(len(EMOTIONS), dtype=np.float32)[np.arange(count) % len(EMOTIONS)]
    return FaceSet(images, targets, [str(i) for i in range(count)], {})
