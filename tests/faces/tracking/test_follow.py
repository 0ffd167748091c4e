"""Detection now and then, every frame given once, faces that come and go at the right frame."""

from __future__ import annotations

import numpy as np

from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.tracking.follow import FollowedFrame, follow_faces
from emotion_core.faces.tracking.tracker import TrackingParameters
from emotion_core.types import FaceDetections, Frame, ImageArray
from emotion_core.workers import worker_count


class MarkDetector(FaceDetector):
    """Finds a face of 20 px wherever a picture has a pixel of value 200; counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def detect(self, image: ImageArray) -> FaceDetections:
        self.calls += 1
        y, x = np.nonzero(image[:, :, 0] == 200)
        xyxy = np.stack([x - 10, y - 10, x + 10, y + 10], axis=1).astype(np.float32)
        return FaceDetections(xyxy, np.ones(len(xyxy), np.float32))


def _frame(index: int, *faces: tuple[int, int]) -> Frame:
    image = np.zeros((60, 120, 3), np.uint8)
    for x, y in faces:
        image[y, x] = 200
    return Frame(image, index, index / 25)


def _follow(
    frames: list[tuple[Frame, int]], detect_every: int = 5
) -> tuple[list[FollowedFrame], MarkDetector]:
    detector = MarkDetector()
    followed = list(follow_faces(frames, detector, TrackingParameters(), detect_every))
    return followed, detector


def test_every_frame_is_given_once_and_detection_is_rare() -> None:
    followed, detector = _follow([(_frame(k, (30 + k // 2, 30)), 0) for k in range(50)])
    assert [item.frame.index for item in followed] == list(range(50))
    assert all(len(item.faces) == 1 for item in followed)
    assert detector.calls <= 12


def test_faces_come_and_go_at_the_right_frame() -> None:
    frames = [(_frame(k, *([(30, 30)] if 13 <= k < 37 else [])), 0) for k in range(60)]
    followed, _ = _follow(frames)
    assert [item.frame.index for item in followed if len(item.faces)] == list(range(13, 37))


def test_a_cut_ends_every_track() -> None:
    followed, _ = _follow([(_frame(k, (30, 30)), k // 20) for k in range(40)])
    numbers = [[int(t) for t in item.faces.track] for item in followed]
    assert numbers == [[0]] * 20 + [[1]] * 20
    assert [item.shot for item in followed] == [0] * 20 + [1] * 20


def test_the_last_frames_of_a_shot_have_their_faces_too() -> None:
    followed, _ = _follow([(_frame(k, (30, 30)), k // 8) for k in range(16)])
    assert all(len(item.faces) == 1 for item in followed)


def test_frames_wait_no_longer_than_a_face_may_be_gone() -> None:
    read = 0

    def frames():  # type: ignore[no-untyped-def]
        nonlocal read
        for index in range(500):
            read += 1
            yield _frame(index, *([(30, 30)] if index % 100 < 60 else [])), 0

    waiting = 0
    for item in follow_faces(frames(), MarkDetector(), TrackingParameters(max_gap=0.5), 5):
        waiting = max(waiting, read - item.frame.index)
    assert waiting <= 13 + (2 + worker_count()) * 5 + 1
