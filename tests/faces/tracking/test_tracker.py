"""Faces along a shot: numbers that stay, gaps, and boxes between sightings."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.faces.boxes import iou
from emotion_core.faces.tracking.tracker import FaceTracker, TrackedFaces, TrackingParameters
from emotion_core.types import FaceDetections

FPS = 25.0


def _found(*faces: tuple[float, float], confidence: float = 1.0) -> FaceDetections:
    """Faces of 40 px with these left upper corners."""
    xyxy = np.array([(x, y, x + 40, y + 40) for x, y in faces], np.float32).reshape(-1, 4)
    return FaceDetections(xyxy, np.full(len(faces), confidence, np.float32))


def _track(
    looks: dict[int, FaceDetections], frames: int, **parameters: float
) -> list[TrackedFaces]:
    tracker = FaceTracker(TrackingParameters(**parameters))  # type: ignore[arg-type]
    for index, found in looks.items():
        tracker.update(index, index / FPS, found)
    tracker.close()
    return [tracker.faces_at(index, index / FPS) for index in range(frames)]


def test_boxes_between_two_sightings_are_interpolated_and_say_so() -> None:
    faces = _track({0: _found((0, 0)), 4: _found((8, 4))}, 5)
    assert [bool(f.detected[0]) for f in faces] == [True, False, False, False, True]
    assert [f.xyxy[0, 0] for f in faces] == pytest.approx([0, 2, 4, 6, 8])
    assert [f.xyxy[0, 1] for f in faces] == pytest.approx([0, 1, 2, 3, 4])


def test_two_faces_that_pass_each_other_keep_their_numbers() -> None:
    looks = {k: _found((6 * k, 0), (240 - 6 * k, 30)) for k in range(0, 41)}
    faces = _track(looks, 41)
    first = {int(f.track[0]): f.xyxy[0] for f in faces[:1]}
    assert first[0][0] == 0
    at_end = {int(t): box for t, box in zip(faces[40].track, faces[40].xyxy, strict=True)}
    assert at_end[0][0] == pytest.approx(240) and at_end[1][0] == pytest.approx(0)


def test_a_short_gap_is_bridged_and_a_long_one_is_not() -> None:
    short = _track({0: _found((0, 0)), 2: _found((0, 0)), 4: _found(), 10: _found((0, 0))}, 11)
    assert [len(f) for f in short] == [1] * 11
    looks = {0: _found((0, 0)), 2: _found((0, 0)), 4: _found()}
    looks |= {k: _found((0, 0)) for k in (30, 32)}
    long = _track(looks, 33)
    assert [len(f) for f in long] == [1] * 3 + [0] * 27 + [1] * 3
    assert long[0].track[0] != long[32].track[0]


def test_a_faint_face_goes_on_with_a_track_but_never_begins_one() -> None:
    faint = {k: _found((100, 100), confidence=0.7) for k in range(5)}
    assert [len(f) for f in _track(faint, 5)] == [0] * 5
    looks = {0: _found((0, 0)), 1: _found((0, 0)), 2: _found((1, 0), confidence=0.7)}
    assert [len(f) for f in _track(looks, 3)] == [1, 1, 1]


def test_a_face_that_is_seen_once_does_not_count_unless_the_clip_is_one_picture() -> None:
    assert [len(f) for f in _track({0: _found((0, 0)), 1: _found(), 2: _found()}, 3)] == [0, 0, 0]
    assert [len(f) for f in _track({0: _found((0, 0))}, 1)] == [1]


def test_one_confident_look_that_only_faint_ones_follow_does_not_count_nor_hold_frames() -> None:
    tracker = FaceTracker(TrackingParameters(max_gap=0.5))
    tracker.update(0, 0.0, _found((0, 0)))
    for index in range(1, 40):
        tracker.update(index, index / FPS, _found((0, 0), confidence=0.7))
        assert index - tracker.settled <= 0.5 * FPS + 1
    tracker.close()
    assert [len(tracker.faces_at(k, k / FPS)) for k in range(40)] == [0] * 40


def test_nothing_is_settled_while_a_lost_face_may_come_back() -> None:
    tracker = FaceTracker(TrackingParameters(max_gap=0.5))
    tracker.update(0, 0.0, _found((0, 0)))
    tracker.update(5, 0.2, _found((0, 0)))
    assert tracker.settled == 5
    tracker.update(10, 0.4, _found())
    assert tracker.settled == 5
    tracker.update(20, 0.8, _found())
    assert tracker.settled == 20
    assert [len(tracker.faces_at(k, k / FPS)) for k in (3, 5, 6, 20)] == [1, 1, 0, 0]


def test_memory_does_not_grow_with_the_shot() -> None:
    tracker = FaceTracker(TrackingParameters())
    for index in range(2000):
        tracker.update(
            index, index / FPS, _found((0, 0), (200, 0) if index % 50 < 25 else (400, 0))
        )
        if tracker.settled >= 0:
            tracker.faces_at(tracker.settled, tracker.settled / FPS)
    kept = sum(len(track.sightings) for track in tracker._tracks)
    assert kept < 40


def test_a_part_of_a_face_is_not_a_second_face() -> None:
    whole, mouth = (0.0, 0.0, 100.0, 100.0), (30.0, 60.0, 70.0, 95.0)
    xyxy = np.array([whole, mouth], np.float32)
    alone = FaceDetections(xyxy[:1], np.ones(1, np.float32))
    both = FaceDetections(xyxy, np.ones(2, np.float32))
    faces = _track({0: alone, 1: both, 2: both}, 3)
    assert [len(f) for f in faces] == [1, 1, 1]


def test_overlap_is_that_of_areas() -> None:
    a = np.array([[0, 0, 10, 10]], float)
    b = np.array([[5, 0, 15, 10], [20, 20, 30, 30], [0, 0, 10, 10]], float)
    assert iou(a, b)[0] == pytest.approx([50 / 150, 0, 1])


def test_landmarks_are_interpolated_as_the_boxes_are() -> None:
    looks = {}
    for index, x in ((0, 0.0), (4, 8.0)):
        found = _found((x, 0))
        points = np.full((1, 5, 2), x, np.float32)
        looks[index] = FaceDetections(found.xyxy, found.confidence, points)
    faces = _track(looks, 5)
    assert [f.landmarks[0, 2, 0] for f in faces] == pytest.approx([0, 2, 4, 6, 8])


def test_a_detector_without_landmarks_gives_none_to_the_faces() -> None:
    faces = _track({0: _found((0, 0)), 2: _found((0, 0))}, 4)
    assert [f.landmarks.shape for f in faces] == [(1, 5, 2)] * 3 + [(0, 5, 2)]
    assert all(np.isnan(f.landmarks).all() for f in faces)


def test_what_is_expected_moves_on_as_it_did() -> None:
    tracker = FaceTracker(TrackingParameters())
    points = np.tile(np.array([10, 20], np.float32), (1, 5, 1))
    for index in range(2):
        box = np.array([[10 * index, 0, 10 * index + 40, 40]], np.float32)
        faces = FaceDetections(box, np.ones(1, np.float32), points + 10 * index)
        tracker.update(index, index / 10, faces)
    expected = tracker.expected(0.2)
    assert expected.landmarks is not None
    np.testing.assert_allclose(expected.xyxy, [[20, 0, 60, 40]])
    np.testing.assert_allclose(expected.landmarks[0, 0], [30, 30])  # with the box, to the right
    assert len(tracker.expected(9.0)) == 1  # held for as long as it is the newest picture
    tracker.update(2, 0.2, FaceDetections.empty())
    assert len(tracker.expected(0.5)) == 1 and len(tracker.expected(0.9)) == 0


def test_what_is_new_and_what_is_lost_is_named() -> None:
    tracker = FaceTracker(TrackingParameters())
    box = np.array([[0, 0, 40, 40]], np.float32)
    tracker.update(0, 0.0, FaceDetections(box, np.ones(1, np.float32)))
    same = tracker.changes(0.1, FaceDetections(box + 2, np.ones(1, np.float32)))
    assert same[0] == [] and len(same[1]) == 0
    begins, lost = tracker.changes(0.1, FaceDetections(box + 100, np.ones(1, np.float32)))
    assert begins == [0]
    np.testing.assert_allclose(lost, box)
