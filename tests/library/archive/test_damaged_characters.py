"""What is stopped, damaged, or says of a character what cannot be."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import select

from emotion_core.errors import LibraryError
from emotion_core.library.archive.exporting import export_library
from emotion_core.library.archive.importing import import_library
from emotion_core.library.database.tables import Appearance, Character
from emotion_core.progress import finish
from emotion_core.scene.store import AnalysisStore
from tests.library.archive.transfers import (
    Side,
    carry,
    contents,
    enter,
    name,
    scene_of,
    take_in,
    tracks,
)
from tests.library.characters.casts import ANA, played


def _track(**changes: Any) -> dict[str, Any]:
    sound = {"start": 0, "end": 1, "seconds": 1, "anchors": [[0, 0.1, 0.1, 0.2, 0.2]]}
    return {**sound, **changes}


def test_an_import_that_is_stopped_before_it_is_whole_leaves_nothing(
    here: Side, there: Side, tmp_path: Path
) -> None:
    name(here.library, enter(here, played({0: (ANA, 0, 50, 0)})), 0, "Ana")
    finish(export_library(here.library, here.settings, tmp_path / "a.zip"))
    before = contents(there.library)
    steps = import_library(there.library, there.settings, tmp_path / "a.zip")
    assert any(step.share >= 0.9 for step in steps)
    steps.close()
    assert contents(there.library) == before
    assert list(AnalysisStore(there.settings.analyses_dir).addresses()) == []


@pytest.mark.parametrize(
    "column", [{"vector": [np.full(2, np.nan)]}, {"track": [None]}, {"weight": ["much"]}]
)
def test_embeddings_that_cannot_be_are_a_damaged_reading(
    here: Side, there: Side, tmp_path: Path, column: dict[str, Any]
) -> None:
    clip = played({0: (ANA, 0, 50, 0)})
    enter(there, clip)
    path = there.store.folder / clip.id / "identity.parquet"
    pd.read_parquet(path).assign(**column).to_parquet(path)
    assert there.store.load(clip.id) is None
    before = contents(here.library)
    with pytest.raises(LibraryError, match="damaged"):
        carry(there, here, tmp_path / "a.zip")
    assert contents(here.library) == before


def test_a_reading_by_an_older_version_does_not_replace_the_same_by_this_one(
    here: Side, there: Side, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = played({0: (ANA, 0, 50, 0)})
    with monkeypatch.context() as older:
        older.setattr("emotion_core.scene.analysis.ANALYSIS_VERSION", 2)
        enter(there, clip)
        (there.store.folder / clip.id / "identity.parquet").unlink()
    enter(here, clip)
    for _ in range(2):
        carry(there, here, tmp_path / "a.zip")
        assert [one.address for one in scene_of(here.library).analyses] == [clip.id]
        assert tracks(here.library) == {"Person 1": [0]}


@pytest.mark.parametrize(
    "character",
    [
        {"uuid": "", "number": 1, "tracks": []},
        {"uuid": "x" * 37, "number": 1, "tracks": []},
        {"uuid": "x", "number": 0, "tracks": []},
        {"uuid": "x", "number": 10**12, "tracks": []},
        {"uuid": "x", "number": 1, "tracks": [], "name": "a" * 101},
        {"uuid": "x", "number": 1, "tracks": [_track(start=-1)]},
        {"uuid": "x", "number": 1, "tracks": [_track(end=float("inf"))]},
        {"uuid": "x", "number": 1, "tracks": [_track(seconds=float("nan"))]},
        {"uuid": "x", "number": 1, "tracks": [_track(start=2)]},
        {"uuid": "x", "number": 1, "tracks": [_track(anchors=[])]},
        {"uuid": "x", "number": 1, "tracks": [_track(anchors=[[0, 0.1, 0.1, 0.2]])]},
        {"uuid": "x", "number": 1, "tracks": [_track(anchors=[[0, 0.1, 0.1, 0.2, 1e9]])]},
        {"uuid": "x", "number": 1, "tracks": [_track(anchors=[[0, 0.1, 0.1, 0.2, 0.2]] * 100)]},
    ],
)
def test_what_cannot_be_said_of_a_character_is_damage(
    there: Side, tmp_path: Path, character: dict[str, Any]
) -> None:
    moment = "2026-01-01T00:00:00Z"
    scene = {"clip_sha256": "a" * 64, "clip_name": "a.mp4", "title": "a", "created": moment}
    manifest = {"format": "eme-library", "created": moment}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        scenes = [{**scene, "characters": [character]}]
        archive.writestr("library.json", json.dumps({**manifest, "scenes": scenes}))
    before = contents(there.library)
    with pytest.raises(LibraryError, match="damaged"):
        take_in(there, tmp_path / "a.zip")
    assert contents(there.library) == before


def test_a_person_whom_an_archive_has_in_two_places_at_once_is_one_in_both(
    there: Side, tmp_path: Path
) -> None:
    moment = "2026-01-01T00:00:00Z"
    twice = [_track(), _track(), _track(anchors=[[0, 0.6, 0.6, 0.9, 0.9]])]
    person = {"uuid": "x", "number": 1, "name": "A \0 b", "tracks": twice}
    scene = {"clip_sha256": "a" * 64, "clip_name": "a.mp4", "title": "a", "created": moment}
    manifest = {"format": "eme-library", "created": moment}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        scenes = [{**scene, "characters": [person]}] * 2
        archive.writestr("library.json", json.dumps({**manifest, "scenes": scenes}))
    # as after a merge of two who are on screen together; what stands there twice is entered once
    assert take_in(there, tmp_path / "a.zip").differences == ()
    with there.library.reading() as session:
        one, other = session.scalars(select(Appearance)).all()
        assert one.character_id == other.character_id
        assert session.get_one(Character, one.character_id).name == "A b"
