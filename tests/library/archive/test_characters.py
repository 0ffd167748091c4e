"""What users have said of characters, in an archive and out of it."""

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
from emotion_core.library.archive.merging import MergeSummary
from emotion_core.library.characters.editing import (
    characters_of_film,
    characters_of_scene,
    merge_characters,
    move_tracks,
    rename_character,
)
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Base, Character, Scene
from emotion_core.library.editing import add_film
from emotion_core.library.queries.browsing import get_scene
from emotion_core.progress import finish
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.library.characters.casts import ANA, BEN, CARLA, enter, played
from tests.library.conftest import BOTH


@pytest.fixture
def store(settings: Settings) -> AnalysisStore:
    return AnalysisStore(settings.analyses_dir)


@pytest.fixture
def their_store(other: Settings) -> AnalysisStore:
    return AnalysisStore(other.analyses_dir)


def carry(
    source: Database, settings: Settings, target: Database, into: Settings, path: Path
) -> MergeSummary:
    """Export one library and import it in another."""
    finish(export_library(source, settings, path))
    return take_in(target, into, path)


def take_in(library: Database, settings: Settings, path: Path) -> MergeSummary:
    summary = finish(import_library(library, settings, path))
    assert isinstance(summary, MergeSummary)
    return summary


def tracks(library: Database, sha: str = "a") -> dict[str, list[int | None]]:
    number = scene_of(library, sha).id
    return {c.label: [a.track for a in c.appearances] for c in characters_of_scene(library, number)}


def scene_of(library: Database, sha: str = "a") -> Scene:
    with library.reading() as session:
        number = session.scalars(select(Scene.id).where(Scene.clip_sha256 == sha * 64)).one()
    scene = get_scene(library, number)
    assert scene is not None
    return scene


def name(library: Database, scene: int, track: int, called: str) -> int:
    """Name the character of a track."""
    return rename_character(library, owner(library, scene, track), called)


def owner(library: Database, scene: int, track: int) -> int:
    cast = characters_of_scene(library, scene)
    return next(c.id for c in cast if track in [a.track for a in c.appearances])


def contents(library: Database) -> list[tuple[Any, ...]]:
    """All rows of all tables."""
    with library.reading() as session:
        return [
            (table.name, *row)
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table).order_by(*table.primary_key.columns))
        ]


@pytest.mark.parametrize("settings", BOTH, indirect=True)
def test_characters_go_out_and_come_in_with_their_names_and_all_that_was_said(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    tmp_path: Path,
) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (ANA, 30, 50, 0), 2: (BEN, 0, 90, 3), 3: (CARLA, 60, 90, 0)}
    first = enter(library, store, played(parts, "a"))
    # in the second scene nobody has said anything: Ana is known there by her face
    enter(library, store, played({0: (ANA + 4, 0, 50, 0), 1: (BEN, 0, 50, 3)}, "b"))
    name(library, first, 0, "Ana <b>")
    both = next(c for c in characters_of_scene(library, first) if c.label == "Ana <b>")
    move_tracks(library, [both.appearances[1].id])
    carry(library, settings, theirs, other, tmp_path / "a.zip")
    # who was found by face alone may get another number
    assert tracks(theirs, "a").pop("Ana <b>") == [0] and tracks(theirs, "a").pop("Person 4") == [1]
    assert sorted(tracks(theirs, "a").values()) == sorted(tracks(library, "a").values())
    assert tracks(theirs, "b").pop("Ana <b>") == [0] and len(tracks(theirs, "b")) == 2
    with library.reading() as ours, theirs.reading() as copy:
        query = select(Character.uuid).where(Character.name != "")
        assert ours.scalars(query).all() == copy.scalars(query).all()
        seen = copy.scalars(select(Appearance).where(Appearance.track.is_not(None))).all()
    assert len(seen) == 6 and all(one.portrait and one.vector for one in seen)


def test_names_are_described_to_all_scenes_of_a_film_whatever_their_order(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    tmp_path: Path,
) -> None:
    film = add_film(library, {"title": "Film"}).id
    for sha in "abc":
        scene = enter(library, store, played({0: (ANA, 0, 50, 0)}, sha), film)
    cast = characters_of_film(library, scene)
    rename_character(library, cast[0].id, "Ana")
    with library.writing() as session:  # said of the last scene alone
        for one in session.scalars(select(Appearance).where(Appearance.scene_id != scene)):
            one.fixed = False
    carry(library, settings, theirs, other, tmp_path / "a.zip")
    assert [tracks(theirs, sha) for sha in "abc"] == [{"Ana": [0]}] * 3


def test_importing_characters_twice_or_into_their_own_library_changes_nothing(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    tmp_path: Path,
) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (ANA, 30, 50, 0), 2: (BEN, 0, 90, 3)}
    scene = enter(library, store, played(parts))
    name(library, scene, 2, "Ben")
    name(library, scene, 0, "Ana")
    enter(library, store, played({5: parts[0]}, model="short-sighted"))
    before = contents(library)
    assert carry(library, settings, library, settings, tmp_path / "a.zip").differences == ()
    assert contents(library) == before
    take_in(theirs, other, tmp_path / "a.zip")
    before = contents(theirs)
    assert take_in(theirs, other, tmp_path / "a.zip").differences == ()
    assert contents(theirs) == before


def test_what_was_said_is_found_in_another_reading_of_the_clip(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
) -> None:
    scene = enter(library, store, played({0: (ANA, 0, 40, 0), 1: (BEN, 50, 90, 3)}))
    name(library, scene, 0, "Ana")
    name(library, scene, 1, "Ben")
    again = {7: (BEN, 50, 90, 3), 8: (ANA, 2, 42, 0)}
    enter(theirs, their_store, played(again, every=3, model="newer"))
    finish(export_library(library, settings, tmp_path / "a.zip"))
    for _ in range(2):
        assert take_in(theirs, other, tmp_path / "a.zip").differences == ()
        assert tracks(theirs) == {"Ana": [8], "Ben": [7]}


def test_a_guess_gives_way_to_what_was_said(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
) -> None:
    alike = {0: (ANA, 0, 20, 0), 1: (ANA + 3, 30, 50, 0)}
    scene = enter(library, store, played(alike))
    enter(theirs, their_store, played(alike))
    (everybody,) = characters_of_scene(library, scene)
    twin = move_tracks(library, [everybody.appearances[1].id])
    rename_character(library, twin, "The twin")
    assert tracks(theirs) == {"Person 1": [0, 1]}
    assert carry(library, settings, theirs, other, tmp_path / "a.zip").differences == ()
    assert tracks(theirs) == {"Person 2": [0], "The twin": [1]}


def test_what_is_said_here_stays_and_what_differs_is_described_and_noted(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
) -> None:
    parts = {0: (ANA, 0, 40, 0), 1: (BEN, 50, 90, 3)}
    scene = enter(library, store, played(parts))
    copy = enter(theirs, their_store, played(parts))
    name(library, scene, 0, "Ana")
    name(theirs, copy, 0, "Cleo")
    name(theirs, copy, 1, "Ben")
    finish(export_library(theirs, other, tmp_path / "theirs.zip"))
    for _ in range(2):
        summary = take_in(library, settings, tmp_path / "theirs.zip")
        (text,) = summary.differences
        assert text == "a: the character at 0:00.0 here is Ana, in the archive Cleo."
        assert tracks(library) == {"Ana": [0], "Ben": [1]}
        notes = scene_of(library).notes
        assert notes == "In an imported archive, the character at 0:00.0 is: Cleo"


def test_a_character_who_was_renamed_elsewhere_keeps_the_name_from_here(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    tmp_path: Path,
) -> None:
    scene = enter(library, store, played({0: (ANA, 0, 40, 0)}))
    ana = name(library, scene, 0, "Ana")
    carry(library, settings, theirs, other, tmp_path / "a.zip")
    rename_character(theirs, owner(theirs, scene_of(theirs).id, 0), "Anita")
    summary = carry(theirs, other, library, settings, tmp_path / "b.zip")
    assert summary.differences == ("a: the character at 0:00.0 here is Ana, in the archive Anita.",)
    assert tracks(library) == {"Ana": [0]} and "is: Anita" in scene_of(library).notes
    rename_character(library, ana, "")
    assert take_in(library, settings, tmp_path / "b.zip").differences == ()
    assert tracks(library) == {"Anita": [0]}


def test_a_name_is_one_person_in_a_film_and_another_person_in_another(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
) -> None:
    here = {title: add_film(library, {"title": title}).id for title in ("One", "Two")}
    there = add_film(theirs, {"title": "One"}).id
    for film, sha in ((here["One"], "a"), (here["Two"], "b")):
        name(library, enter(library, store, played({0: (ANA, 0, 40, 0)}, sha), film), 0, "Ana")
    # older and with other hair: by her face she would not be known
    later = enter(theirs, their_store, played({0: (BEN, 0, 40, 0)}, "c"), there)
    name(theirs, later, 0, "ÁNA")
    assert carry(theirs, other, library, settings, tmp_path / "a.zip").differences == ()
    (ana,) = characters_of_film(library, scene_of(library, "a").id)
    assert (ana.label, ana.scenes) == ("Ana", 2)
    assert characters_of_film(library, scene_of(library, "b").id)[0].scenes == 1


def test_two_of_one_name_who_are_on_screen_together_stay_two_and_it_is_described(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
) -> None:
    parts = {0: (ANA, 0, 60, 0), 1: (BEN, 40, 90, 3)}
    scene = enter(library, store, played(parts))
    copy = enter(theirs, their_store, played(parts))
    name(library, scene, 0, "Ana")
    name(theirs, copy, 1, "Ana")
    summary = carry(theirs, other, library, settings, tmp_path / "a.zip")
    (text,) = summary.differences
    assert text == (
        "a: Ana here and Ana in the archive are on screen together, so they stay two characters."
    )
    cast = characters_of_scene(library, scene)
    assert [(c.name, [a.track for a in c.appearances]) for c in cast] == [
        ("Ana", [0]),
        ("Ana", [1]),
    ]
    before = contents(library)
    take_in(library, settings, tmp_path / "a.zip")
    assert contents(library) == before


def test_a_track_is_not_given_to_somebody_who_is_seen_elsewhere_just_then(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    tmp_path: Path,
) -> None:
    scene = enter(library, store, played({0: (ANA, 0, 60, 0), 1: (BEN, 40, 90, 3)}))
    name(library, scene, 0, "Ana")
    carry(library, settings, theirs, other, tmp_path / "a.zip")
    # there, Ana is the other one now
    copy = scene_of(theirs).id
    ana, ben = owner(theirs, copy, 0), owner(theirs, copy, 1)
    (first,) = next(c for c in characters_of_scene(theirs, copy) if c.id == ana).appearances
    (second,) = next(c for c in characters_of_scene(theirs, copy) if c.id == ben).appearances
    move_tracks(theirs, [first.id])
    with theirs.writing() as session:
        one = session.get_one(Appearance, second.id)
        one.fixed = True
        made = Character(name="Ana", number=9, uuid="x")
        session.add(made)
        session.flush()
        one.character_id = made.id
    with library.writing() as session:
        session.get_one(Character, owner(library, scene, 0)).uuid = "x"
    summary = carry(theirs, other, library, settings, tmp_path / "b.zip")
    assert summary.differences == (
        "a: the character at 0:01.6 here is someone else, in the archive Ana.",
    )
    assert tracks(library) == {"Ana": [0], "Person 2": [1]}


def test_whom_only_one_side_has_named_has_that_name(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (BEN, 30, 50, 0)}  # one person, who turns away
    scene = enter(library, store, played(parts))
    merge_characters(library, owner(library, scene, 0), owner(library, scene, 1))
    copy = enter(theirs, their_store, played(parts))
    name(theirs, copy, 0, "Ana")
    assert carry(theirs, other, library, settings, tmp_path / "a.zip").differences == ()
    assert tracks(library) == {"Ana": [0, 1]}


def test_a_scene_that_comes_into_a_film_meets_its_characters(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
) -> None:
    film = add_film(theirs, {"title": "Film"}).id
    clips = [played({0: (who, 0, 50, 0)}, sha) for who, sha in ((ANA, "a"), (ANA + 2, "b"))]
    for clip in clips:
        last = enter(theirs, their_store, clip, film)
    name(theirs, last, 0, "Ana")
    enter(library, store, clips[0])
    carry(theirs, other, library, settings, tmp_path / "a.zip")
    assert tracks(library, "a") == tracks(library, "b") == {"Ana": [0]}
    assert scene_of(library, "a").film_id is not None


def test_what_was_said_comes_in_also_where_no_reading_can_be_loaded(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
) -> None:
    clip = played({0: (ANA, 0, 50, 0)})
    scene = enter(library, store, clip)
    name(library, scene, 0, "Ana")
    # as an older version has left it, which knew of no characters
    (store.folder / clip.id / "identity.parquet").unlink()
    for _ in range(2):
        assert carry(library, settings, theirs, other, tmp_path / "a.zip").differences == ()
    copy = scene_of(theirs)
    assert copy.title == "a" and copy.address == clip.id and not copy.barcode
    assert their_store.read(clip.id) is not None and their_store.load(clip.id) is None
    assert tracks(theirs) == {}
    # and once it was read again, her name is there
    enter(theirs, their_store, played({4: (ANA, 0, 50, 0)}, model="another"))
    assert tracks(theirs) == {"Ana": [4]}


def test_an_import_that_is_stopped_before_it_is_whole_leaves_nothing(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    tmp_path: Path,
) -> None:
    name(library, enter(library, store, played({0: (ANA, 0, 50, 0)})), 0, "Ana")
    finish(export_library(library, settings, tmp_path / "a.zip"))
    before = contents(theirs)
    steps = import_library(theirs, other, tmp_path / "a.zip")
    assert any(step.share >= 0.9 for step in steps)
    steps.close()
    assert contents(theirs) == before
    assert list(AnalysisStore(other.analyses_dir).addresses()) == []


@pytest.mark.parametrize(
    "column", [{"vector": [np.full(2, np.nan)]}, {"track": [None]}, {"weight": ["much"]}]
)
def test_embeddings_that_cannot_be_are_a_damaged_reading(
    settings: Settings,
    library: Database,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
    column: dict[str, Any],
) -> None:
    clip = played({0: (ANA, 0, 50, 0)})
    enter(theirs, their_store, clip)
    path = their_store.folder / clip.id / "identity.parquet"
    pd.read_parquet(path).assign(**column).to_parquet(path)
    assert carry(theirs, other, library, settings, tmp_path / "a.zip").scenes == 1
    assert tracks(library) == {} and scene_of(library).address == clip.id


def test_a_reading_by_an_older_version_does_not_replace_the_same_by_this_one(
    library: Database,
    settings: Settings,
    store: AnalysisStore,
    theirs: Database,
    other: Settings,
    their_store: AnalysisStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clip = played({0: (ANA, 0, 50, 0)})
    with monkeypatch.context() as older:
        older.setattr("emotion_core.scene.analysis.ANALYSIS_VERSION", 2)
        enter(theirs, their_store, clip)
        (their_store.folder / clip.id / "identity.parquet").unlink()
    enter(library, store, clip)
    for _ in range(2):
        carry(theirs, other, library, settings, tmp_path / "a.zip")
        assert [one.address for one in scene_of(library).analyses] == [clip.id]
        assert tracks(library) == {"Person 1": [0]}


def _track(**changes: Any) -> dict[str, Any]:
    sound = {"start": 0, "end": 1, "seconds": 1, "anchors": [[0, 0.1, 0.1, 0.2, 0.2]]}
    return {**sound, **changes}


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
    theirs: Database, other: Settings, tmp_path: Path, character: dict[str, Any]
) -> None:
    moment = "2026-01-01T00:00:00Z"
    scene = {"clip_sha256": "a" * 64, "clip_name": "a.mp4", "title": "a", "created": moment}
    manifest = {"format": "eme-library", "created": moment}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        scenes = [{**scene, "characters": [character]}]
        archive.writestr("library.json", json.dumps({**manifest, "scenes": scenes}))
    before = contents(theirs)
    with pytest.raises(LibraryError, match="damaged"):
        take_in(theirs, other, tmp_path / "a.zip")
    assert contents(theirs) == before


def test_a_person_whom_an_archive_has_in_two_places_at_once_is_in_one(
    theirs: Database, other: Settings, tmp_path: Path
) -> None:
    moment = "2026-01-01T00:00:00Z"
    twice = [_track(), _track(), _track(anchors=[[0, 0.6, 0.6, 0.9, 0.9]])]
    person = {"uuid": "x", "number": 1, "name": "A \0 b", "tracks": twice}
    scene = {"clip_sha256": "a" * 64, "clip_name": "a.mp4", "title": "a", "created": moment}
    manifest = {"format": "eme-library", "created": moment}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        scenes = [{**scene, "characters": [person]}] * 2
        archive.writestr("library.json", json.dumps({**manifest, "scenes": scenes}))
    assert len(take_in(theirs, other, tmp_path / "a.zip").differences) == 1
    with theirs.reading() as session:
        (one,) = session.scalars(select(Appearance)).all()
        assert session.get_one(Character, one.character_id).name == "A b"
