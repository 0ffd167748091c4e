"""facex: grey, through its own resizing to 200 px, face by face."""

from __future__ import annotations

from pathlib import Path

import cv2
from facex import core

from benchmarks.peers.adapters.contract import Image, serve


def main() -> None:
    weights = Path(core.__file__).parent / "assets" / "model_optimized.tflite"
    classifier = core.EmotionClassifier(str(weights))

    def read(images: list[Image]) -> object:
        grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in images]
        return [list(classifier.detect_emotion(face).values()) for face in grey]

    serve(classifier.category, read, [weights])
