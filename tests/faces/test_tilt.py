"""Faces at any tilt, found in real pictures that are turned by known angles."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from skimage import data

from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.identity.alignment import align_face
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.faces.quality import turn
from emotion_core.faces.tilt import _around_ellipse, check_places, find_faces, look_again, tilts
from emotion_core.faces.tracking.follow import FollowedFrame, follow_faces
from emotion_core.faces.tracking.tracker import TrackingParameters
from emotion_core.faces.turned_sheet import turned_back, turned_sheet
from emotion_core.types import FaceDetections, FloatArray, Frame, ImageArray


@pytest.fixture(scope="module")
def detector() -> MTCNNDetector:
    return MTCNNDetector()


@pytest.fixture(scope="module")
def upright(detector: MTCNNDetector, portrait: ImageArray) -> FaceDetections:
    return detector.detect(portrait)[:1]


def _matrix(image: ImageArray, degrees: float) -> npt.NDArray[np.float64]:
    height, width = image.shape[:2]
    side = _side(image)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    matrix[:, 2] += (side - width) / 2, (side - height) / 2
    return np.asarray(matrix)


def _side(image: ImageArray) -> int:
    return int(np.hypot(*image.shape[:2])) + 1


def _turned(image: ImageArray, degrees: float) -> ImageArray:
    """Turned clockwise, in a square with room for all of it."""
    size = (_side(image), _side(image))
    return np.asarray(cv2.warpAffine(image, _matrix(image, degrees), size), np.uint8)


def _there(points: FloatArray, image: ImageArray, degrees: float) -> npt.NDArray[np.float64]:
    matrix = _matrix(image, degrees)
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


def _apart(first: float, second: float) -> float:
    """Degrees between two directions."""
    return abs((first - second + 180) % 360 - 180)


def _only(found: FaceDetections) -> tuple[FloatArray, FloatArray, float]:
    """Box, landmarks and degrees of the one confident face."""
    certain = found[found.confidence >= 0.9]
    assert len(certain) == 1 and certain.landmarks is not None
    angle = float(np.degrees(tilts(certain.landmarks)[0]))
    return certain.xyxy[0], certain.landmarks[0], angle


@pytest.mark.parametrize("degrees", range(0, 360, 20))
def test_a_face_is_found_at_any_tilt(
    detector: MTCNNDetector, portrait: ImageArray, upright: FaceDetections, degrees: int
) -> None:
    assert upright.landmarks is not None
    own = float(np.degrees(tilts(upright.landmarks)[0]))
    box, points, angle = _only(find_faces(detector, _turned(portrait, degrees)))
    assert _apart(angle, own + degrees) < 15
    # each point where it went: a left eye is that of the upright head
    goal = _there(upright.landmarks[0], portrait, degrees)
    eyes = np.linalg.norm(goal[1] - goal[0])
    assert np.linalg.norm(points - goal, axis=1).max() < 0.3 * eyes
    assert (box[:2] < points.min(axis=0)).all() and (points.max(axis=0) < box[2:]).all()


def test_what_looks_upright_and_is_not_is_corrected(
    detector: MTCNNDetector, portrait: ImageArray
) -> None:
    picture = _turned(portrait, 235)
    found = detector.detect(picture)
    assert found.landmarks is not None
    wrong = [
        confidence
        for confidence, angle in zip(found.confidence, tilts(found.landmarks), strict=True)
        if _apart(float(np.degrees(angle)), 239) > 30
    ]
    assert max(wrong) > 0.9  # the upright detector is sure of a face that is no such
    _, _, angle = _only(check_places(detector, picture, found, found.xyxy))
    assert _apart(angle, 239) < 15


def test_upright_faces_stay_as_the_detector_finds_them(
    detector: MTCNNDetector, portrait: ImageArray
) -> None:
    found = detector.detect(portrait)
    for other in (
        find_faces(detector, portrait),
        check_places(detector, portrait, found, found.xyxy),
        look_again(detector, portrait, found, found),
    ):
        np.testing.assert_array_equal(other.xyxy, found.xyxy)
        np.testing.assert_array_equal(other.landmarks, found.landmarks)


@pytest.mark.parametrize("name", ["coffee", "rocket", "immunohistochemistry", "retina"])
def test_things_are_no_tilted_faces(detector: MTCNNDetector, name: str) -> None:
    picture = cv2.resize(getattr(data, name)(), (640, 480), interpolation=cv2.INTER_AREA)
    found = find_faces(detector, np.asarray(picture, np.uint8))
    assert found.landmarks is not None
    assert not (np.abs(tilts(found.landmarks)) > np.radians(25))[found.confidence > 0.9].any()


def test_an_upside_down_face_is_aligned_and_turned_as_the_upright_one(
    detector: MTCNNDetector, portrait: ImageArray, upright: FaceDetections
) -> None:
    picture = np.ascontiguousarray(portrait[::-1, ::-1])
    _, points, angle = _only(find_faces(detector, picture))
    assert _apart(angle, 180) < 15
    assert upright.landmarks is not None
    one = align_face(portrait, upright.landmarks[0]).astype(float)
    other = align_face(picture, points).astype(float)
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9
    assert abs(turn(points[None])[0] - turn(upright.landmarks)[0]) < 0.15


def test_a_detector_of_upright_faces_finds_no_others(portrait: ImageArray) -> None:
    class Upright(FaceDetector):
        def detect(self, image: ImageArray) -> FaceDetections:
            return FaceDetections.empty()

    found = find_faces(Upright(), np.ascontiguousarray(portrait[::-1]))
    assert len(found) == 0
    assert len(check_places(Upright(), portrait, found, np.ones((1, 4), np.float32))) == 0
    assert len(look_again(Upright(), portrait, found, found)) == 0


@pytest.mark.parametrize(
    ("degrees", "half"),
    [(0, (30, 40)), (90, (40, 30)), (180, (30, 40)), (45, (np.sqrt(1250), np.sqrt(1250)))],
)
def test_the_box_of_a_tilted_face_is_that_around_its_ellipse(
    degrees: float, half: tuple[float, float]
) -> None:
    square = UprightSquare(200, 100, 100, float(np.radians(degrees)))
    box = _around_ellipse(square, np.array([0.2, 0.1, 0.8, 0.9], np.float32))
    np.testing.assert_allclose((box[:2] + box[2:]) / 2, [200, 100], atol=1e-3)
    np.testing.assert_allclose((box[2:] - box[:2]) / 2, half, atol=1e-3)


@pytest.mark.parametrize("size", [(70, 40), (40, 70)])
def test_what_is_in_a_sheet_is_put_back_into_the_picture(size: tuple[int, int]) -> None:
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    picture[12, 25] = 255
    sheet, places = turned_sheet(picture)
    y, x = np.nonzero(sheet[:, :, 0])
    assert len(x) == 3
    points = np.repeat(np.stack([x, y], axis=1)[:, None], 5, axis=1).astype(np.float32)
    boxes = np.stack([x - 1, y - 2, x + 1, y + 2], axis=1).astype(np.float32)
    found = turned_back(FaceDetections(boxes, np.ones(3, np.float32), points), places, size)
    assert found.landmarks is not None and len(found) == 3
    np.testing.assert_allclose(found.landmarks, np.full((3, 5, 2), [25, 12]))
    halves = sorted((found.xyxy[:, 2:] - found.xyxy[:, :2]).tolist())
    assert halves == [[2, 4], [4, 2], [4, 2]]


def _follow(detector: MTCNNDetector, pictures: Sequence[ImageArray]) -> list[FollowedFrame]:
    frames = [(Frame(one, number, number / 25), 0) for number, one in enumerate(pictures)]
    return list(follow_faces(frames, detector, TrackingParameters(), detect_every=5))


def _angle(item: FollowedFrame) -> float:
    return float(np.degrees(tilts(item.faces.landmarks)[0]))


def test_a_head_that_turns_around_is_one_track(
    detector: MTCNNDetector, portrait: ImageArray
) -> None:
    small = cv2.resize(portrait, (300, 300), interpolation=cv2.INTER_AREA)
    followed = _follow(detector, [_turned(np.asarray(small), 5 * k) for k in range(72)])
    assert [list(item.faces.track) for item in followed] == [[0]] * 72
    for number, item in enumerate(followed):
        assert _apart(_angle(item), 5 * number + 4) < 15


def test_a_head_that_drops_is_found_at_the_right_frame(
    detector: MTCNNDetector, portrait: ImageArray
) -> None:
    small = np.asarray(cv2.resize(portrait, (300, 300), interpolation=cv2.INTER_AREA), np.uint8)
    pictures = [_turned(small, 0 if k < 13 else 100) for k in range(30)]
    followed = _follow(detector, pictures)
    for number, item in enumerate(followed):
        assert any(
            _apart(float(np.degrees(angle)), 4 if number < 13 else 104) < 15
            for angle in tilts(item.faces.landmarks)
        ), number


def test_a_head_that_lies_from_the_first_frame_on_is_followed(
    detector: MTCNNDetector, portrait: ImageArray
) -> None:
    small = np.asarray(cv2.resize(portrait, (300, 300), interpolation=cv2.INTER_AREA), np.uint8)
    followed = _follow(detector, [np.roll(_turned(small, 270), k, axis=1) for k in range(20)])
    assert [list(item.faces.track) for item in followed] == [[0]] * 20
    assert all(_apart(_angle(item), 274) < 15 for item in followed)
