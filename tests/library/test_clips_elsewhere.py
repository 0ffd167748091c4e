"""A library whose clips are kept on object storage: all that it does with clips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from emotion_core.errors import LibraryError, MediaError, OutputError
from emotion_core.files import from_text, to_text
from emotion_core.jobs.kinds.reading import ReadClip, read_before
from emotion_core.library.archive.copying import Chosen, copy_scenes
from emotion_core.library.archive.exporting import export_library
from emotion_core.library.archive.importing import import_library
from emotion_core.library.database.engine import open_database
from emotion_core.library.database.tables import Scene
from emotion_core.library.recovery import recover
from emotion_core.library.removal import delete_scenes, what_leaves
from emotion_core.library.scenes import clip_of, open_library, read_scene
from emotion_core.library.takes import take_entries
from emotion_core.library.thumbnails import thumbnails_path
from emotion_core.progress import finish
from emotion_core.scene.clips import store as clip_store
from emotion_core.scene.clips.store import clips_of
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings, User, load_settings
from tests.faults.crashes.readers import PlainReader, make_film
from tests.library import recordings
from tests.library.recordings import nobody
from tests.scene.clips.conftest import new_machine, settings_of
from tests.scene.clips.filesystems import Disk
from tests.test_unfinished import die

ADA = User("https://school", "ada")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    yield settings_of("bucket", tmp_path, monkeypatch)
    Disk.failing.clear()
    clip_store._remote.cache_clear()


def kept(folder: Path) -> list[str]:
    """The folders of what is kept, one for each clip."""
    found = (folder / "kept").rglob("*")
    return sorted(str(p.parent.relative_to(folder / "kept")) for p in found if p.is_file())


def add_scene(settings: Settings, folder: Path) -> Scene:
    """A clip that was uploaded and read on this machine."""
    with make_film(folder / "film.mp4").open("rb") as file:
        place, clip = clips_of(settings).add(file, "film.mp4")
    finish(read_scene(PlainReader(settings), place, clip))
    return only_scene(settings)


def only_scene(settings: Settings) -> Scene:
    with open_database(settings).reading() as session:
        scene = session.scalars(select(Scene)).one()
        assert scene.analyses
        return scene


def test_what_is_written_of_a_clip_holds_on_each_machine(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = add_scene(settings, tmp_path)
    place = settings.media_dir / f"{scene.clip_sha256}.mp4"
    stored = AnalysisStore(settings.analyses_dir).read(scene.address)
    assert stored is not None and from_text(stored.source) == from_text(scene.source) == place
    assert not settings.media_dir.exists() and kept(tmp_path) == ["media"]
    # another machine reads it from what a job says, without the strip that is there
    clips = new_machine(settings, tmp_path, monkeypatch)
    assert clip_of(scene, settings) == read_before(settings, scene.address)[0] == place
    assert Disk.calls["open"] == 0
    fetching, *_ = phases = ReadClip(to_text(place), stored.clip, "eme-lite2").phases(settings)
    assert [phase.label for phase in phases][:2] == [
        "Fetching the clip",
        "Converting the clip for playback",
    ]
    finish(fetching.begin())
    assert clips.is_at_hand(place) and Disk.calls["open"] == 1
    phases = ReadClip(to_text(place), stored.clip, "eme-lite2").phases(settings)
    assert phases[0].label == "Converting the clip for playback"
    clips = new_machine(settings, tmp_path / "next", monkeypatch)
    AnalysisStore(settings.analyses_dir).delete(scene.address)
    thumbnails_path(settings.thumbnails_dir, scene.clip_sha256).unlink()
    finish(read_scene(PlainReader(settings), place, stored.clip))
    assert clips.is_at_hand(place) and Disk.calls["open"] == 1
    assert thumbnails_path(settings.thumbnails_dir, scene.clip_sha256).is_file()
    # what is read already needs no clip
    new_machine(settings, tmp_path / "third", monkeypatch)
    finish(read_scene(PlainReader(settings), place, stored.clip))
    assert not Disk.calls


def test_a_scene_is_shared_and_each_library_deletes_its_own(
    settings: Settings, tmp_path: Path
) -> None:
    own = settings.library_of(ADA.library)
    scene = add_scene(own, tmp_path)
    Disk.calls.clear()
    finish(copy_scenes(own, settings, Chosen(scene_id=scene.id), add_only=True))
    assert Disk.calls["copy"] == 1 and Disk.calls["open"] == Disk.calls["put"] == 0
    assert kept(tmp_path) == ["media", f"users/{ADA.library}/media"]
    leaving = what_leaves(open_database(own), own, [scene.id])
    assert leaving.clip_bytes == (tmp_path / "film.mp4").stat().st_size and leaving.kept == ()
    delete_scenes(open_database(own), own, [scene.id], nobody)
    assert kept(tmp_path) == ["media"] and clips_of(own).find(scene.clip_sha256) is None
    found = clips_of(settings).find(only_scene(settings).clip_sha256)
    assert found is not None and found.read_bytes() == (tmp_path / "film.mp4").read_bytes()
    open_database(own).close()


def test_an_archive_goes_out_and_comes_in(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = add_scene(settings, tmp_path)
    new_machine(settings, tmp_path, monkeypatch)
    database, archive = open_database(settings), tmp_path / "all.zip"
    summary = finish(export_library(database, settings, archive))
    assert summary.without_clip == () and dict(Disk.calls) == {"list": 1, "open": 1}
    other = settings.library_of(ADA.library)
    finish(import_library(open_database(other), other, archive))
    finish(import_library(open_database(other), other, archive))  # the same again changes nothing
    assert kept(tmp_path) == ["media", f"users/{ADA.library}/media"]
    assert clips_of(other).find(scene.clip_sha256) is not None
    assert clip_of(only_scene(other), other) == other.media_dir / f"{scene.clip_sha256}.mp4"
    # all or nothing, also where clips cannot be written
    delete_scenes(open_database(other), other, [only_scene(other).id], nobody)
    Disk.failing["put"] = PermissionError(13, "Access denied")
    with pytest.raises(OutputError, match="cannot be written to: access denied"):
        finish(import_library(open_database(other), other, archive))
    assert kept(tmp_path) == ["media"]
    open_database(other).close()


def test_a_take_is_kept_there_or_stays_where_it_was_recorded(
    settings: Settings, tmp_path: Path
) -> None:
    Disk.failing["put"] = OSError(5, "Timed out")
    with pytest.raises(OutputError, match="cannot be written to: timed out"):
        recordings.keep(settings, tmp_path)
    assert (tmp_path / "recording 0.mp4").is_file() and kept(tmp_path) == []
    Disk.failing.clear()
    take = recordings.keep(settings, tmp_path)
    (entry,) = take_entries(open_database(settings))
    assert kept(tmp_path) == ["media"] and clips_of(settings).local(take.path).is_file()
    delete_scenes(open_database(settings), settings, [entry.scene_id], nobody)
    assert kept(tmp_path) == []


def test_a_place_that_cannot_be_reached_keeps_scenes_from_being_deleted(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, database = add_scene(settings, tmp_path), open_database(settings)
    Disk.failing["list"] = OSError(5, "Timed out")
    with pytest.raises(LibraryError, match="cannot be reached: timed out"):
        what_leaves(database, settings, [scene.id])
    monkeypatch.setattr("emotion_core.scene.clips.objects._LEFT_ALONE", 0.0)
    with pytest.raises(LibraryError, match="cannot be reached: timed out"):
        delete_scenes(database, settings, [scene.id], nobody)
    assert only_scene(settings).id == scene.id
    Disk.failing.clear()
    Disk.failing["remove"] = PermissionError(13, "Access denied")
    with pytest.raises(LibraryError, match=r"gone from the library, but .* could not be deleted"):
        delete_scenes(database, settings, [scene.id], nobody)


_ADD = """
from io import BytesIO
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import load_settings
clips_of(load_settings()).add(BytesIO(b"new"), "new.mp4", Note())
"""


def test_a_clip_of_a_process_that_was_killed_before_the_library_knew_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_of("folder", tmp_path, monkeypatch)
    monkeypatch.setenv("EME_MEDIA_URL", f"file://{tmp_path / 'kept'}")
    settings = load_settings()
    add_scene(settings, tmp_path)
    die(_ADD)
    assert kept(tmp_path) == ["media", "media"]
    # who cannot reach it now opens the library all the same, and who comes next tries again
    (tmp_path / "kept").rename(tmp_path / "away")
    open_library(settings)
    (tmp_path / "away").rename(tmp_path / "kept")
    assert kept(tmp_path) == ["media", "media"]
    recover(settings)
    assert kept(tmp_path) == ["media"]
    assert clips_of(settings).find(only_scene(settings).clip_sha256) is not None


def test_what_could_not_be_taken_back_is_tried_again_by_the_next_process(
    settings: Settings, tmp_path: Path
) -> None:
    recordings.recording(tmp_path)
    Disk.failing["remove"] = OSError(5, "Timed out")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(MediaError):
        patch.setattr(
            "emotion_core.library.takes._enter", lambda *_: (_ for _ in ()).throw(MediaError("No."))
        )
        recordings.keep(settings, tmp_path)
    assert kept(tmp_path) == ["media"]
    assert len(list((settings.data_dir / ".unfinished").glob("*/*.json"))) == 1
