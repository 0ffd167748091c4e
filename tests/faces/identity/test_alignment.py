from __future__ import annotations

import cv2
import numpy as np
import pytest

from emotion_core.faces.identity.alignment import ALIGNED_SIZE, TEMPLATE, align_face
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.types import FloatArray, ImageArray


def dots(points: FloatArray, side: int) -> ImageArray:
    """A dark picture with a soft bright spot at each point."""
    y, x = np.mgrid[:side, :side]
    distance = np.min([(x - a) ** 2 + (y - b) ** 2 for a, b in points], axis=0)
    spots = np.exp(-distance / (2 * (side / 80) ** 2))
    return np.repeat((255 * spots).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize(("angle", "scale", "side"), [(0, 1, 112), (25, 1.5, 300), (-40, 5, 900)])
def test_landmarks_come_to_lie_on_the_template(angle: float, scale: float, side: int) -> None:
    turned = cv2.getRotationMatrix2D((56, 56), angle, scale)
    points = TEMPLATE @ turned[:, :2].T + turned[:, 2] + (side / 2 - 56)
    aligned = align_face(dots(points, side), points.astype(np.float32))
    for x, y in TEMPLATE:
        near = aligned[round(y) - 6 : round(y) + 7, round(x) - 6 : round(x) + 7, 0].astype(float)
        rows, columns = np.mgrid[: near.shape[0], : near.shape[1]]
        centre = [(near * axis).sum() / near.sum() - 6 for axis in (columns, rows)]
        assert np.hypot(centre[0] + round(x) - x, centre[1] + round(y) - y) < 0.5


def test_a_large_face_looks_as_the_same_face_when_small(portrait: ImageArray) -> None:
    landmarks = MTCNNDetector().detect(portrait).landmarks
    assert landmarks is not None
    larger = cv2.resize(portrait, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    small = align_face(portrait, landmarks[0]).astype(float)
    large = align_face(np.asarray(larger, np.uint8), (landmarks[0] + 0.5) * 4 - 0.5).astype(float)
    assert np.abs(small - large).mean() < 2


def test_what_lies_outside_of_the_picture_is_black(portrait: ImageArray) -> None:
    beyond = TEMPLATE + np.float32(-56)
    aligned = align_face(np.full_like(portrait, 200), beyond)
    assert aligned.shape == (ALIGNED_SIZE, ALIGNED_SIZE, 3)
    assert aligned[0, 0].tolist() == [0, 0, 0] and aligned[-1, -1].tolist() == [200, 200, 200]


def test_landmarks_in_one_point_do_no_harm(portrait: ImageArray) -> None:
    aligned = align_face(portrait, np.full((5, 2), 200, np.float32))
    assert aligned.shape == (ALIGNED_SIZE, ALIGNED_SIZE, 3)


@pytest.mark.parametrize("shift", [(0, 0), (-700, 0), (650, 420), (5000, 5000)])
def test_a_large_face_looks_the_same_wherever_it_is_in_a_picture(
    portrait: ImageArray, shift: tuple[int, int]
) -> None:
    large = cv2.resize(portrait, (1500, 1500), interpolation=cv2.INTER_CUBIC)
    points = TEMPLATE * 5 + np.array([300, 250], np.float32)
    moved = np.float32([[1, 0, shift[0]], [0, 1, shift[1]]])
    picture = cv2.warpAffine(large, moved, (1500, 1500))
    aligned = align_face(picture, points + np.array(shift, np.float32)).astype(float)
    white = cv2.warpAffine(np.full_like(large, 255), moved, (1500, 1500))
    seen = align_face(white, points + np.array(shift, np.float32))[..., 0]
    assert (seen == 255).any() == (shift[0] < 5000)
    assert not aligned[seen == 0].any()
    difference = np.abs(aligned - align_face(large, points))[seen == 255]
    assert difference.size == 0 or difference.mean() < 1
