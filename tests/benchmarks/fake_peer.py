"""A peer for tests: eight emotions, bright pictures are happy, dark ones sad, red ones contempt."""

from __future__ import annotations

import os

import numpy as np

from benchmarks.peers.adapters.contract import Image, serve

LABELS = ("Anger", "Contempt", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")


def main() -> None:
    """Print what a chatty package would, then serve; or fail, where the test asks for it."""
    print("Welcome to the fake peer")
    if os.environ.get("FAKE_PEER") == "broken":
        raise RuntimeError("no weights here")

    def read(images: list[Image]) -> object:
        if os.environ.get("FAKE_PEER") == "dies":
            raise RuntimeError("out of memory")
        scores = np.full((len(images), len(LABELS)), 0.1)
        for row, image in zip(scores, images, strict=True):
            row[LABELS.index("Happy" if image.mean() > 127 else "Sad")] = 0.6
            row[LABELS.index("Contempt")] = 9 if image[..., 0].mean() > image.mean() + 9 else 0
        return scores

    serve(LABELS, read, [__file__])
