"""Faces of scenes as a data set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.datasets.from_scenes import SceneFaces, faces_of_scenes
from emotion_core.datasets.layouts import Dataset
from emotion_core.emotions.preprocessing import crop_face
from emotion_core.errors import DatasetError
from emotion_core.media.seeking import read_image_at
from emotion_core.progress import finish
from emotion_core.scene.analysis import FACE_DTYPES, MESH_COLUMNS
from emotion_core.scene.clips.store import MediaStore
from tests.media.clips import make_clip, read_mark
from tests.scene.scenes import FPS, make_scene


def test_faces_are_spread_over_each_track_and_the_end_is_for_validation(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "scene.mp4", n=100, size=(64, 36))
    faces = _large(make_scene().faces)
    out = tmp_path / "faces"
    counts = finish(faces_of_scenes(out, [SceneFaces(clip, faces)], 20, MediaStore(tmp_path)))
    assert 18 <= sum(counts.values()) <= 22
    with Dataset(out) as dataset:
        names = [picture.name for picture in dataset.pictures]
        assert {picture.split for picture in dataset.pictures} == {"train", "val"}
        emotions = {picture.emotion for picture in dataset.pictures}
    assert emotions == set(counts) == {"neutral", "sad", "happy"}
    for track in (0, 1):
        frames = {
            part: [int(Path(n).stem.split("-")[2]) for n in names if _of(n, part, track)]
            for part in ("train", "val")
        }
        assert max(frames["train"]) < min(frames["val"])
        assert 1 <= len(frames["val"]) <= 3 <= len(frames["train"])


def test_a_crop_is_that_of_its_own_moment(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "scene.mp4", n=100, size=(128, 72))
    faces = _large(make_scene().faces).assign(x1=0.0, y1=0.0, x2=128.0, y2=72.0)
    out = tmp_path / "faces"
    finish(faces_of_scenes(out, [SceneFaces(clip, faces)], 6, MediaStore(tmp_path)))
    with Dataset(out) as dataset:
        found = list(dataset.decode(dataset.pictures))
    for picture, crop in found:
        frame = int(Path(picture.name).stem.split("-")[2])
        assert isinstance(crop, np.ndarray)
        image = read_image_at(clip, frame / FPS)
        assert read_mark(image) == frame
        assert np.array_equal(crop, crop_face(image, (0, 0, 128, 72), len(crop)))


def test_faces_that_are_hard_to_see_are_left_out_and_too_few_are_said(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "scene.mp4", n=100, size=(64, 36))
    faces = make_scene().faces.assign(turn=1.5).astype(FACE_DTYPES)
    with pytest.raises(DatasetError, match="too few faces"):
        finish(
            faces_of_scenes(tmp_path / "out", [SceneFaces(clip, faces)], 20, MediaStore(tmp_path))
        )
    with pytest.raises(DatasetError, match="too few faces"):
        finish(faces_of_scenes(tmp_path / "out", [], 20, MediaStore(tmp_path)))
    gone = SceneFaces(tmp_path / "gone.mp4", _large(make_scene().faces))
    with pytest.raises(DatasetError, match="too few faces"):
        finish(faces_of_scenes(tmp_path / "out", [gone], 20, MediaStore(tmp_path)))
    assert not (tmp_path / "out").exists()


def _large(faces: pd.DataFrame) -> pd.DataFrame:
    """The same faces, detected and seen well."""
    sides = {"x2": faces["x1"] + 60, "y2": faces["y1"] + 60}
    return faces.assign(
        **sides, detected=True, sharpness=1.0, turn=0.0, **dict.fromkeys(MESH_COLUMNS, np.nan)
    ).astype(FACE_DTYPES)


def _of(name: str, part: str, track: int) -> bool:
    return name.startswith(f"{part}/") and f"-{track}-" in name
