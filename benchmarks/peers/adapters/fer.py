"""fer: grey, 64 px, [-1, 1], through its quantised mini-Xception, its default, face by face.

The whole crop is the face, without the 10 px that fer adds to the boxes of its own detector: they
would be flat padding here. Its public method rounds the scores to two places, which makes ties of
near readings, so the step before it is called.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from fer import fer

from benchmarks.peers.adapters.contract import Image, serve


def main() -> None:
    detector = fer.FER()

    def read(images: list[Image]) -> object:
        grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in images]
        faces = np.stack([cv2.resize(image, (64, 64)) for image in grey]).astype(np.float32)
        return detector._classify_emotions((faces / 255 - 0.5) * 2)

    weights = Path(fer.__file__).parent / "data" / "emotion_model_quantized.tflite"
    serve(list(fer.FER._get_labels().values()), read, [weights])
