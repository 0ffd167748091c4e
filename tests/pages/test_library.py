"""The page of films and scenes without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

import pytest
from sqlalchemy import event, select
from streamlit.testing.v1 import AppTest

from emotion_core.jobs import records
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.jobs.records import Job
from emotion_core.jobs.work import Work
from emotion_core.library.characters.editing import characters_of_scene, rename_character
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Bookmark, Film, Scene, Tag
from emotion_core.library.editing import add_bookmark, add_film, edit_film, film_fields
from emotion_core.library.queries.browsing import get_film, get_scene
from pages.shared import services
from tests.library import recordings
from tests.library.characters.casts import ANA, enter, played
from tests.library.shelves import fill, keep, made_up
from tests.media.clips import make_clip
from tests.pages.opening import at_page
from tests.pages.test_scene_analysis import APP
from tests.scene.scenes import make_scene

ODD = "<b>*Odd*</b> [x](y) $a$ 'q' \"r\" & \U0001f3ac שלום"


@pytest.fixture
def library() -> Database:
    return services.library()


def open_page(**state: object) -> AppTest:
    app = at_page("library")
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says, HTML included, without the marks against Markdown."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    texts = [str(item.value) for kind in kinds for item in kind]
    texts += [str(item.proto.body) for item in app.get("html")]
    return "\n".join(texts).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def press_labelled(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_the_four_films_of_the_study_wait_for_a_clip(library: Database) -> None:
    app = open_page()
    for title in ("Himala", "Feng Shui", "Four Sisters and a Wedding", "That Thing Called Tadhana"):
        assert title in said(app)
    assert said(app).count("Add a scene from your own copy") == 4
    assert "4 films, 0 scenes" in said(app) and "#5271ff" in said(app)


def test_a_scene_that_was_read_is_a_card_with_its_length_and_what_leads(own_data: Path) -> None:
    keep(make_scene(), own_data / "gone.mp4")
    app = open_page()
    assert "0:04.0 · happy 44%, with neutral 28% and sad 28%" in said(app)
    assert "linear-gradient" in said(app) and "4 films, 1 scene" in said(app)


def test_what_users_write_is_shown_as_text(library: Database, own_data: Path) -> None:
    film = add_film(library, {"title": ODD, "director": ODD, "looking_for": ODD, "genre": ODD})
    scene = made_up(None, 1, 1)
    scene.film, scene.title, scene.quote, scene.notes = film, ODD, ODD, ODD
    scene.tags.add(Tag(name=ODD))
    with library.writing() as session:
        session.add(scene)
    app = open_page()
    pages = [str(item.proto.body) for item in app.get("html")]
    assert not any("<b>" in html or "'q'" in html for html in pages)
    assert sum(html.count("&lt;b&gt;*Odd*&lt;/b&gt;") for html in pages) >= 6
    assert any(r"\<b\>\*Odd\*\</b\> \[x\]\(y\) \$a\$" in str(m.value) for m in app.markdown)


def test_a_card_tells_who_is_in_its_scene(library: Database) -> None:
    parts = {number: (60.0 * number, 0, 90 - number, number) for number in range(6)}
    scene = enter(library, services.analyses(), played(parts))
    assert "With" not in said(open_page())
    names = [escape(f"{ODD} {number}") for number in range(6)]
    for one, name in zip(characters_of_scene(library, scene), range(6), strict=True):
        rename_character(library, one.id, f"{ODD} {name}")
        if name == 1:
            text = f"With <bdi>{names[0]}</bdi> and <bdi>{names[1]}</bdi></p>"
            assert text in said(open_page())
    assert f"<bdi>{names[2]}</bdi>, <bdi>{names[3]}</bdi> and 2 more</p>" in said(open_page())


def test_a_take_that_was_not_read_yet_is_a_card_that_can_be_read_edited_and_deleted(
    own_data: Path,
) -> None:
    kept = recordings.keep(services.settings(), own_data, title=ODD)
    app = open_page()
    assert "0:00.4 · not analyzed yet" in said(app) and "no preview" in said(app)
    assert f"Take 1 · {escape(ODD)}" in said(app) and "Your own takes from" in said(app)
    keys = [str(button.key) for button in app.button]
    assert f"read-{kept.scene_id}" in keys and f"open-{kept.scene_id}" not in keys
    press(app, f"edit-{kept.scene_id}")
    assert any(field.value == f"Take 1 · {ODD}" for field in app.text_input)
    app = press(open_page(), f"delete-{kept.scene_id}")
    assert "You cannot undo this" in said(app) and app.button(key="really-delete")


@pytest.mark.parametrize("page", ["scene", "progression", "compare", "attributions"])
def test_no_page_stumbles_over_a_take_that_was_not_read_yet(own_data: Path, page: str) -> None:
    recordings.keep(services.settings(), own_data)
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page(f"pages/{page}/page.py").run()
    assert not app.exception and not app.error


def test_a_colour_cannot_carry_anything_but_a_colour(library: Database) -> None:
    film = add_film(library, {"title": "A", "color": "red;}"})
    assert film.color == "red;}"
    app = open_page()
    assert "red;}" not in said(app)


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


def test_a_scene_is_opened_on_its_page(own_data: Path, library: Database) -> None:
    for letter in "ab":
        keep(make_scene(sha=letter * 64, name=f"{letter}.mp4"), own_data / "gone.mp4")
    with library.reading() as session:
        older = session.scalars(select(Scene.id).where(Scene.title == "a")).one()
    app = press(open_page(), f"open-{older}")
    assert app.selectbox(key="scene").value == make_scene(sha="a" * 64).id


def test_an_analysis_whose_files_are_gone_is_not_offered_any_more(
    own_data: Path, library: Database
) -> None:
    for letter in "ab":
        keep(make_scene(sha=letter * 64, name=f"{letter}.mp4"), own_data / "gone.mp4")
    services.analyses().delete(make_scene(sha="b" * 64).id)
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert not app.exception and app.selectbox(key="scene").value.startswith("a")
    page = said(open_page())
    assert "4 films, 2 scenes" in page  # what was written of it is kept


@pytest.mark.parametrize("page", ["library", "scene_analysis"])
def test_a_library_that_cannot_be_reached_is_reported_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("EME_DATABASE_URL", "postgresql+psycopg://eme:secret@127.0.0.1:1/eme")
    services.server_settings.cache_clear()
    app = at_page(page).run()
    assert not app.exception
    assert any("cannot be used" in str(error.value) for error in app.error)
    assert "secret" not in said(app)


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


def test_a_clip_is_read_into_the_film_that_was_chosen(
    library: Database, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, asked = add_film(library, {"title": ODD}), list[Work]()
    keep(make_scene(), own_data / "gone.mp4")

    def note(work: Work) -> Job:
        asked.append(work)
        return records.add(library, work)

    monkeypatch.setattr("pages.shared.intake.submit", note)
    clip = make_clip(own_data / "a take.mp4", n=5, size=(64, 36))
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.selectbox(key="intake-film").set_value(film.id)
    app.text_input[0].set_value(str(clip))
    next(button for button in app.button if button.label == "Open").click()
    app.run()
    assert [work.film_id for work in asked if isinstance(work, ReadClip)] == [film.id]


def test_all_clips_of_a_folder_are_read_and_what_is_none_is_named(
    library: Database, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.shared.services.Dispatcher.start", lambda _: None)
    keep(make_scene(), own_data / "gone.mp4")
    folder = own_data / "clips" / "more"
    folder.mkdir(parents=True)
    for name, frames in (("b.mp4", 5), ("a.mov", 6)):
        make_clip(folder.parent / name, n=frames, size=(64, 36))
    (folder / "c.mkv").write_text("no film")
    (folder / "notes.txt").write_text("nor called one")
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.text_input[0].set_value(str(folder.parent))
    next(button for button in app.button if button.label == "Open").click()
    app.run()
    waiting = [job.title for job in records.listed(library, only_open=True)]
    assert waiting == ["a.mov", "b.mp4"]
    (error,) = app.error
    assert f"{folder / 'c.mkv'}: The file cannot be opened" in error.value.replace("\\", "")
    assert [button.key for button in app.button if "menu-stop" in str(button.key)] == [
        "menu-stop-1",
        "menu-stop-2",
    ]


def test_a_folder_without_clips_is_refused_in_a_sentence(library: Database, own_data: Path) -> None:
    keep(make_scene(), own_data / "gone.mp4")
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.text_input[0].set_value(str(own_data))
    next(button for button in app.button if button.label == "Open").click()
    app.run()
    assert "There is no clip in the folder" in app.error[0].value
    assert not app.exception


def _film_dialog_app() -> None:
    import streamlit as st

    from emotion_core.library.queries.browsing import get_film
    from pages.library import dialogs as library_dialogs
    from pages.shared import services

    if "form_base" not in st.session_state:
        film = get_film(services.library(), st.session_state["film"])
        library_dialogs._begin(library_dialogs.film_fields(film))
    library_dialogs._film_dialog(st.session_state["film"])


def test_a_form_writes_what_was_changed_and_tells_what_another_has_changed(
    library: Database,
) -> None:
    film = add_film(library, {"title": "Film", "director": "Ana"})
    app = AppTest.from_function(_film_dialog_app, default_timeout=60)
    app.session_state["film"] = film.id
    app.run()
    shown = film_fields(film)
    edit_film(library, film.id, shown, {**shown, "director": "*Bea*", "genre": "Drama"})
    by_label = {field.label: field for field in app.text_input}
    by_label["Director"].set_value("Cleo")
    by_label["Country"].set_value("Oman")
    press_labelled(app, "Save")
    (text,) = app.warning
    assert "Theirs: *Bea*. Yours: Cleo" in text.value.replace("\\", "")
    kept = get_film(library, film.id)
    assert kept is not None
    assert (kept.director, kept.country, kept.genre) == ("*Bea*", "Oman", "Drama")
    # to save again is to know of it
    assert {field.label: field.value for field in app.text_input}["Director"] == "Cleo"
    press_labelled(app, "Save")
    kept = get_film(library, film.id)
    assert kept is not None and (kept.director, kept.genre) == ("Cleo", "Drama")


def _scene_dialog_app() -> None:
    import streamlit as st

    from pages.library import dialogs as library_dialogs

    if "form_base" not in st.session_state:
        library_dialogs.edit_scene_dialog(st.session_state["scene_number"])
    else:
        library_dialogs._scene_dialog(st.session_state["scene_number"])


def test_a_scene_is_named_tagged_bookmarked_and_put_into_a_film(library: Database) -> None:
    film, scene = add_film(library, {"title": ODD}), made_up(None, 1, 1)
    with library.writing() as session:
        session.add(scene)
    add_bookmark(library, scene.id, 2.0, ODD)
    app = AppTest.from_function(_scene_dialog_app, default_timeout=60)
    app.session_state["scene_number"] = scene.id
    app.run()
    assert not app.exception
    assert app.text_input(key=f"bookmark-comment-{_marks(library, scene)[2.0].id}").value == ODD
    next(field for field in app.text_input if field.label == "Title").set_value(ODD)
    app.selectbox(key=f"film-of-{scene.id}").set_value(film.id)
    press_labelled(app, "Save")
    kept = get_scene(library, scene.id)
    assert kept is not None and (kept.title, kept.film_id) == (ODD, film.id)
    press(app, f"unmark-{kept.bookmarks[0].id}")
    assert list(_marks(library, scene)) == [2.0]


def _marks(library: Database, scene: Scene) -> dict[float, Bookmark]:
    kept = get_scene(library, scene.id)
    assert kept is not None
    return {mark.time: mark for mark in kept.bookmarks}


def test_a_scene_that_is_put_into_a_film_meets_its_characters(library: Database) -> None:
    film, store = add_film(library, {"title": "Film"}), services.analyses()
    first = enter(library, store, played({0: (ANA, 0, 50, 0)}, "a"), film.id)
    scene = enter(library, store, played({0: (ANA, 0, 50, 0)}, "b"))
    rename_character(library, characters_of_scene(library, first)[0].id, "Ana")
    app = AppTest.from_function(_scene_dialog_app, default_timeout=60)
    app.session_state["scene_number"] = scene
    app.run()
    app.selectbox(key=f"film-of-{scene}").set_value(film.id)
    press_labelled(app, "Save")
    assert [one.name for one in characters_of_scene(library, scene)] == ["Ana"]


def _delete_app() -> None:
    import streamlit as st

    from emotion_core.library.queries.browsing import get_film
    from pages.library import dialogs as library_dialogs
    from pages.shared import services

    film = get_film(services.library(), st.session_state["film"])
    if film is not None:
        library_dialogs.delete_film_dialog(film)


def test_deleting_a_film_says_what_goes_and_goes_only_when_it_is_confirmed(
    library: Database,
) -> None:
    film, scene = add_film(library, {"title": "Film"}), made_up(None, 1, 1)
    scene.film = film
    with library.writing() as session:
        session.add(scene)
    app = AppTest.from_function(_delete_app, default_timeout=60)
    app.session_state["film"] = film.id
    app.run()
    assert "This deletes Film and its description" in said(app).replace("*", "")
    app.radio(key="with-scenes").set_value(True).run()
    assert "1 bookmark" in said(app) and "You cannot undo this" in said(app)
    assert get_film(library, film.id) is not None
    press(app, "really-delete")
    assert get_film(library, film.id) is None and get_scene(library, scene.id) is None
