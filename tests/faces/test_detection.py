"""Finding real faces."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from facenet_pytorch import MTCNN

from emotion_core.faces.boxes import iou
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.types import ImageArray
from tests.conftest import place


@pytest.fixture(scope="module")
def detector() -> MTCNNDetector:
    return MTCNNDetector()


def test_a_face_is_found_with_its_landmarks(detector: MTCNNDetector, portrait: ImageArray) -> None:
    found = detector.detect(portrait)
    assert found.confidence[0] > 0.99
    x1, y1, x2, y2 = found.xyxy[0]
    assert x1 < 220 < x2 and y1 < 115 < y2
    assert found.landmarks is not None
    left_eye, right_eye, nose, left_mouth, right_mouth = found.landmarks[0]
    assert left_eye[0] < nose[0] < right_eye[0] and left_mouth[0] < right_mouth[0]
    assert left_eye[1] < nose[1] < left_mouth[1]


def test_several_faces_are_found(detector: MTCNNDetector, portrait: ImageArray) -> None:
    picture = np.hstack([portrait, portrait[:, ::-1]])
    found = detector.detect(picture)
    assert (found.confidence > 0.99).sum() == 2


def test_boxes_do_not_depend_on_the_resolution(
    detector: MTCNNDetector, portrait: ImageArray
) -> None:
    small = detector.detect(portrait)
    large = detector.detect(cv2.resize(portrait, (1536, 1536), interpolation=cv2.INTER_CUBIC))
    assert iou(small.xyxy[:1], large.xyxy[:1] / 3)[0, 0] > 0.8


def test_a_face_that_reaches_over_the_edge_is_found(
    detector: MTCNNDetector, portrait: ImageArray
) -> None:
    found = detector.detect(np.ascontiguousarray(portrait[70:, :]))
    assert (found.confidence > 0.6).any()


@pytest.mark.parametrize("size", [(1, 1), (5, 400), (23, 23), (12, 13)])
def test_tiny_and_thin_pictures_have_no_face(
    detector: MTCNNDetector, size: tuple[int, int]
) -> None:
    assert len(detector.detect(np.zeros((*size, 3), np.uint8))) == 0


def test_a_picture_without_a_face_gives_empty_arrays(detector: MTCNNDetector) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
    for picture in (noise, np.zeros_like(noise)):
        found = detector.detect(picture)
        assert found.xyxy.shape[1:] == (4,) and found.landmarks is not None
        assert not (found.confidence > 0.9).any()


def test_a_face_smaller_than_asked_for_is_left_out(portrait: ImageArray) -> None:
    picture = place(portrait, (640, 360), 200, 100, 180)  # the face is about 45 px
    assert len(MTCNNDetector(min_face=0.06).detect(picture)) == 1
    assert len(MTCNNDetector(min_face=0.4).detect(picture)) == 0


def test_a_share_outside_of_0_to_1_is_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        MTCNNDetector(min_face=20)


def test_faces_are_where_facenet_pytorch_finds_them(portrait: ImageArray) -> None:
    torch_nets = MTCNN(keep_all=True, thresholds=[0.7, 0.7, 0.6], min_face_size=20)
    sheet = np.hstack(
        [place(portrait, (320, 360), 20, 40, 260), place(portrait, (320, 360), 60, 80, 200)]
    )
    # as the detector shrinks it, so that the smallest face has 20 px
    small = cv2.resize(sheet, (533, 300), interpolation=cv2.INTER_AREA)
    boxes, shares, points = torch_nets.detect(small, landmarks=True)
    ratio = np.array([640 / 533, 360 / 300])
    found = MTCNNDetector(min_face=24 / 360).detect(sheet)
    assert len(found) == len(boxes) == 2
    boxes, shares, points = (np.asarray(one, float) for one in (boxes, shares, points.tolist()))
    boxes = boxes * np.tile(ratio, 2)
    order = iou(found.xyxy.astype(float), boxes).argmax(axis=1)
    assert sorted(order) == [0, 1]
    np.testing.assert_allclose(found.xyxy, boxes[order], atol=0.05)
    np.testing.assert_allclose(found.confidence, shares[order], atol=1e-3)
    np.testing.assert_allclose(found.landmarks, (points * ratio)[order], atol=0.05)


def test_together_pictures_have_the_faces_that_each_has_alone(portrait: ImageArray) -> None:
    detector = MTCNNDetector()
    pictures = [
        place(portrait, (320, 240), 20, 10, 200),
        place(portrait, (320, 240), 110, 40, 160),
        np.zeros((240, 320, 3), np.uint8),
    ]
    alone = [detector.detect(picture) for picture in pictures]
    together = detector.detect_all(pictures)
    assert [len(one) for one in together] == [len(one) for one in alone] == [1, 1, 0]
    for one, other in zip(together[:2], alone[:2], strict=True):
        np.testing.assert_allclose(one.xyxy, other.xyxy, atol=0.05)
        np.testing.assert_allclose(one.landmarks, other.landmarks, atol=0.05)
    tiny = [np.zeros((10, 10, 3), np.uint8)] * 2
    assert [len(one) for one in detector.detect_all(tiny)] == [0, 0]
