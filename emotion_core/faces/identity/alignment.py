"""Faces put into one position by their landmarks, so that networks compare like with like."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt
from skimage.transform import SimilarityTransform

from emotion_core.types import FloatArray, ImageArray

ALIGNED_SIZE = 112
# Where the eyes, the tip of the nose and the corners of the mouth are put, in pixels of a picture
# of ALIGNED_SIZE: the positions that Deng et al. 2019, "ArcFace: Additive angular margin loss for
# deep face recognition", and most face recognition since work with.
TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ],
    np.float32,
)


def align_face(image: ImageArray, landmarks: FloatArray, size: int = ALIGNED_SIZE) -> ImageArray:
    """Turn, scale and shift a picture so that the landmarks of a face come to lie on the template.

    The similarity with the least squared distance (Umeyama 1991, "Least-squares estimation of
    transformation parameters between two point patterns", IEEE TPAMI 13).

    Args:
        image: (H, W, 3) uint8 RGB.
        landmarks: (5, 2) px, finite, in the order of :class:`FaceDetections`.
        size: side of the result in pixels.

    Returns:
        (size, size, 3) uint8 RGB; black where it reaches over the edge of the picture.
    """
    points = np.asarray(landmarks, np.float64)
    # seen in a small face, half a pixel counts: pixel centres are at whole numbers on both sides
    goal = (TEMPLATE.astype(np.float64) + 0.5) * (size / ALIGNED_SIZE) - 0.5
    estimate = SimilarityTransform.from_estimate(points, goal)
    matrix = estimate.params[:2] if estimate else _centred(points, size)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 0.5:  # averaged first, so that nothing aliases
        factor = max(scale * 1.5, 1 / 64)
        image, left, top = _part(image, matrix, size, margin=math.ceil(2 / factor))
        shorter = [max(round(side * factor), 1) for side in image.shape[1::-1]]
        shrunk = cv2.resize(image, shorter, interpolation=cv2.INTER_AREA)
        ratio = np.array(shrunk.shape[1::-1]) / np.array(image.shape[1::-1])
        matrix = matrix.copy()
        matrix[:, 2] += matrix[:, :2] @ (left, top)
        # the middle of the old pixels in the new ones
        matrix[:, :2] /= ratio
        matrix[:, 2] += matrix[:, :2] @ (0.5 - 0.5 * ratio)
        image = np.asarray(shrunk, np.uint8)
    return np.asarray(cv2.warpAffine(image, matrix, (size, size)), np.uint8)


def _part(
    image: ImageArray, matrix: npt.NDArray[np.float64], size: int, margin: int
) -> tuple[ImageArray, int, int]:
    """What a picture shows in the aligned square and a margin around it, with its left and top.

    Averaging all of a large picture would take many times as long as all else that is done.
    """
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64)
    there = (corners - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    most = np.array(image.shape[1::-1])
    # one pixel at least, also where the square lies outside
    start = np.clip(np.floor(there.min(axis=0)) - margin, 0, most - 1).astype(int)
    end = np.clip(np.ceil(there.max(axis=0)) + margin, start + 1, most).astype(int)
    return image[start[1] : end[1], start[0] : end[0]], int(start[0]), int(start[1])


def _centred(points: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.float64]:
    """Landmarks that all lie in one point: it is put in the middle, at the same scale."""
    shift = (size - 1) / 2 - points.mean(axis=0)
    return np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float64)
