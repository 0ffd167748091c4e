"""Finding faces in a picture with MTCNN."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import torch
from facenet_pytorch import MTCNN
from facenet_pytorch.models.utils.detect_face import detect_face

from emotion_core.faces.detection import READABLE_FACE
from emotion_core.types import FaceDetections, ImageArray

# MTCNN's own smallest face; the frame is shrunk until the smallest face that counts has it.
_NET_MIN_FACE = 20


class MTCNNDetector:
    """MTCNN (Zhang et al. 2016, IEEE Signal Processing Letters 23) of facenet-pytorch.

    The cost of MTCNN lies in its image pyramid, so the picture is shrunk first, as far as the
    smallest face that counts allows: the cost hardly depends on the resolution of the film.
    Pictures go in one by one: on a CPU a batch is not faster, and faces differ in number.

    The object holds no state between calls and can be shared.

    Args:
        min_face: smallest face, as a share of the picture's shorter side.
        thresholds: of the three stages. The first is higher than the usual 0.6: much of the time
            went into candidates that the second stage refused, and no confident face of our
            clips is lost. The last is the confidence below which nothing is returned; it is
            lower than the usual 0.7 since the tracker uses faint faces, often profiles, to continue
            with a track, and never to begin one.
        device: torch device of the three nets.
    """

    def __init__(
        self,
        min_face: float = 0.06,
        thresholds: tuple[float, float, float] = (0.7, 0.7, 0.6),
        device: torch.device | str = "cpu",
    ) -> None:
        if not 0 < min_face <= 1:
            raise ValueError(f"min_face must be a share in (0, 1], but is {min_face}")
        self.min_face = min_face
        self.thresholds = thresholds
        self.device = torch.device(device)
        nets: Any = MTCNN(keep_all=True, device=self.device).eval()
        # channels last: its pooling and convolutions take 0.6 of the time on a CPU
        self._nets = nets.to(memory_format=torch.channels_last)

    def detect(self, image: ImageArray) -> FaceDetections:
        """Find the faces in one picture, the most confident first.

        Args:
            image: (H, W, 3) uint8 RGB.

        Returns:
            n faces, boxes and landmarks in pixels of ``image``.
        """
        height, width = image.shape[:2]
        smallest = max(self.min_face * min(height, width), READABLE_FACE)
        if min(height, width) < smallest:
            return FaceDetections.empty()
        scale = _NET_MIN_FACE / smallest
        if scale < 1:
            size = (max(round(width * scale), 1), max(round(height * scale), 1))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        boxes, points = self._run(image)
        if len(boxes) == 0:
            return FaceDetections.empty()
        ratio = np.array([width, height], np.float32) / np.array(image.shape[1::-1], np.float32)
        order = np.argsort(-boxes[:, 4])
        return FaceDetections(
            xyxy=(boxes[:, :4] * np.tile(ratio, 2))[order].astype(np.float32),
            confidence=boxes[order, 4].astype(np.float32),
            landmarks=(points * ratio)[order].astype(np.float32),
        )

    def _run(self, image: ImageArray) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The three stages: (n, 5) boxes with confidence and (n, 5, 2) landmarks."""
        nets = self._nets
        try:
            with torch.inference_mode():
                boxes, points = detect_face(
                    image[None],
                    _NET_MIN_FACE,
                    nets.pnet,
                    nets.rnet,
                    nets.onet,
                    self.thresholds,
                    nets.factor,
                    self.device,
                )
        except (IndexError, RuntimeError) as error:
            if "out of memory" in str(error):
                raise
            # facenet-pytorch loses count of its own candidates when one of them lies wholly
            # outside of the picture (issues #129 and #206): such a picture has no usable face
            return np.zeros((0, 5)), np.zeros((0, 5, 2))
        return np.asarray(boxes[0], np.float64), np.asarray(points[0], np.float64)
