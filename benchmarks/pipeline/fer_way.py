"""fer over a clip, every frame, as its documentation shows; run by the interpreter that has fer.

python fer_way.py CLIP {haar,mtcnn} FRAMES
"""

from __future__ import annotations

import json
import resource
import sys
import time

import cv2

# before TensorFlow, after which either ends the process
import torch
import torch._dynamo
from facenet_pytorch import MTCNN

import fer.fer  # isort: skip

assert torch and MTCNN


def main(clip: str, finder: str, most: int) -> None:
    """Read at most so many frames and print what they took as JSON."""
    detector = fer.fer.FER(mtcnn=finder == "mtcnn")
    video = cv2.VideoCapture(clip)
    frames = faces = 0
    started, cpu = time.perf_counter(), time.process_time()
    while frames < most:
        there, image = video.read()
        if not there:
            break
        if not frames:  # its network is set up at the first face
            detector.detect_emotions(image)
            started, cpu = time.perf_counter(), time.process_time()
        faces += len(detector.detect_emotions(image))
        frames += 1
    seconds = time.perf_counter() - started, time.process_time() - cpu
    print(
        json.dumps(
            {
                "frames": frames,
                "faces": faces / frames,
                "wall": 1000 * seconds[0] / frames,
                "cpu": 1000 * seconds[1] / frames,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
