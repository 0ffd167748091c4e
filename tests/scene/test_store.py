"""Clips and analyses on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.registry import ModelId
from emotion_core.errors import OutputError
from emotion_core.faces.identity.track_embeddings import TrackEmbeddings
from emotion_core.files import completed_folder
from emotion_core.scene.analysis import (
    FACE_DTYPES,
    FRAME_DTYPES,
    AnalysisParameters,
    ClipId,
    SceneAnalysis,
)
from emotion_core.scene.store import AnalysisStore
from emotion_core.types import VideoInfo
from tests.scene.scenes import make_scene


def test_a_stored_analysis_comes_back_as_it_was(tmp_path: Path) -> None:
    store, scene = AnalysisStore(tmp_path), make_scene()
    store.save(scene, tmp_path / "clip.mp4")
    loaded = store.load(scene.id)
    assert loaded is not None
    pd.testing.assert_frame_equal(loaded.faces, scene.faces)
    pd.testing.assert_frame_equal(loaded.frames, scene.frames)
    for name in ("clip", "info", "shots", "model", "parameters", "warnings", "id"):
        assert getattr(loaded, name) == getattr(scene, name)


@pytest.mark.parametrize("still_change", [6, 6.0])
def test_an_analysis_lies_at_the_address_that_it_says_itself(
    tmp_path: Path, still_change: float
) -> None:
    parameters = AnalysisParameters(still_change=still_change)
    scene = replace(make_scene(), parameters=parameters)
    store = AnalysisStore(tmp_path)
    store.save(scene, tmp_path / "scene.mp4")
    loaded = store.load(scene.id)
    assert loaded is not None and loaded.id == scene.id


def test_what_tells_the_faces_apart_comes_back_as_it_was(tmp_path: Path) -> None:
    identity = TrackEmbeddings(
        np.array([0, 3], np.int32),
        np.float32([[1, 0], [0.6, 0.8]]),
        np.float32([2.5, 0.5]),
        (b"\xff\xd8one", b""),
        "faces-1",
        0.42,
    )
    store, scene = AnalysisStore(tmp_path), replace(make_scene(), identity=identity)
    store.save(scene, tmp_path / "clip.mp4")
    loaded = store.load(scene.id)
    assert loaded is not None
    for name in ("track", "vectors", "weights"):
        assert np.array_equal(getattr(loaded.identity, name), getattr(identity, name))
    assert loaded.identity.portraits == identity.portraits
    assert (loaded.identity.embedder, loaded.identity.threshold) == ("faces-1", 0.42)


def test_an_analysis_of_nobody_comes_back_too(tmp_path: Path) -> None:
    store, scene = AnalysisStore(tmp_path), make_scene(tracks={})
    store.save(scene, tmp_path / "clip.mp4")
    loaded = store.load(scene.id)
    assert loaded is not None and loaded.faces.empty
    assert dict(loaded.faces.dtypes.astype(str)) == FACE_DTYPES


def test_the_address_changes_with_clip_model_and_parameters() -> None:
    def address(sha: str = "a", model: str = "m", every: int = 1) -> str:
        empty = {name: pd.Series(dtype=kind) for name, kind in FACE_DTYPES.items()}
        frames = {name: pd.Series(dtype=kind) for name, kind in FRAME_DTYPES.items()}
        return SceneAnalysis(
            ClipId(sha, "clip.mp4"),
            VideoInfo(1, 1, 25, 1, 1, False),
            (),
            pd.DataFrame(empty),
            pd.DataFrame(frames),
            ModelId("some/model", model),
            AnalysisParameters(every=every),
        ).id

    assert len({address(), address(sha="b"), address(model="n"), address(every=2)}) == 4
    assert address() == address()


@pytest.mark.parametrize("name", ["analysis.json", "faces.parquet", "identity.parquet"])
def test_a_damaged_analysis_counts_as_not_there(tmp_path: Path, name: str) -> None:
    store, scene = AnalysisStore(tmp_path), make_scene()
    store.save(scene, tmp_path / "clip.mp4")
    (tmp_path / scene.id / name).write_bytes(b"{")
    assert store.load(scene.id) is None


def test_what_is_stored_can_be_found_and_deleted(tmp_path: Path) -> None:
    store = AnalysisStore(tmp_path)
    assert list(store.addresses()) == []
    for sha in ("a" * 64, "b" * 64):
        store.save(make_scene(sha=sha), tmp_path / "clip.mp4")
    first, second = sorted(store.addresses())
    stored = store.read(second)
    assert stored is not None and stored.id == second and stored.clip.sha256 == "b" * 64
    store.delete(second)
    assert list(store.addresses()) == [first] and store.read(second) is None


def test_a_folder_appears_complete_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "new" / "results" / "scene"
    with pytest.raises(ZeroDivisionError), completed_folder(target) as work:
        (work / "half").write_text("x")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with completed_folder(target) as work:
        (work / "whole").write_text("x")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["whole"]


def test_other_files_in_the_folder_stay(tmp_path: Path) -> None:
    target = tmp_path / "scene"
    target.mkdir()
    (target / "notes.txt").write_text("mine")
    (target / "faces.csv").write_text("old")
    with completed_folder(target) as work:
        (work / "faces.csv").write_text("new")
    assert (target / "notes.txt").read_text() == "mine"
    assert (target / "faces.csv").read_text() == "new"


def test_a_place_that_cannot_be_written_to_is_reported_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for target in (tmp_path / "file", tmp_path / "file" / "scene"):
        with pytest.raises(OutputError, match="cannot be written"), completed_folder(target):
            pytest.fail("the block must not run")


def test_an_analysis_is_not_stored_on_a_disk_that_is_nearly_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_MIN_FREE_GB", "1e6")
    with pytest.raises(OutputError, match="nearly full"):
        AnalysisStore(tmp_path).save(make_scene(), tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []
