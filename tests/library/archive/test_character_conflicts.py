"""Two libraries that say different things of the same characters."""

from __future__ import annotations

from pathlib import Path

from emotion_core.library.archive.exporting import export_library
from emotion_core.library.characters.editing import (
    hide_character,
    merge_characters,
    move_tracks,
    rename_character,
)
from emotion_core.library.characters.listing import characters_of_film, characters_of_scene
from emotion_core.library.database.tables import Appearance, Character
from emotion_core.library.editing import add_film
from emotion_core.progress import finish
from tests.library.archive.transfers import (
    Side,
    carry,
    contents,
    enter,
    name,
    owner,
    scene_of,
    take_in,
    tracks,
)
from tests.library.characters.casts import ANA, BEN, played


def test_a_guess_gives_way_to_what_was_said(here: Side, there: Side, tmp_path: Path) -> None:
    alike = {0: (ANA, 0, 20, 0), 1: (ANA + 3, 30, 50, 0)}
    scene = enter(here, played(alike))
    enter(there, played(alike))
    (everybody,) = characters_of_scene(here.library, scene)
    twin = move_tracks(here.library, [everybody.appearances[1].id])
    rename_character(here.library, twin, "The twin")
    assert tracks(there.library) == {"Person 1": [0, 1]}
    assert carry(here, there, tmp_path / "a.zip").differences == ()
    assert tracks(there.library) == {"Person 2": [0], "The twin": [1]}


def test_what_is_said_here_stays_and_what_differs_is_reported_and_noted(
    here: Side, there: Side, tmp_path: Path
) -> None:
    parts = {0: (ANA, 0, 40, 0), 1: (BEN, 50, 90, 3)}
    scene = enter(here, played(parts))
    copy = enter(there, played(parts))
    name(here.library, scene, 0, "Ana")
    name(there.library, copy, 0, "Cleo")
    name(there.library, copy, 1, "Ben")
    finish(export_library(there.library, there.settings, tmp_path / "theirs.zip"))
    for _ in range(2):
        summary = take_in(here, tmp_path / "theirs.zip")
        (text,) = summary.differences
        assert text == "a: the character at 0:00.0 here is Ana, in the archive Cleo."
        assert tracks(here.library) == {"Ana": [0], "Ben": [1]}
        notes = scene_of(here.library).notes
        assert notes == "In an imported archive, the character at 0:00.0 is: Cleo"


def test_a_character_who_was_renamed_elsewhere_keeps_the_name_from_here(
    here: Side, there: Side, tmp_path: Path
) -> None:
    scene = enter(here, played({0: (ANA, 0, 40, 0)}))
    ana = name(here.library, scene, 0, "Ana")
    carry(here, there, tmp_path / "a.zip")
    rename_character(there.library, owner(there.library, scene_of(there.library).id, 0), "Anita")
    summary = carry(there, here, tmp_path / "b.zip")
    assert summary.differences == ("a: the character at 0:00.0 here is Ana, in the archive Anita.",)
    assert tracks(here.library) == {"Ana": [0]} and "is: Anita" in scene_of(here.library).notes
    rename_character(here.library, ana, "")
    assert take_in(here, tmp_path / "b.zip").differences == ()
    assert tracks(here.library) == {"Anita": [0]}


def test_a_name_is_one_person_in_a_film_and_another_person_in_another(
    here: Side, there: Side, tmp_path: Path
) -> None:
    films = {title: add_film(here.library, {"title": title}).id for title in ("One", "Two")}
    theirs = add_film(there.library, {"title": "One"}).id
    for film, sha in ((films["One"], "a"), (films["Two"], "b")):
        name(here.library, enter(here, played({0: (ANA, 0, 40, 0)}, sha), film), 0, "Ana")
    # older and with other hair: by her face she would not be known
    later = enter(there, played({0: (BEN, 0, 40, 0)}, "c"), theirs)
    name(there.library, later, 0, "ÁNA")
    assert carry(there, here, tmp_path / "a.zip").differences == ()
    (ana,) = characters_of_film(here.library, scene_of(here.library, "a").id)
    assert (ana.label, ana.scenes) == ("Ana", 2)
    assert characters_of_film(here.library, scene_of(here.library, "b").id)[0].scenes == 1


def test_two_of_one_name_who_are_on_screen_together_stay_two_and_it_is_reported(
    here: Side, there: Side, tmp_path: Path
) -> None:
    parts = {0: (ANA, 0, 60, 0), 1: (BEN, 40, 90, 3)}
    scene = enter(here, played(parts))
    copy = enter(there, played(parts))
    name(here.library, scene, 0, "Ana")
    name(there.library, copy, 1, "Ana")
    summary = carry(there, here, tmp_path / "a.zip")
    (text,) = summary.differences
    assert text == (
        "a: Ana here and Ana in the archive are on screen together, so they stay two characters."
    )
    cast = characters_of_scene(here.library, scene)
    assert [(c.name, [a.track for a in c.appearances]) for c in cast] == [
        ("Ana", [0]),
        ("Ana", [1]),
    ]
    before = contents(here.library)
    take_in(here, tmp_path / "a.zip")
    assert contents(here.library) == before


def test_who_is_hidden_and_who_is_there_twice_is_carried(
    here: Side, there: Side, tmp_path: Path
) -> None:
    parts = {0: (ANA, 0, 60, 0), 1: (ANA, 40, 90, 2), 2: (BEN, 0, 90, 4)}
    copy = enter(there, played(parts))
    one, two, picture = sorted(characters_of_scene(there.library, copy), key=lambda c: c.id)
    merge_characters(there.library, one.id, two.id, even_together=True)
    hide_character(there.library, picture.id, True)
    assert carry(there, here, tmp_path / "a.zip").differences == ()
    found = characters_of_scene(here.library, scene_of(here.library, "a").id)
    assert [(c.hidden, [a.track for a in c.appearances]) for c in found] == [
        (False, [0, 1]),
        (True, [2]),
    ]


def test_a_track_is_not_given_to_somebody_who_is_seen_elsewhere_just_then(
    here: Side, there: Side, tmp_path: Path
) -> None:
    scene = enter(here, played({0: (ANA, 0, 60, 0), 1: (BEN, 40, 90, 3)}))
    name(here.library, scene, 0, "Ana")
    carry(here, there, tmp_path / "a.zip")
    # there, Ana is the other one now
    copy = scene_of(there.library).id
    ana, ben = owner(there.library, copy, 0), owner(there.library, copy, 1)
    (first,) = next(c for c in characters_of_scene(there.library, copy) if c.id == ana).appearances
    (second,) = next(c for c in characters_of_scene(there.library, copy) if c.id == ben).appearances
    move_tracks(there.library, [first.id])
    with there.library.writing() as session:
        one = session.get_one(Appearance, second.id)
        one.fixed = True
        made = Character(name="Ana", number=9, uuid="x")
        session.add(made)
        session.flush()
        one.character_id = made.id
    with here.library.writing() as session:
        session.get_one(Character, owner(here.library, scene, 0)).uuid = "x"
    summary = carry(there, here, tmp_path / "b.zip")
    assert summary.differences == (
        "a: the character at 0:01.6 here is someone else, in the archive Ana.",
    )
    assert tracks(here.library) == {"Ana": [0], "Person 2": [1]}


def test_whom_only_one_side_has_named_has_that_name(
    here: Side, there: Side, tmp_path: Path
) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (BEN, 30, 50, 0)}  # one person, who turns away
    scene = enter(here, played(parts))
    merge_characters(here.library, owner(here.library, scene, 0), owner(here.library, scene, 1))
    copy = enter(there, played(parts))
    name(there.library, copy, 0, "Ana")
    assert carry(there, here, tmp_path / "a.zip").differences == ()
    assert tracks(here.library) == {"Ana": [0, 1]}


def test_a_scene_that_comes_into_a_film_meets_its_characters(
    here: Side, there: Side, tmp_path: Path
) -> None:
    film = add_film(there.library, {"title": "Film"}).id
    clips = [played({0: (who, 0, 50, 0)}, sha) for who, sha in ((ANA, "a"), (ANA + 2, "b"))]
    for clip in clips:
        last = enter(there, clip, film)
    name(there.library, last, 0, "Ana")
    enter(here, clips[0])
    carry(there, here, tmp_path / "a.zip")
    assert tracks(here.library, "a") == tracks(here.library, "b") == {"Ana": [0]}
    assert scene_of(here.library, "a").film_id is not None
