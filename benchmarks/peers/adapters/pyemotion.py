"""PyEmotion: grey, through its own transform to 48 px.

The weights are those of facial-emotion-recognition 0.3.4, byte for byte, which comes as a source
package only. Its scores are the exponential of a sigmoid, as it takes them.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import torch
from PyEmotion import main as peer

from benchmarks.peers.adapters.contract import Image, serve


def main() -> None:
    detector = peer.DetectFace(device="cpu")

    def read(images: list[Image]) -> object:
        grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in images]
        with torch.inference_mode():
            batch = torch.stack([detector.transform(face) for face in grey])
            return detector.network(batch).exp().numpy()

    weights = Path(peer.__file__).parent / "model" / "main_model.pkl"
    serve(list(detector.emotions.values()), read, [weights])
