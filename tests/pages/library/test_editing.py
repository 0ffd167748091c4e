"""The dialogs of the library: what is written is kept, and nothing goes unasked."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from emotion_core.library.characters.editing import rename_character
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Bookmark, Scene
from emotion_core.library.editing import add_bookmark, add_film, edit_film, film_fields
from emotion_core.library.queries.browsing import get_film, get_scene
from pages.shared import services
from tests.library.characters.casts import ANA, enter, played
from tests.library.shelves import made_up
from tests.pages.library.page import ODD, press, press_labelled, said


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
