"""What users write in the library, one after the other and at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from emotion_core.errors import LibraryError
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Film, Scene
from emotion_core.library.editing import (
    add_bookmark,
    add_film,
    delete_bookmark,
    edit_bookmark,
    edit_film,
    edit_scene,
    film_fields,
    scene_fields,
)
from emotion_core.library.queries.browsing import get_film, get_scene
from emotion_core.library.queries.choices import choices
from tests.library.shelves import made_up


@pytest.fixture
def film(library: Database) -> Film:
    return add_film(library, {"title": "Himalaya", "year": 2001, "genre": "Drama"})


@pytest.fixture
def scene(library: Database) -> Scene:
    with library.writing() as session:
        session.add(scene := made_up(None, 1, 1))
    return scene


def change(library: Database, film: Film, **changes: Any):  # type: ignore[no-untyped-def]
    """What a form does that still shows the film as it was added."""
    shown = film_fields(film)
    return edit_film(library, film.id, shown, {**shown, **changes})


def test_a_film_is_kept_as_it_was_written_but_for_stray_spaces(library: Database) -> None:
    title = " <b>The</b>  *long* \U0001f3ac\n title "
    film = add_film(library, {"title": title, "genre": "Drama ,, comedy  noir,"})
    kept = get_film(library, film.id)
    assert kept is not None and kept.title == "<b>The</b> *long* \U0001f3ac title"
    assert kept.genre == "Drama, comedy noir"


@pytest.mark.parametrize("title", ["", "  ", "\n", "\0"])
def test_a_film_needs_a_title(library: Database, film: Film, title: str) -> None:
    with pytest.raises(LibraryError, match="Enter a title"):
        add_film(library, {"title": title})
    with pytest.raises(LibraryError, match="Enter a title"):
        change(library, film, title=title)


def test_two_who_edit_different_fields_lose_nothing(library: Database, film: Film) -> None:
    assert change(library, film, director="Ana") == ()
    assert change(library, film, year=2002) == ()
    kept = get_film(library, film.id)
    assert kept is not None and (kept.director, kept.year, kept.genre) == ("Ana", 2002, "Drama")


def test_the_second_who_changes_a_field_is_described_and_overwrites_nothing(
    library: Database, film: Film
) -> None:
    change(library, film, title="First")
    (conflict,) = change(library, film, title="Second", color="#ff0000")
    assert (conflict.field, conflict.theirs, conflict.yours) == ("title", "First", "Second")
    kept = get_film(library, film.id)
    assert kept is not None and (kept.title, kept.color) == ("First", "#ff0000")


def test_two_who_write_the_same_agree(library: Database, film: Film) -> None:
    assert change(library, film, title="Same") == change(library, film, title="Same") == ()


def test_many_edit_one_film_at_once_and_each_field_is_kept(library: Database, film: Film) -> None:
    changes = [
        {"director": "Ana"}, {"country": "Oman"}, {"language": "Arabic"}, {"color": "#123456"},
        {"looking_for": "hands"}, {"original_title": "Other"}, {"year": 1999}, {"title": "New"},
    ]  # fmt: skip
    with ThreadPoolExecutor(8) as pool:
        text = list(pool.map(lambda change_: change(library, film, **change_), changes))
    assert text == [()] * 8
    kept = get_film(library, film.id)
    assert kept is not None
    expected = {name: value for change_ in changes for name, value in change_.items()}
    assert film_fields(kept) == {**expected, "genre": "Drama"}


def test_what_was_deleted_meanwhile_is_reported(
    library: Database, film: Film, scene: Scene
) -> None:
    shown = {**scene_fields(scene)}
    with library.writing() as session:
        session.delete(session.get_one(Film, film.id))
    with pytest.raises(LibraryError, match="deleted by someone else"):
        change(library, film, title="New")
    with pytest.raises(LibraryError, match="The film has been deleted by someone else"):
        edit_scene(library, scene.id, shown, {**shown, "film_id": film.id})
    with library.writing() as session:
        session.delete(session.get_one(Scene, scene.id))
    with pytest.raises(LibraryError, match="deleted by someone else"):
        edit_scene(library, scene.id, shown, {**shown, "notes": "n"})
    with pytest.raises(LibraryError, match="deleted by someone else"):
        add_bookmark(library, scene.id, 1.0, "")


def test_two_who_tag_a_scene_at_once_both_keep_their_tags(library: Database, scene: Scene) -> None:
    shown = scene_fields(scene)
    edit_scene(library, scene.id, shown, shown, [], ["a"])
    edit_scene(library, scene.id, shown, shown, ["a"], ["a", " b  c "])
    edit_scene(library, scene.id, shown, shown, ["a"], ["d"])
    kept = get_scene(library, scene.id)
    assert kept is not None and {tag.name for tag in kept.tags} == {"b c", "d"}
    assert choices(library).tags == ("b c", "d")


def test_the_same_new_tag_given_by_many_at_once_is_one_tag(library: Database) -> None:
    scenes = [made_up(None, 1, place) for place in range(6)]
    with library.writing() as session:
        session.add_all(scenes)

    def tag(scene: Scene) -> None:
        shown = scene_fields(scene)
        edit_scene(library, scene.id, shown, shown, [], ["rain"])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(tag, scenes))
    for scene in scenes:
        kept = get_scene(library, scene.id)
        assert kept is not None and [tag.name for tag in kept.tags] == ["rain"]


def test_bookmarks_come_in_the_order_of_time_and_can_be_deleted_twice(
    library: Database, scene: Scene
) -> None:
    add_bookmark(library, scene.id, 20.0, " *the look* ")
    add_bookmark(library, scene.id, 0.5, "before")
    kept = get_scene(library, scene.id)
    assert kept is not None
    assert [mark.comment for mark in kept.bookmarks] == ["before", "kitchen", "*the look*"]
    for _ in range(2):
        delete_bookmark(library, kept.bookmarks[0].id)
    kept = get_scene(library, scene.id)
    assert kept is not None and len(kept.bookmarks) == 2


@pytest.mark.parametrize("time", [-1.0, 99.0, float("nan")])
def test_a_bookmark_outside_of_the_scene_is_refused(
    library: Database, scene: Scene, time: float
) -> None:
    with pytest.raises(LibraryError, match="does not include"):
        add_bookmark(library, scene.id, time, "")


def test_a_bookmark_is_written_anew_and_may_last_until_later(
    library: Database, scene: Scene
) -> None:
    def kept() -> list[tuple[float, float | None, str]]:
        found = get_scene(library, scene.id)
        assert found is not None
        return [(mark.time, mark.end, mark.comment) for mark in found.bookmarks]

    found = get_scene(library, scene.id)
    assert found is not None
    (number,) = (mark.id for mark in found.bookmarks)
    time = found.bookmarks[0].time
    edit_bookmark(library, number, " she looks away ", time + 1)
    assert kept() == [(time, time + 1, "she looks away")]
    for wrong in (time, time - 0.1, 99.0, float("nan")):
        with pytest.raises(LibraryError, match=r"must end after|does not include"):
            edit_bookmark(library, number, "", wrong)
    assert kept() == [(time, time + 1, "she looks away")]
    delete_bookmark(library, number)
    with pytest.raises(LibraryError, match="deleted this bookmark"):
        edit_bookmark(library, number, "", None)


def test_a_scene_is_moved_to_a_film_and_found_by_its_new_words(
    library: Database, film: Film, scene: Scene
) -> None:
    shown = scene_fields(scene)
    wanted = {**shown, "film_id": film.id, "title": "Ñusta"}
    assert edit_scene(library, scene.id, shown, wanted) == ()
    with library.reading() as session:
        found = session.scalars(select(Scene).where(Scene.search.contains("nusta"))).one()
    assert found.film_id == film.id
