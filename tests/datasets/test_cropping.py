"""Cutting faces out of photographs: ``dataset crop``."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.datasets.cropping import CropOptions, crop_dataset, find_face
from emotion_core.errors import DatasetError, OutputError
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.squares import READ_MARGIN, UprightSquare
from emotion_core.media.pictures import PictureError
from emotion_core.progress import finish
from emotion_core.training.common.data import load_faces
from emotion_core.types import FaceDetections, ImageArray
from tests.conftest import place
from tests.datasets.pictures import scene, write_picture


class Fixed(FaceDetector):
    """A detector that finds the same boxes in every picture."""

    def __init__(self, *boxes: tuple[float, float, float, float], confidence: float = 0.99) -> None:
        self.found = FaceDetections(
            xyxy=np.array(boxes, np.float32).reshape(-1, 4),
            confidence=np.full(len(boxes), confidence, np.float32),
            landmarks=None,
        )

    def detect(self, image: ImageArray) -> FaceDetections:
        return self.found


SMALL, LARGE = (0.0, 0.0, 30.0, 30.0), (30.0, 30.0, 90.0, 80.0)


@pytest.mark.parametrize(
    ("detector", "reason"),
    [
        (Fixed(), "no face"),
        (Fixed(LARGE, confidence=0.8), "no face"),
        (Fixed(SMALL, LARGE), "several faces"),
        (Fixed((0, 0, 20, 20)), "too small"),
    ],
)
def test_a_picture_without_one_good_face_is_refused(detector: Fixed, reason: str) -> None:
    with pytest.raises(PictureError, match=reason):
        find_face(scene(0, 100), CropOptions(), detector, None)


def test_a_blurred_face_is_refused_and_a_sharp_one_is_not() -> None:
    blurred = np.asarray(cv2.GaussianBlur(scene(0, 100), (0, 0), 9), np.uint8)
    with pytest.raises(PictureError, match="blurred"):
        find_face(blurred, CropOptions(), Fixed(LARGE), None)
    find_face(scene(0, 100), CropOptions(), Fixed(LARGE), None)


def test_the_command_and_the_function_refuse_the_same_blur() -> None:
    from inspect import signature

    from emotion_core.cli.dataset import crop

    assert signature(crop).parameters["sharpness"].default == CropOptions().sharpness


def test_the_largest_of_several_faces_is_taken_on_request() -> None:
    image = scene(0, 100)
    face = find_face(image, CropOptions(largest=True), Fixed(SMALL, LARGE), None)
    square = UprightSquare.from_box(LARGE, READ_MARGIN)
    np.testing.assert_array_equal(face.image, square.cut(image, 58))  # 97% of its box


def test_a_face_is_shrunk_to_the_size_and_never_enlarged() -> None:
    for size, side in ((50, 50), (224, 58)):
        face = find_face(scene(0, 100), CropOptions(size=size), Fixed(LARGE), None)
        assert face.image.shape == (side, side, 3)


def test_classes_and_splits_stay_and_rejects_are_listed(tmp_path: Path) -> None:
    source = tmp_path / "set"
    write_picture(source / "train" / "happy" / "a.png", scene(0, 100))
    write_picture(source / "test" / "sad" / "b.jpg", scene(1, 100), "JPEG")
    write_picture(source / "test" / "sad" / "copy.png", scene(1, 100))
    (source / "test" / "sad" / "c.png").write_bytes(b"\x89PNG broken")
    write_picture(source / "test" / "bored" / "d.png", scene(2, 100))
    summary = finish(crop_dataset(source, tmp_path / "out", CropOptions(), Fixed(LARGE), None))
    assert summary.counts == {"happy": 1, "sad": 1}
    rejects = list(csv.reader((tmp_path / "out" / "rejects.csv").open()))[1:]
    assert rejects == [
        ["test/bored/d.png", "unknown class 'bored'"],
        ["test/sad/c.png", "not an image"],
        ["test/sad/copy.png", "near-duplicate of test/sad/b.jpg"],
    ]
    rows = list(csv.DictReader((tmp_path / "out" / "manifest.csv").open()))
    assert [(row["file"], row["origin"]) for row in rows] == [
        ("test/sad/b.png", "test/sad/b.jpg"),
        ("train/happy/a.png", "train/happy/a.png"),
    ]
    assert rows[0]["x1"] == "30.0"
    assert rows[0]["confidence"] == "0.9900"
    assert load_faces([tmp_path / "out"], "train").images[0].shape == (58, 58, 3)


def test_near_duplicates_stay_on_request(tmp_path: Path) -> None:
    for name in "ab":
        write_picture(tmp_path / "set" / "sad" / f"{name}.png", scene(0, 100))
    summary = finish(
        crop_dataset(tmp_path / "set", tmp_path / "o", CropOptions(distance=-1), Fixed(LARGE), None)
    )
    assert summary.counts == {"sad": 2}


def test_a_set_without_a_usable_face_is_reported_and_nothing_is_left(tmp_path: Path) -> None:
    write_picture(tmp_path / "set" / "sad" / "1.png", scene(0, 100))
    with pytest.raises(DatasetError, match="no usable face: no face 1"):
        finish(crop_dataset(tmp_path / "set", tmp_path / "out", CropOptions(), Fixed(), None))
    assert not (tmp_path / "out").exists()


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    write_picture(tmp_path / "set" / "sad" / "1.png", scene(0, 100))
    with pytest.raises(OutputError, match="not overwritten"):
        finish(crop_dataset(tmp_path / "set", tmp_path / "set", CropOptions(), Fixed(LARGE), None))


def test_the_command_finds_a_real_face(tmp_path: Path, portrait: ImageArray) -> None:
    write_picture(tmp_path / "set" / "happy" / "1.png", place(portrait, (400, 300), 100, 20, 256))
    write_picture(tmp_path / "set" / "sad" / "1.png", scene(5, 200))
    arguments = ["dataset", "crop", str(tmp_path / "set"), str(tmp_path / "out")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "1 faces written" in result.output
    assert "no face 1" in result.output
    row = next(csv.DictReader((tmp_path / "out" / "manifest.csv").open()))
    # the face lies near (220, 115) of the portrait, which is placed at half its size
    assert float(row["x1"]) < 100 + 110 < float(row["x2"])
    assert float(row["y1"]) < 20 + 57 < float(row["y2"])


def test_a_package_that_is_not_installed_is_reported_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emotion_core.optional.find_spec", lambda name: None)
    result = CliRunner().invoke(app, ["dataset", "crop", str(tmp_path), str(tmp_path / "out")])
    assert isinstance(result.exception, DatasetError)
    assert "pip install -r requirements-train.txt" in str(result.exception)
