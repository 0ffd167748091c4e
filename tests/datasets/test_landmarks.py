from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.datasets.landmarks import landmarks_of, read_landmarks, write_landmarks
from emotion_core.errors import DatasetError
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.progress import finish
from emotion_core.types import ImageArray


@pytest.fixture(scope="module")
def face(portrait: ImageArray) -> ImageArray:
    """The portrait's face cut out tightly, as sets have them."""
    return np.ascontiguousarray(portrait[50:190, 155:295])


@pytest.fixture(scope="module")
def detector() -> MTCNNDetector:
    return MTCNNDetector(0.3)


def write(path: Path, image: ImageArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image[..., ::-1])


def test_landmarks_are_where_the_face_is_also_in_a_tight_and_in_a_small_picture(
    portrait: ImageArray, face: ImageArray, detector: MTCNNDetector
) -> None:
    whole = MTCNNDetector().detect(portrait).landmarks
    assert whole is not None
    tight = landmarks_of(face, detector)
    small = cv2.resize(face, (48, 48), interpolation=cv2.INTER_AREA)
    tiny = landmarks_of(np.asarray(small, np.uint8), detector)
    assert tight is not None and tiny is not None
    assert np.abs(tight + np.float32((155, 50)) - whole[0]).max() < 4
    assert np.abs((tiny + 0.5) * 140 / 48 - 0.5 - tight).max() < 5


def test_the_table_has_a_row_for_each_picture_with_a_face(
    tmp_path: Path, face: ImageArray, detector: MTCNNDetector
) -> None:
    write(tmp_path / "set" / "Eileen" / "one.png", face)
    write(tmp_path / "set" / "Nobody" / "blank.png", np.full_like(face, 90))
    (tmp_path / "set" / "Nobody" / "broken.png").write_bytes(b"no picture")
    counts = finish(write_landmarks(tmp_path / "set", tmp_path / "table.csv", detector))
    assert counts == {"found": 1, "no face": 1, "not an image": 1}
    table = read_landmarks(tmp_path / "table.csv")
    assert list(table) == ["Eileen/one.png"]
    found = landmarks_of(face, detector)
    assert found is not None and np.abs(table["Eileen/one.png"] - found).max() < 0.01


def test_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text("file,happy\na.png,3\n")
    with pytest.raises(DatasetError, match="not a table of landmarks"):
        read_landmarks(tmp_path / "votes.csv")
    with pytest.raises(DatasetError, match="not a table of landmarks"):
        read_landmarks(tmp_path / "missing.csv")


def test_the_command_says_how_many_faces_there_are(tmp_path: Path, face: ImageArray) -> None:
    write(tmp_path / "set" / "Eileen" / "one.png", face)
    out = tmp_path / "table.csv"
    result = CliRunner().invoke(
        app, ["dataset", "landmarks", str(tmp_path / "set"), str(out)], catch_exceptions=False
    )
    assert result.exit_code == 0 and f"1 faces in {out}" in result.output
