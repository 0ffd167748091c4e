"""What users have said of characters, in an archive and out of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from emotion_core.library.archive.exporting import export_library
from emotion_core.library.characters.editing import move_tracks, rename_character
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.characters.listing import (
    SceneCharacter,
    characters_of_film,
    characters_of_scene,
)
from emotion_core.library.characters.neutral_faces import name_neutral_face
from emotion_core.library.database.tables import Appearance, Character
from emotion_core.library.editing import add_film
from emotion_core.progress import finish
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
from tests.library.characters.casts import ANA, BEN, CARLA, played
from tests.library.conftest import BOTH


@pytest.mark.parametrize("settings", BOTH, indirect=True)
def test_characters_go_out_and_come_in_with_their_names_and_all_that_was_said(
    here: Side, there: Side, tmp_path: Path
) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (ANA, 30, 50, 0), 2: (BEN, 0, 90, 3), 3: (CARLA, 60, 90, 0)}
    first = enter(here, played(parts, "a"))
    # in the second scene nobody has said anything: Ana is known there by her face
    enter(here, played({0: (ANA + 4, 0, 50, 0), 1: (BEN, 0, 50, 3)}, "b"))
    name(here.library, first, 0, "Ana <b>")
    both = next(c for c in characters_of_scene(here.library, first) if c.label == "Ana <b>")
    move_tracks(here.library, [both.appearances[1].id])
    carry(here, there, tmp_path / "a.zip")
    # who was found by face alone may get another number
    assert tracks(there.library, "a").pop("Ana <b>") == [0] and tracks(there.library, "a").pop(
        "Person 4"
    ) == [1]
    assert sorted(tracks(there.library, "a").values()) == sorted(tracks(here.library, "a").values())
    assert tracks(there.library, "b").pop("Ana <b>") == [0] and len(tracks(there.library, "b")) == 2
    with here.library.reading() as ours, there.library.reading() as copy:
        query = select(Character.uuid).where(Character.name != "")
        assert ours.scalars(query).all() == copy.scalars(query).all()
        seen = copy.scalars(select(Appearance).where(Appearance.track.is_not(None))).all()
    assert len(seen) == 6 and all(one.portrait and one.vector for one in seen)


def test_names_reach_all_scenes_of_a_film_whatever_their_order(
    here: Side, there: Side, tmp_path: Path
) -> None:
    film = add_film(here.library, {"title": "Film"}).id
    for sha in "abc":
        scene = enter(here, played({0: (ANA, 0, 50, 0)}, sha), film)
    cast = characters_of_film(here.library, scene)
    rename_character(here.library, cast[0].id, "Ana")
    with here.library.writing() as session:  # said of the last scene alone
        for one in session.scalars(select(Appearance).where(Appearance.scene_id != scene)):
            one.fixed = False
    carry(here, there, tmp_path / "a.zip")
    assert [tracks(there.library, sha) for sha in "abc"] == [{"Ana": [0]}] * 3


def test_importing_characters_twice_or_into_their_own_library_changes_nothing(
    here: Side, there: Side, tmp_path: Path
) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (ANA, 30, 50, 0), 2: (BEN, 0, 90, 3)}
    scene = enter(here, played(parts))
    name(here.library, scene, 2, "Ben")
    name(here.library, scene, 0, "Ana")
    enter(here, played({5: parts[0]}, model="short-sighted"))
    before = contents(here.library)
    assert carry(here, here, tmp_path / "a.zip").differences == ()
    assert contents(here.library) == before
    take_in(there, tmp_path / "a.zip")
    before = contents(there.library)
    assert take_in(there, tmp_path / "a.zip").differences == ()
    assert contents(there.library) == before


def test_what_was_said_is_found_in_another_reading_of_the_clip(
    here: Side, there: Side, tmp_path: Path
) -> None:
    scene = enter(here, played({0: (ANA, 0, 40, 0), 1: (BEN, 50, 90, 3)}))
    name(here.library, scene, 0, "Ana")
    name(here.library, scene, 1, "Ben")
    again = {7: (BEN, 50, 90, 3), 8: (ANA, 2, 42, 0)}
    enter(there, played(again, every=3, model="newer"))
    finish(export_library(here.library, here.settings, tmp_path / "a.zip"))
    for _ in range(2):
        assert take_in(there, tmp_path / "a.zip").differences == ()
        assert tracks(there.library) == {"Ana": [8], "Ben": [7]}


def test_what_was_said_comes_in_also_where_no_reading_can_be_loaded(
    here: Side, there: Side, tmp_path: Path
) -> None:
    clip = played({0: (ANA, 0, 50, 0)})
    scene = enter(here, clip)
    name(here.library, scene, 0, "Ana")
    # as an older version has left it, which knew of no characters
    (here.store.folder / clip.id / "identity.parquet").unlink()
    for _ in range(2):
        assert carry(here, there, tmp_path / "a.zip").differences == ()
    copy = scene_of(there.library)
    assert copy.title == "a" and copy.address == clip.id and not copy.barcode
    assert there.store.read(clip.id) is not None and there.store.load(clip.id) is None
    assert tracks(there.library) == {}
    # and once it was read again, her name is there
    enter(there, played({4: (ANA, 0, 50, 0)}, model="another"))
    assert tracks(there.library) == {"Ana": [4]}


def test_neutral_faces_go_out_and_come_in_and_what_was_said_here_stays(
    here: Side, there: Side, tmp_path: Path
) -> None:
    scene = played({0: (ANA, 0, 50, 0), 1: (BEN, 0, 90, 3)}, "a")
    first, second = enter(here, scene), enter(there, scene)
    ana, ben = (one.id for one in sorted(_people(here, first), key=lambda one: one.label))
    name_neutral_face(here.library, first, ana, 1.0)
    name_neutral_face(here.library, first, ben, 2.0)
    theirs = min(_people(there, second), key=lambda one: one.label)
    name_neutral_face(there.library, second, theirs.id, 0.4)
    carry(here, there, tmp_path / "a.zip")
    said = with_characters(there.library, scene).neutral_times
    assert dict(said) == {0: 0.4, 1: 2.0}


def _people(side: Side, scene: int) -> tuple[SceneCharacter, ...]:
    return characters_of_scene(side.library, scene)
