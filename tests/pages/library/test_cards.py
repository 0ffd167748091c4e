"""Films and scenes as cards, without a browser."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from emotion_core.library.characters.editing import rename_character
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Scene, Tag
from emotion_core.library.editing import add_film
from pages.shared import services
from tests.library import recordings
from tests.library.characters.casts import enter, played
from tests.library.shelves import keep, made_up
from tests.pages.library.page import ODD, open_page, press, said
from tests.pages.opening import APP, at_page
from tests.scene.scenes import make_scene


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
