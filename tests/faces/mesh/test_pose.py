from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emotion_core.faces.mesh.points import mean_face
from emotion_core.faces.mesh.pose import STABLE, head_pose, in_head
from emotion_core.types import FloatArray
from tests.faces.mesh.heads import head

POSES = np.stack(np.meshgrid((-60, -30, 0, 30, 60), (-30, 0, 30), (-150, -45, 0, 45, 180)), -1)
POSES = POSES.reshape(-1, 3).astype(np.float64)


def apart(one: FloatArray, other: FloatArray) -> FloatArray:
    """Degrees, the short way round."""
    return np.abs((one - other + 180) % 360 - 180)


def test_each_angle_has_its_sign() -> None:
    turned, nodding, tilted = (head(turn=20), head(nod=20), head(tilt=20))
    nose, eyes = 4, [33, 263]
    assert turned[nose, 0] > head()[nose, 0]  # to the right of the picture
    assert nodding[nose, 1] > head()[nose, 1]  # down
    assert tilted[eyes[1], 1] > tilted[eyes[0], 1]  # clockwise: what lies on the right sinks
    found = head_pose(np.stack([turned, nodding, tilted]))
    assert np.allclose(found, 20 * np.eye(3), atol=1e-3)


@pytest.mark.parametrize("distance", [np.inf, 30, 15, 8])
def test_known_angles_are_found_within_5_degrees(distance: float) -> None:
    # noise as large as the network's error, 2% of the distance between the eyes
    noise = np.random.default_rng(0).normal(0, 2, (len(POSES), 468, 3))
    heads = np.stack([head(*pose, distance=distance) for pose in POSES]) + noise
    errors = apart(head_pose(heads.astype(np.float32)), POSES)
    assert (errors.mean(axis=0) <= 5).all()
    assert errors.mean() <= 2
    assert np.percentile(errors, 95) <= 5


def test_real_faces_that_are_turned_are_found_within_5_degrees(real_faces: FloatArray) -> None:
    upright = in_head(real_faces)
    for distance in (np.inf, 15):
        heads = [head(*pose, face=face, distance=distance) for face in upright for pose in POSES]
        noise = np.random.default_rng(0).normal(0, 2, (len(heads), 468, 3))
        found = head_pose((np.stack(heads) + noise).astype(np.float32))
        errors = apart(found, np.tile(POSES, (len(upright), 1)))
        assert (errors.mean(axis=0) <= 5).all()


@pytest.fixture(scope="module")
def real_faces() -> FloatArray:
    """(n, 468, 3) of the teacher on faces of the shared clips, where they are."""
    teacher = pytest.importorskip("emotion_core.datasets.meshes.teacher")
    shared = Path(__file__).resolve().parents[4] / "shared"
    if not (shared / "clips").is_dir():
        pytest.skip("needs the clips of ../shared")
    from emotion_core.media.decode import read_frames

    asked = teacher.MeshTeacher(shared / "weights" / "face_landmark.tflite")
    found = []
    for name in ("lp_driving_d0", "lp_driving_d11", "lp_source_s18"):
        for frame in read_frames(shared / "clips" / f"{name}.mp4"):
            if frame.index in (5, 45, 60):
                found.append(asked.teach(frame.image).points)
    return np.stack(found)


def test_a_head_comes_out_the_same_however_it_is_turned() -> None:
    heads = np.stack([head(*pose, size=size) for pose in POSES for size in (20, 200)])
    assert np.allclose(in_head(heads), mean_face(), atol=1e-3)


def test_what_a_face_does_is_left_when_its_pose_is_taken_out() -> None:
    moved = mean_face().copy()
    lips = np.setdiff1d([61, 291, 0, 17], STABLE)
    moved[lips, 1] += 0.1
    found = in_head(np.stack([head(*pose, face=moved) for pose in POSES]))
    assert np.allclose(found, moved, atol=1e-3)


def test_unknown_and_flat_meshes_have_no_pose() -> None:
    unknown = np.full((468, 3), np.nan, np.float32)
    point = np.full((468, 3), 7, np.float32)
    heads = np.stack([unknown, point, head()])
    assert np.isnan(head_pose(heads)[:2]).all() and np.isfinite(head_pose(heads)[2]).all()
    assert np.isnan(in_head(heads)[:2]).all() and np.isfinite(in_head(heads)[2]).all()


def test_no_meshes_have_no_poses() -> None:
    nothing = np.zeros((0, 468, 3), np.float32)
    assert head_pose(nothing).shape == (0, 3) and in_head(nothing).shape == (0, 468, 3)
