"""Archives whose maker meant harm; many more are made in ``tests/faults``."""

from __future__ import annotations

import json
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from emotion_core.errors import LibraryError
from emotion_core.library.archive.exporting import export_library
from emotion_core.library.editing import add_film
from emotion_core.library.scenes import clip_of
from emotion_core.progress import finish
from emotion_core.scene.clips.store import MediaStore
from tests.library.archive.transfers import Side, contents, enter, scene_of, take_in
from tests.library.characters.casts import ANA, played
from tests.media.clips import make_clip

CLIP = played({0: (ANA, 0, 50, 0)})


@pytest.fixture
def members(there: Side, tmp_path: Path) -> dict[str, bytes]:
    """The files of an archive of one scene without its clip."""
    enter(there, CLIP)
    finish(export_library(there.library, there.settings, tmp_path / "sound.zip"))
    with zipfile.ZipFile(tmp_path / "sound.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(members: dict[str, bytes], path: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def beside(members: dict[str, bytes], **values: Any) -> dict[str, bytes]:
    """The same with other values beside the tables of its analysis."""
    name = next(one for one in members if one.endswith("analysis.json"))
    return {**members, name: json.dumps({**json.loads(members[name]), **values}).encode()}


@pytest.mark.parametrize("address", [False, True])
def test_a_file_of_this_machine_that_an_archive_names_is_not_its_clip(
    here: Side, members: dict[str, bytes], tmp_path: Path, address: bool
) -> None:
    private = make_clip(tmp_path / "private.mp4", 5)
    source = private.as_uri() if address else str(private)
    later = "2900-01-01T00:00:00Z"  # as if it had not changed since
    take_in(here, pack(beside(members, source=source, created=later), tmp_path / "a.zip"))
    stored = here.store.read(CLIP.id)
    assert stored is not None and stored.source == ""
    media = MediaStore(here.settings.media_dir)
    assert media.find_clip(stored.clip.sha256, stored.source, stored.created) is None
    assert clip_of(scene_of(here.library), here.settings) is None
    assert scene_of(here.library).address == CLIP.id and here.store.load(CLIP.id) is not None


def test_an_analysis_is_that_of_its_address(
    here: Side, members: dict[str, bytes], tmp_path: Path
) -> None:
    before = contents(here.library)
    other = beside(members, model={"name": "../../x", "fingerprint": "y"})
    with pytest.raises(LibraryError, match="damaged: analyses/"):
        take_in(here, pack(other, tmp_path / "a.zip"))
    assert contents(here.library) == before


def test_tables_of_an_early_version_are_kept_to_be_read_again(
    here: Side, members: dict[str, bytes], tmp_path: Path
) -> None:
    name = next(one for one in members if one.endswith("faces.parquet"))
    CLIP.faces.drop(columns=["sharpness", "turn"]).to_parquet(tmp_path / "faces.parquet")
    early = {**members, name: (tmp_path / "faces.parquet").read_bytes()}
    take_in(here, pack(early, tmp_path / "a.zip"))
    assert scene_of(here.library).address == CLIP.id and here.store.load(CLIP.id) is None


def test_times_that_no_clip_has_leave_nothing_behind(
    here: Side, members: dict[str, bytes], tmp_path: Path
) -> None:
    before = contents(here.library)
    name = next(one for one in members if one.endswith("frames.parquet"))
    times = pd.Series([*CLIP.frames["time"][:-1], float("inf")])
    replace(CLIP, frames=CLIP.frames.assign(time=times)).frames.to_parquet(tmp_path / "t.parquet")
    endless = {**members, name: (tmp_path / "t.parquet").read_bytes()}
    with pytest.raises(LibraryError, match="damaged: analyses/"):
        take_in(here, pack(endless, tmp_path / "a.zip"))
    assert contents(here.library) == before
    assert list(here.store.addresses()) == [] and not list(here.settings.data_dir.glob(".*"))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_eme_does_not_pack_with_is_not_unpacked(
    here: Side, members: dict[str, bytes], tmp_path: Path, method: int
) -> None:
    with pytest.raises(LibraryError, match="packed in a way that Eme does not use"):
        take_in(here, pack(members, tmp_path / "a.zip", method))


def test_a_list_of_files_without_end_is_not_read(
    here: Side, members: dict[str, bytes], tmp_path: Path
) -> None:
    path = pack(members, tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\5\6")
    data[end + 12 : end + 16] = struct.pack("<I", 100_000_000)
    # the file is as large as it says, but takes no room
    with path.open("wb") as file:
        file.seek(100_000_000)
        file.write(data)
    with pytest.raises(LibraryError, match="the list of its files has 100 MB"):
        take_in(here, path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tags": [str(k) for k in range(1001)]}, "scenes.0.tags"),
        ({"notes": "n" * 500_001}, "scenes.0.notes"),
        ({"created": "0001-01-01T00:00:00+14:00"}, "scenes.0.created"),
        ({"created": "9999-12-31T23:00:00-14:00"}, "scenes.0.created"),
        ({"duration": 1e300}, "scenes.0.duration"),
    ],
)
def test_lists_texts_and_dates_have_bounds(
    here: Side, members: dict[str, bytes], tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    manifest = json.loads(members["library.json"])
    manifest["scenes"][0].update(change)
    text = json.dumps(manifest).encode()
    path = pack({**members, "library.json": text}, tmp_path / "a.zip", zipfile.ZIP_STORED)
    with pytest.raises(LibraryError, match=said):
        take_in(here, path)


def test_a_library_with_more_than_an_archive_may_hold_says_so(here: Side, tmp_path: Path) -> None:
    add_film(here.library, {"title": "A film", "looking_for": "x" * 500_001})
    with pytest.raises(LibraryError, match="no archive can hold: looking_for"):
        finish(export_library(here.library, here.settings, tmp_path / "a.zip"))
    assert not list(tmp_path.glob("*.zip"))
