"""facemood: RGB, 170 px, [0, 1], the steps of its only function, a loop over the camera.

It hands its network the whole picture of the camera, so a crop takes the picture's place.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image as Pictures

from benchmarks.peers.adapters.contract import Image, serve

LABELS = ("Angry", "Disgust", "Fear", "Happy", "Sad", "Surprise", "Neutral")


def main() -> None:
    found = importlib.util.find_spec("facemood")
    assert found is not None and found.origin is not None
    weights = Path(found.origin).parent / "model__version1.0.0__.h5"
    network = tf.keras.models.load_model(weights, compile=False)

    def read(images: list[Image]) -> object:
        resized = [np.array(Pictures.fromarray(image).resize((170, 170))) for image in images]
        return network.predict(np.stack(resized) / 255.0, verbose=0)

    serve(LABELS, read, [weights])
