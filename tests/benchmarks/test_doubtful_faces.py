"""The table behind the doubts on a tiny model and a few pictures; never what it finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import doubtful_faces
from benchmarks.doubtful_faces import Row, darken, find, mean_table, on_film, to_table
from emotion_core.faces.detection import FaceDetector
from emotion_core.types import FaceDetections, ImageArray
from tests.datasets.pictures import scene, write_picture
from tests.emotions.test_classifier import make_vit


class Framed(FaceDetector):
    """Finds one face in the middle half of every picture, turned until the nose is at an eye."""

    def detect(self, image: ImageArray) -> FaceDetections:
        height, width = image.shape[:2]
        box = np.array([[width / 4, height / 4, width * 3 / 4, height * 3 / 4]], np.float32)
        points = np.array([[(1, 1), (3, 1), (3, 2), (1, 3), (3, 3)]], np.float32)
        return FaceDetections(box, np.ones(1, np.float32), points)


def test_every_table_of_every_set_is_printed_and_their_mean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(4):
        write_picture(tmp_path / "set" / "val" / "happy" / f"{number}.png", scene(number, 64))
    monkeypatch.setattr(doubtful_faces, "MTCNNDetector", Framed)
    monkeypatch.setattr(doubtful_faces, "BLURS", (0.0, 0.1))
    monkeypatch.setattr(doubtful_faces, "SIZES", (64, 24))
    model = make_vit(tmp_path / "vit")
    doubtful_faces.main([str(tmp_path / "set"), "--model", str(model), "--limit", "3"])
    printed = capsys.readouterr().out
    assert "set, val, 3 faces" in printed and "ms a face" in printed
    lines = printed.splitlines()
    for head in ("leading probability", "blur, % of the side", "turn", "shorter side of the box"):
        assert any(line.startswith(head) for line in lines)
    turned = next(line for line in lines if line.startswith("1 to 10"))
    assert turned.split()[3] == "3" and turned.endswith("100.0%")
    unblurred = next(line for line in lines if line.startswith("0  "))
    assert unblurred.split()[3] == "0.0"


def test_points_are_lost_against_the_same_faces_and_sets_count_once_each() -> None:
    half, whole = np.array([True, False]), np.array([True, True])
    lead = np.array([0.5, 0.7])
    many, few = Row("24 to 28", half, whole, lead, 1.0), Row("24 to 28", whole, whole, lead, 1.0)
    assert to_table("size", [many]).splitlines()[1].split()[3:] == [
        *("2", "50.0%", "50.0", "0.60", "100.0%")
    ]
    mean = mean_table("size", [[many], [few, Row("other", half, whole, lead, 0.0)]])
    assert [line.split()[-2:] for line in mean.splitlines()[1:]] == [["25.0", "2"], ["50.0", "1"]]


def test_a_face_on_film_is_found_in_its_size() -> None:
    face = find(on_film(scene(0, 100), 40), Framed())
    assert face is not None and face.image.shape == (80, 80, 3)
    np.testing.assert_array_equal(face.xyxy, [20, 20, 60, 60])
    assert darken(np.full((2, 2, 3), 200, np.uint8), 0.15).max() == 30
