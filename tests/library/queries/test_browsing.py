"""What is found in the library, in what order, and with how many queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, event, select

from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Character, Film, Scene, Tag
from emotion_core.library.queries.browsing import (
    FILMS_A_PAGE,
    SCENES_A_FILM,
    SCENES_A_PAGE,
    browse,
    film_titles,
    scene_entries,
)
from emotion_core.library.queries.choices import choices
from emotion_core.library.queries.filters import Filters, Order
from tests.library.shelves import fill, made_up


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, but for those that begin a transaction."""
    sent: list[str] = []

    def note(connection, cursor, statement, *_):  # type: ignore[no-untyped-def]
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def add(database: Database, *rows: Film | Scene) -> None:
    with database.writing() as session:
        session.add_all(rows)


def titles(database: Database, filters: Filters, order: Order = Order.TITLE) -> list[str]:
    shelves = browse(database, filters, order).shelves
    return [shelf.film.title if shelf.film else "none" for shelf in shelves]


def test_films_that_wait_for_a_clip_are_shown(library: Database) -> None:
    page = browse(library, Filters())
    assert [shelf.film.title for shelf in page.shelves if shelf.film] == [
        *("Feng Shui", "Four Sisters and a Wedding", "Himala", "That Thing Called Tadhana"),
    ]
    assert page.films == 4 and page.scenes == 0 and page.pages == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rono", ["Feng Shui"]),
        ("ROÑO feng", ["Feng Shui"]),
        ("travellers", ["That Thing Called Tadhana"]),
        ("horror filipino", ["Feng Shui"]),
        ("feng himala", []),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
    ],
)
def test_films_are_found_by_any_of_their_words(
    library: Database, text: str, found: list[str]
) -> None:
    assert titles(library, Filters(text=text)) == found


@pytest.mark.parametrize("text", ["harbour", "QUOTED", "noted", "tagged", "take 7", "noir cafe"])
def test_scenes_are_found_by_any_of_their_words_and_show_their_film(
    library: Database, text: str
) -> None:
    film = Film(title="Noir")
    scene = Scene(
        film=film, clip_sha256="a", clip_name="Take 7.mp4", title="At the harbour café",
        quote="quoted", notes="noted",
    )  # fmt: skip
    scene.tags.add(Tag(name="Tagged"))
    add(library, scene, Scene(film=film, clip_sha256="b", clip_name="b.mp4", title="Another"))
    (shelf,) = browse(library, Filters(text=text)).shelves
    assert shelf.film is not None and shelf.film.title == "Noir"
    assert [scene.title for scene in shelf.scenes] == ["At the harbour café"]


def add_characters(database: Database, scene: Scene, **seconds: float) -> None:
    """Characters with a track each in a scene; an underscore stands for a space."""
    with database.writing() as session:
        for number, (name, length) in enumerate(seconds.items()):
            one = Character(name=name.replace("_", " ").strip(), number=number + 1)
            session.add(one)
            session.flush()
            session.add(
                Appearance(
                    scene_id=scene.id, character_id=one.id, track=number, address="",
                    start=0, end=length, seconds=length, anchors="[]",
                )
            )  # fmt: skip


def test_scenes_are_found_by_their_characters_and_tell_those_with_a_name(
    library: Database,
) -> None:
    film = Film(title="Noir")
    one, other = made_up(film, 1, 1), made_up(film, 1, 2)
    add(library, one, other)
    add_characters(library, one, José_Ben=2.0, Ana=9.0, _=99.0)
    add_characters(library, other, Cleo=1.0)
    for text in ("jose", "BEN noir", "ana ben"):
        (shelf,) = browse(library, Filters(text=text)).shelves
        assert [scene.id for scene in shelf.scenes] == [one.id] and shelf.count == 1
        assert shelf.names == {one.id: ("Ana", "José Ben")}
    assert browse(library, Filters(text="ana cleo")).shelves == ()
    with library.writing() as session:  # a reading that finds nobody of that name any more
        for track in session.scalars(select(Appearance)):
            track.track = None
    assert browse(library, Filters(text="jose")).shelves == ()
    assert browse(library, Filters(text="noir")).shelves[0].names == {}


def test_a_film_that_is_found_by_its_title_shows_all_its_scenes(library: Database) -> None:
    fill(library, 1, scenes_each=3)
    (shelf,) = browse(library, Filters(text="film 000")).shelves
    assert len(shelf.scenes) == shelf.count == 3


def test_scenes_without_a_film_come_first_and_leave_when_films_are_filtered(
    library: Database,
) -> None:
    add(library, made_up(None, 1, 1))
    assert titles(library, Filters())[0] == "none"
    assert titles(library, Filters(text="scene 1")) == ["none"]
    assert "none" not in titles(library, Filters(country="Philippines"))
    page = browse(library, Filters(film_id=0))
    assert [shelf.film for shelf in page.shelves] == [None] and page.scenes == 1


def test_filters_keep_what_is_asked_for_and_nothing_else(library: Database) -> None:
    fill(library, 20, scenes_each=2)
    assert titles(library, Filters(country="Oman")) == [f"Film {n:03d}" for n in (3, 8, 13, 18)]
    add(library, Film(title="Both", country="Oman, Romania", genre="Comedy, Drama"))
    assert titles(library, Filters(country="Romania", genre="Comedy")) == ["Both", "Film 017"]
    assert titles(library, Filters(country="mania")) == []
    assert titles(library, Filters(tag="rain", country="Oman")) == ["Film 008"]


def test_an_emotion_finds_the_scenes_that_it_leads_for_a_good_part(library: Database) -> None:
    some, little = made_up(None, 1, 1), made_up(None, 1, 2)
    some.sad, little.sad = 0.2, 0.1
    some.fear = little.fear = 0.0
    add(library, some, little)
    (shelf,) = browse(library, Filters(emotion="sad")).shelves
    assert [scene.id for scene in shelf.scenes] == [some.id] and shelf.count == 1


def test_films_come_in_the_order_that_is_asked_for(library: Database) -> None:
    fill(library, 2, scenes_each=2)
    long = made_up(None, 9, 9)
    long.duration = 900.0
    add(library, Film(title="émile", year=None), Film(title="Zed", year=2020))
    add(library, long)
    with library.writing() as session:
        session.get_one(Scene, long.id).film_id = session.scalars(
            select(Film.id).where(Film.title == "Film 001")
        ).one()
    by_title = titles(library, Filters())
    assert by_title.index("émile") < by_title.index("Feng Shui") < by_title.index("Zed")
    by_year = titles(library, Filters(), Order.YEAR)
    assert by_year[0] == "Zed" and by_year[-1] == "émile"
    assert titles(library, Filters(), Order.LENGTH)[0] == "Film 001"
    assert titles(library, Filters(), Order.NEWEST)[0] == "Film 001"


def test_a_long_library_is_shown_page_by_page_and_each_film_once(library: Database) -> None:
    fill(library, 20, scenes_each=1)
    pages = browse(library, Filters()).pages
    assert pages == -(-24 // FILMS_A_PAGE)
    seen = [
        shelf.film.id
        for number in range(pages)
        for shelf in browse(library, Filters(), page=number).shelves
        if shelf.film
    ]
    assert len(seen) == len(set(seen)) == 24


def test_a_film_with_many_scenes_shows_some_and_alone_all_of_them(library: Database) -> None:
    fill(library, 1, scenes_each=30)
    shelf = next(shelf for shelf in browse(library, Filters()).shelves if shelf.scenes)
    assert (len(shelf.scenes), shelf.count) == (SCENES_A_FILM, 30) and shelf.film
    alone = [browse(library, Filters(film_id=shelf.film.id), page=number) for number in range(2)]
    assert [len(page.shelves[0].scenes) for page in alone] == [SCENES_A_PAGE, 30 - SCENES_A_PAGE]
    assert alone[0].pages == 2


def test_the_number_of_queries_is_small_and_does_not_grow_with_the_library(
    library: Database,
) -> None:
    asked = (
        Filters(),
        Filters(text="rain letter"),
        Filters(tag="rain", country="Philippines"),
    )
    numbers = []
    for films in (10, 40):
        with library.writing() as session:
            for table in (Scene, Film, Tag):
                session.execute(delete(table))
        fill(library, films, scenes_each=10)
        counts = []
        for filters in asked:
            with counted(library) as sent:
                for order in Order:
                    browse(library, filters, order)
            counts.append(len(sent))
        numbers.append(counts)
    assert numbers[0] == numbers[1]
    assert max(numbers[0]) <= 8 * len(Order)


def test_the_choices_are_those_that_the_library_has(library: Database) -> None:
    add(library, Film(title="Both", country="Oman, Romania", language="", genre="Drama, Horror"))
    found = choices(library)
    assert found.countries == ("Oman", "Philippines", "Romania")
    assert found.languages == ("Filipino",)
    assert found.genres == ("Comedy", "Drama", "Horror", "Romance") and found.tags == ()
    assert list(film_titles(library).values())[:2] == ["Both", "Feng Shui (2004)"]


def test_an_analysis_tells_its_scene_film_and_tags(library: Database) -> None:
    fill(library, 2, scenes_each=2)
    entries = scene_entries(library)
    assert len(entries) == 4 and entries[0].created >= entries[1].created
    entry = scene_entries(library, addresses=[entries[0].address])[0]
    assert (entry.title, entry.film, entry.country) == ("Scene 1 of 1", "Film 001", "Japan")
    assert entry.tags == ("letter",) and entry.model == "eme-lite2"
    assert [e.address for e in scene_entries(library, film_id=entry.film_id, limit=1)] == [
        entry.address
    ]
    assert scene_entries(library, film_id=0) == ()
