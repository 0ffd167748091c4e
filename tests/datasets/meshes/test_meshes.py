from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.datasets.meshes.labels import read_meshes, write_meshes
from emotion_core.datasets.meshes.teacher import MeshTeacher, TaughtMesh
from emotion_core.errors import DatasetError, ModelError, OutputError
from emotion_core.faces.mesh.points import eye_distance, mean_face, mirror_points
from emotion_core.progress import finish
from emotion_core.types import FloatArray, ImageArray
from tests.conftest import SHARED

TEACHER = SHARED / "weights" / "face_landmark.tflite"
needs_teacher = pytest.mark.skipif(
    not TEACHER.is_file(), reason="the teacher in ../shared is not on this machine"
)


class Knowing:
    """Says of each picture a mesh that follows from its first pixel; of a black one, no face."""

    def teach(self, image: ImageArray) -> TaughtMesh:
        number = int(image[0, 0, 0])
        return TaughtMesh(mesh(number), min(number, 1), number / 1000)


def mesh(number: int) -> FloatArray:
    chance = np.random.default_rng(number)
    angle = chance.normal() / 2
    points = (mean_face() + chance.normal(0, 0.01, (468, 3))) * chance.uniform(20, 40)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    points[:, :2] = points[:, :2] @ turn + chance.uniform(40, 70, 2)
    return points.astype(np.float32)


def write(path: Path, image: ImageArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image[..., ::-1])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for number in (0, 10, 20, 30, 90):
        path = tmp_path / "set" / f"person {number % 20}" / f"{number}.png"
        write(path, np.full((8, 8, 3), number, np.uint8))
    (tmp_path / "set" / "broken.png").write_bytes(b"no picture")
    return tmp_path / "set"


def test_meshes_come_back_as_the_teacher_gave_them(tmp_path: Path, source: Path) -> None:
    out = tmp_path / "meshes.npz"
    counts = finish(write_meshes(source, out, Knowing(), people=True))  # type: ignore[arg-type]
    assert counts == {"found": 4, "no face": 1, "not an image": 1}
    labels = read_meshes(out)
    assert labels.names.tolist() == [f"person {n % 20}/{n}.png" for n in (20, 10, 30, 90)]
    assert labels.people.tolist() == ["person 0", *["person 10"] * 3]
    for points, number in zip(labels.points, (20, 10, 30, 90), strict=True):
        apart = np.linalg.norm(points - mesh(number), axis=1) / eye_distance(mesh(number))
        assert apart.max() < 1e-3
    assert read_meshes(out, most_spread=0.05).names.tolist() == [
        f"person {n % 20}/{n}.png" for n in (20, 10, 30)
    ]
    with pytest.raises(DatasetError, match="sure of"):
        read_meshes(out, most_spread=0.001)


def test_a_picture_is_its_own_person_where_folders_are_none(tmp_path: Path, source: Path) -> None:
    out = tmp_path / "meshes.npz"
    finish(write_meshes(source, out, Knowing(), people=False))  # type: ignore[arg-type]
    labels = read_meshes(out)
    assert (labels.people == labels.names).all()


def test_other_files_are_refused(tmp_path: Path, source: Path) -> None:
    (tmp_path / "text.npz").write_text("file,happy\n")
    np.savez(tmp_path / "other.npz", names=np.array(["a"]))
    for name in ("text.npz", "other.npz", "missing.npz"):
        with pytest.raises(DatasetError, match="not a file of meshes"):
            read_meshes(tmp_path / name)
    with pytest.raises(OutputError, match="must end in"):
        finish(write_meshes(source, tmp_path / "a.csv", Knowing(), people=True))  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="not MediaPipe's network"):
        MeshTeacher(tmp_path / "text.npz")


@needs_teacher
def test_the_teacher_finds_the_parts_of_a_face_and_answers_a_mirrored_one_alike(
    portrait: ImageArray,
) -> None:
    face = np.ascontiguousarray(portrait[40:200, 145:305])
    teacher = MeshTeacher(TEACHER)
    one = teacher.teach(face)
    other = teacher.teach(np.ascontiguousarray(face[:, ::-1]))
    assert min(one.presence, other.presence) > 0.9 and max(one.spread, other.spread) < 0.03
    apart = np.linalg.norm(mirror_points(other.points, 160) - one.points, axis=1)
    assert apart.mean() / eye_distance(one.points) < 0.02
    # pupils and the middle of the mouth, read off the picture by hand
    for numbers, wanted in (((33, 133), (58, 61)), ((263, 362), (102, 64)), ((13, 14), (78, 105))):
        assert np.abs(one.points[list(numbers), :2].mean(axis=0) - wanted).max() < 4


@needs_teacher
def test_the_command_asks_the_teacher(tmp_path: Path, portrait: ImageArray) -> None:
    write(tmp_path / "set" / "Eileen" / "one.png", portrait[40:200, 145:305])
    write(tmp_path / "set" / "Nobody" / "blank.png", np.full((100, 100, 3), 90, np.uint8))
    out = tmp_path / "meshes.npz"
    arguments = ["dataset", "meshes", str(tmp_path / "set"), str(out), "--teacher", str(TEACHER)]
    result = CliRunner().invoke(app, [*arguments, "--people"], catch_exceptions=False)
    assert result.exit_code == 0 and f"1 faces in {out}" in result.output
    assert read_meshes(out).people.tolist() == ["Eileen"]
