"""what-the-face-classification: its own transform to 48 px grey, without its face finder."""

from __future__ import annotations

import torch
from PIL import Image as Pictures
from what_the_face_classification import inference

from benchmarks.peers.adapters.contract import Image, serve


def main() -> None:
    classifier = inference.Image_classifier()
    classifier.net.eval()

    def read(images: list[Image]) -> object:
        with torch.inference_mode():
            batch = torch.stack(
                [classifier.transform(Pictures.fromarray(image)) for image in images]
            )
            return classifier.net(batch).softmax(1).numpy()

    serve(classifier.classes, read, [inference.inp_file])
