"""What is found in the library, page by page, and with how many queries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import pytest
from sqlalchemy import event, select
from streamlit.testing.v1 import AppTest

from emotion_core.jobs import records
from emotion_core.jobs.kinds.hearing import FindWhoSpeaks
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Film, Scene
from emotion_core.library.line_index import index_changed_lines
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines
from pages.shared import services
from pages.shared.scene_picker import lines_key
from tests.library.shelves import fill, keep, made_up
from tests.pages.library.page import ODD, open_page, press, press_labelled, said
from tests.pages.opening import wait_for_jobs
from tests.scene.scenes import make_scene


def test_words_facts_and_order_choose_what_is_shown(library: Database) -> None:
    fill(library, 6, scenes_each=2)
    app = open_page()
    app.text_input(key="library-search").set_value("film 003").run()
    assert "1 film, 2 scenes" in said(app)
    app.text_input(key="library-search").set_value("").run()
    app.selectbox(key="library-country").set_value("Oman").run()
    assert "1 film, 2 scenes" in said(app) and "Film 003" in said(app)
    app.selectbox(key="library-emotion").set_value("disgust").run()
    assert "0 films, 0 scenes" in said(app) and "Nothing matches" in said(app)


def test_a_long_library_has_pages_and_a_new_search_begins_at_the_first(library: Database) -> None:
    fill(library, 12, scenes_each=1)
    app = open_page()
    assert "Page 1 of 2" in said(app) and "Film 011" not in said(app)
    press_labelled(app, "Next")
    assert "Page 2 of 2" in said(app) and "Film 011" in said(app)
    app.text_input(key="library-search").set_value("film").run()
    assert "Page 1 of 2" in said(app)


def test_a_page_that_is_gone_shows_the_last_that_there_is(library: Database) -> None:
    fill(library, 12, scenes_each=1)
    app = press_labelled(open_page(), "Next")
    with library.writing() as session:
        for film in session.scalars(select(Film).where(Film.title.contains("Film 0"))):
            session.delete(film)
    assert "That Thing Called Tadhana" in said(app.run())


def test_a_film_with_many_scenes_can_be_shown_alone(library: Database) -> None:
    fill(library, 1, scenes_each=9)
    with library.reading() as session:
        film = session.scalars(select(Film.id).where(Film.title == "Film 000")).one()
    app = press(open_page(), f"all-{film}")
    assert "9 scenes from Film 000" in said(app) and "Scene 8 of 0" in said(app)
    press_labelled(app, "Show all films")
    assert "5 films, 9 scenes" in said(app)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(connection, cursor, statement, *_):  # type: ignore[no-untyped-def]
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def test_the_page_asks_as_often_in_a_large_library_as_in_a_small_one(
    library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the pictures are made beside the page
    monkeypatch.setattr("pages.library.shelves.request_thumbnails", lambda _: None)
    fill(library, 10, scenes_each=10)
    asked = [_asked(library)]
    with library.writing() as session:
        for number in range(100, 300):
            film = Film(title=f"More {number}")
            session.add_all([film, *(made_up(film, number, place) for place in range(10))])
    asked.append(_asked(library))
    assert len(asked[0]) == len(asked[1]) <= 11, asked


def _asked(library: Database) -> list[str]:
    """The queries of one run of the page."""
    app = open_page()
    with counted(library) as sent:
        app.run()
    return [statement for statement in sent if not statement.startswith("BEGIN")]


@pytest.fixture
def spoken(own_data: Path) -> str:
    """Address of a scene with lines, in which nobody was looked for who speaks them."""
    scene = make_scene()
    keep(scene, own_data / "gone.mp4")
    lines = [Line(1.0, 2.0, f"Walang himala! {ODD}", ODD)]
    lines += [Line(2.0 + n / 10, 2.1 + n / 10, f"Himala {n}") for n in range(5)]
    WordStore(services.settings().analyses_dir).save(scene.clip.sha256, Lines.of(lines))
    index_changed_lines(services.library(), services.settings())
    return scene.id


def search(text: str) -> AppTest:
    app = open_page()
    app.text_input(key="library-search").set_value(text).run()
    assert not app.exception
    return app


def test_a_line_that_is_found_is_shown_and_opens_its_scene_at_its_moment(spoken: str) -> None:
    app = search("WALANG himala")
    assert "1 scene" in said(app) and f"<b><bdi>{escape(ODD)}</bdi></b>" in said(app)
    assert "Himala 0" not in said(app) and app.button(key="go-1-0").label == "0:01.0"
    press(app, "go-1-0")
    assert app.selectbox(key="scene").value == spoken
    assert float(app.query_params["t"][0]) == 1.0


@pytest.mark.parametrize("text", ["himala", "scene Himala"])
def test_more_lines_than_a_card_has_room_for_are_listed_in_the_scene(
    spoken: str, text: str
) -> None:
    app = search(text)  # the scene is called so, and no line says it
    assert "Himala 1" in said(app) and "Himala 2" not in said(app)
    assert app.button(key="lines-of-1").label == "Show all 6 lines in the scene"
    press(app, "lines-of-1")
    assert app.selectbox(key="scene").value == spoken
    assert app.session_state[lines_key("a" * 64)] == text.split()[-1]


def test_who_speaks_is_looked_for_once_where_a_line_does_not_say(spoken: str) -> None:
    app = search("walang")  # says who
    assert app.session_state["library_speakers"] == set()
    app.text_input(key="library-search").set_value("himala").run()
    app.run()
    (job,) = [job for job in records.listed(services.queue()) if job.kind == FindWhoSpeaks.kind]
    wait_for_jobs()
    assert job.title == "Who speaks the lines"
    with services.library().reading() as session:
        assert session.scalars(select(Scene.speakers_of)).one() == spoken


def test_scenes_without_lines_can_be_left_out(spoken: str, library: Database) -> None:
    fill(library, 1, scenes_each=1)
    app = open_page()
    app.selectbox(key="library-lines").set_value("with lines").run()
    assert "0 films, 1 scene" in said(app)
    app.selectbox(key="library-lines").set_value("without lines").run()
    assert "1 film, 1 scene" in said(app)
