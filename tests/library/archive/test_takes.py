"""What was played before the camera, in an archive and out of it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from emotion_core.errors import LibraryError
from emotion_core.library.archive.exporting import export_library
from emotion_core.library.archive.importing import import_library
from emotion_core.library.characters.editing import rename_character
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Scene, Take
from emotion_core.library.queries.browsing import get_scene
from emotion_core.library.takes import TakeEntry, delete_takes, take_entries
from emotion_core.progress import finish
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.library.characters.casts import ANA, BEN, enter, played
from tests.library.conftest import BOTH
from tests.library.recordings import keep, read


def export(library: Database, settings: Settings, out: Path, film: int | None = None) -> Path:
    finish(export_library(library, settings, out, film))
    return out


def take_in(library: Database, settings: Settings, path: Path) -> None:
    finish(import_library(library, settings, path))


def only(library: Database) -> TakeEntry:
    (entry,) = take_entries(library)
    return entry


def scene_of(library: Database, number: int | None) -> Scene:
    scene = None if number is None else get_scene(library, number)
    assert scene is not None
    return scene


def play_along(library: Database, settings: Settings, folder: Path, named: str = "") -> None:
    """A take that was read, and was played along Ben's part in a scene with two."""
    parts = {0: (ANA, 0, 99, 0), 1: (BEN, 20, 80, 3)}
    scene = enter(library, AnalysisStore(settings.analyses_dir), played(parts))
    ben = characters_of_scene(library, scene)[1].id
    if named:
        rename_character(library, ben, named)
    exercise = '{"kind": "mirror", "text": "שלום"}'
    about = {"model_scene_id": scene, "model_character_id": ben, "exercise": exercise}
    read(library, settings, keep(settings, folder, title="Mirror Ben", **about))


@pytest.mark.parametrize("named", ["", "Ben"])
@pytest.mark.parametrize("settings", BOTH, indirect=True)
def test_a_take_goes_out_and_comes_in_with_what_was_played_and_its_model(
    library: Database,
    settings: Settings,
    theirs: Database,
    other: Settings,
    tmp_path: Path,
    named: str,
) -> None:
    play_along(library, settings, tmp_path, named)
    take_in(theirs, other, export(library, settings, tmp_path / "a.zip"))
    ours, copy = only(library), only(theirs)
    same = ("title", "number", "played", "recorded", "duration", "exercise", "address", "model")
    assert [getattr(copy, name) for name in same] == [getattr(ours, name) for name in same]
    assert copy.performance is not None and ours.performance is not None
    assert copy.performance.seconds == ours.performance.seconds
    scene = scene_of(theirs, copy.model_scene_id)
    assert scene.clip_sha256 == "a" * 64
    ben = characters_of_scene(theirs, scene.id)[1]
    assert copy.model_character_id == ben.id and ben.name == named
    film = scene_of(theirs, copy.scene_id).film
    assert film is not None and film.title == "Takes" and film.looking_for


def test_a_take_that_was_not_read_travels_and_the_next_counts_on(
    library: Database, settings: Settings, theirs: Database, other: Settings, tmp_path: Path
) -> None:
    keep(settings, tmp_path, 0)
    kept = keep(settings, tmp_path, 1)
    keep(other, tmp_path, 2)
    for _ in range(2):
        take_in(theirs, other, export(library, settings, tmp_path / "a.zip"))
    entries = take_entries(theirs)
    assert sorted(one.number for one in entries) == [1, 1, 2]
    assert not any(one.address for one in entries)
    assert (other.media_dir / kept.path.name).read_bytes() == kept.path.read_bytes()
    assert len({scene_of(theirs, one.scene_id).film_id for one in entries}) == 1
    keep(other, tmp_path, 3)
    assert take_entries(theirs)[0].number == 3


def test_a_film_of_takes_alone_is_exported_and_finds_its_model_where_that_is(
    library: Database, settings: Settings, theirs: Database, other: Settings, tmp_path: Path
) -> None:
    play_along(library, settings, tmp_path)
    film = scene_of(library, only(library).scene_id).film_id
    archive = export(library, settings, tmp_path / "a.zip", film)
    take_in(theirs, other, archive)
    assert only(theirs).model_scene_id is None and only(theirs).model_character_id is None
    whole = export(library, settings, tmp_path / "b.zip")
    take_in(theirs, other, whole)
    assert scene_of(theirs, only(theirs).model_scene_id).clip_sha256 == "a" * 64
    # it comes back to where its model still is
    before = only(library)
    delete_takes(library, settings, [before.scene_id], lambda _: False)
    take_in(library, settings, archive)
    assert only(library).model_scene_id == before.model_scene_id
    assert only(library).model_character_id == before.model_character_id


def test_importing_takes_into_their_own_library_changes_nothing(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    play_along(library, settings, tmp_path)
    before = only(library)
    archive = export(library, settings, tmp_path / "a.zip")
    take_in(library, settings, archive)
    assert only(library) == before
    # what is said here stays
    with library.writing() as session:
        session.get_one(Take, before.scene_id).title = "Ours"
    take_in(library, settings, archive)
    assert only(library).played == "Ours"


def rewrite(path: Path, change: Any) -> Path:
    """The same archive with its list of scenes changed."""
    out = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "library.json":
                manifest = json.loads(content)
                change(manifest["scenes"])
                content = json.dumps(manifest).encode()
            new.writestr(name, content)
    return out


def test_an_archive_that_knows_of_no_takes_comes_in(
    library: Database, settings: Settings, theirs: Database, other: Settings, tmp_path: Path
) -> None:
    kept = keep(settings, tmp_path)

    def forget(scenes: list[dict[str, Any]]) -> None:
        for scene in scenes:
            del scene["take"]

    archive = rewrite(export(library, settings, tmp_path / "a.zip"), forget)
    take_in(theirs, other, archive)
    assert take_entries(theirs) == []
    with theirs.reading() as session:
        assert session.query(Scene).one().clip_sha256 == kept.clip.sha256


@pytest.mark.parametrize(
    "wrong", [{"number": 0}, {"model_clip": "../../x"}, {"recorded": "once"}, {"exercise": 3}]
)
def test_a_take_that_is_written_wrongly_is_reported_and_leaves_nothing(
    library: Database,
    settings: Settings,
    theirs: Database,
    other: Settings,
    tmp_path: Path,
    wrong: dict[str, Any],
) -> None:
    keep(settings, tmp_path)
    archive = export(library, settings, tmp_path / "a.zip")
    damaged = rewrite(archive, lambda scenes: scenes[0]["take"].update(wrong))
    with pytest.raises(LibraryError, match="damaged"):
        take_in(theirs, other, damaged)
    assert take_entries(theirs) == [] and not other.media_dir.exists()
