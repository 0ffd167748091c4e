"""The characters of a scene on its page."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.library.characters.editing import (
    hide_character,
    merge_characters,
    rename_character,
)
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from pages.shared import services
from tests.library.characters.casts import ANA, BEN, CARLA, enter, played
from tests.pages.opening import open_app, texts


@pytest.fixture
def store(own_data: Path) -> AnalysisStore:
    return AnalysisStore(load_settings().analyses_dir)


def tracks(scene: int) -> dict[str, list[int | None]]:
    cast = characters_of_scene(services.library(), scene)
    return {member.label: [one.track for one in member.appearances] for member in cast}


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def unfold(app: AppTest, key: str) -> AppTest:
    """What stands in a popover is drawn once it is opened."""
    app.session_state[key] = True
    app.run()
    assert not app.exception
    return app


def choose(app: AppTest, key: str, character: int) -> AppTest:
    app.selectbox(key=key).set_value(character).run()
    assert not app.exception
    return app


def test_a_character_gets_a_name_that_the_whole_page_uses(store: AnalysisStore) -> None:
    scene = enter(services.library(), store, played({0: (ANA, 0, 50, 0), 1: (BEN, 0, 90, 3)}))
    app = open_app()
    ana = next(box for box in app.text_input if box.placeholder == "Person 1")
    ana.set_value("<b>*Ana*</b>").run()
    assert not app.exception
    assert tracks(scene) == {"Person 2": [1], "<b>*Ana*</b>": [0]}
    assert "<b>*Ana*</b>: sad 80%" in texts(app)


def test_a_wrong_merge_is_undone_with_one_button_and_stays_undone(store: AnalysisStore) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (BEN, 30, 50, 0), 2: (CARLA, 60, 90, 0)}
    scene = enter(services.library(), store, played(parts))
    first, second, third = sorted(
        characters_of_scene(services.library(), scene), key=lambda c: c.id
    )
    merge_characters(services.library(), first.id, second.id)
    wrong = second.appearances[0].id
    press(unfold(open_app(), f"track-{wrong}"), f"move-{wrong}")
    assert sorted(tracks(scene).values()) == [[0], [1], [2]]
    enter(services.library(), store, played(parts, model="another"))
    assert sorted(tracks(scene).values()) == [[0], [1], [2]]
    assert third.id in {member.id for member in characters_of_scene(services.library(), scene)}


def test_two_characters_become_one_by_a_choice(store: AnalysisStore) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (BEN, 30, 50, 0)}
    scene = enter(services.library(), store, played(parts))
    first, second = sorted(characters_of_scene(services.library(), scene), key=lambda c: c.id)
    rename_character(services.library(), first.id, "Ana")
    rename_character(services.library(), second.id, "Bo")
    app = choose(open_app(), f"merge-with-{second.id}", first.id)
    assert tracks(scene) == {"Ana": [0], "Bo": [1]}, "nothing is merged before it is confirmed"
    assert "Bo and Ana become one character" in texts(app)
    press(app, f"merge-now-{second.id}")
    assert tracks(scene) == {"Ana": [0, 1]}
    assert "Bo was merged into Ana." in texts(app)
    press(app, "undo-merge")
    assert tracks(scene) == {"Ana": [0], "Bo": [1]}, "each has its name again"


def test_a_name_that_someone_has_makes_the_two_one_and_can_be_undone(
    store: AnalysisStore,
) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (BEN, 30, 50, 0)}
    scene = enter(services.library(), store, played(parts))
    first, second = sorted(characters_of_scene(services.library(), scene), key=lambda c: c.id)
    rename_character(services.library(), first.id, "Ana")
    app = open_app()
    next(box for box in app.text_input if box.placeholder == second.label).set_value("ana").run()
    assert tracks(scene) == {"Ana": [0, 1]}
    press(app, "undo-merge")
    assert tracks(scene) == {"Ana": [0], second.label: [1]}


def test_what_cannot_be_is_described_and_changes_nothing(store: AnalysisStore) -> None:
    scene = enter(services.library(), store, played({0: (ANA, 0, 50, 0), 1: (BEN, 40, 90, 3)}))
    first, second = sorted(characters_of_scene(services.library(), scene), key=lambda c: c.id)
    app = choose(open_app(), f"merge-with-{second.id}", first.id)
    press(app, f"merge-now-{second.id}")
    assert "Person 1 and Person 2 are on screen together" in texts(app)
    assert tracks(scene) == {"Person 1": [0], "Person 2": [1]}
    press(app, "merge-not")
    assert "on screen together" not in texts(app)
    assert tracks(scene) == {"Person 1": [0], "Person 2": [1]}


def test_one_person_who_is_there_twice_is_merged_after_a_warning(store: AnalysisStore) -> None:
    scene = enter(services.library(), store, played({0: (ANA, 0, 50, 0), 1: (ANA, 40, 90, 3)}))
    first, second = sorted(characters_of_scene(services.library(), scene), key=lambda c: c.id)
    app = choose(open_app(), f"merge-with-{second.id}", first.id)
    press(app, f"merge-now-{second.id}")
    assert "only if one person is there twice" in texts(app)
    press(app, "merge-anyway")
    assert tracks(scene) == {"Person 1": [0, 1]}
    assert "on screen together" not in texts(app)


def test_a_picture_on_the_wall_is_offered_and_hidden_and_shown_again(
    store: AnalysisStore,
) -> None:
    scene = enter(services.library(), store, played({0: (ANA, 0, 90, 0), 1: (BEN, 0, 20, 3)}))
    still, _ = characters_of_scene(services.library(), scene)
    app = open_app()
    assert texts(app).count("A picture?") == 1
    press(app, f"hide-{still.id}")
    assert "1 character," in texts(app) and "A picture?" not in texts(app)
    assert app.button(key=f"hide-{still.id}").label == "Show again"
    press(app, f"hide-{still.id}")
    assert "2 characters," in texts(app)


def test_where_all_are_hidden_they_can_be_shown_again(store: AnalysisStore) -> None:
    scene = enter(services.library(), store, played({0: (ANA, 0, 90, 0)}))
    (only,) = characters_of_scene(services.library(), scene)
    hide_character(services.library(), only.id, True)
    app = press(open_app(), f"hide-{only.id}")
    assert "1 character," in texts(app)


def test_characters_are_those_of_the_film_and_where_else_they_are_is_shown(
    store: AnalysisStore,
) -> None:
    for sha in "ab":
        enter(services.library(), store, played({0: (ANA, 0, 50, 0)}, sha))
    assert "2.0 s in view, also in 1 other scene" in texts(open_app())


def test_many_tracks_are_put_away_and_can_be_moved_all_the_same(store: AnalysisStore) -> None:
    parts = {k: (ANA, 6 * k, 6 * k + 4, 0) for k in range(14)}
    scene = enter(services.library(), store, played(parts))
    app = open_app()
    member = characters_of_scene(services.library(), scene)[0]
    last = member.appearances[-1]
    assert f"move-{last.id}" not in {button.key for button in app.button}
    press(unfold(app, f"more-{member.id}"), f"move-{last.id}")
    assert tracks(scene)["Person 2"] == [13]
    other = characters_of_scene(services.library(), scene)[1]
    unfold(app, f"track-{other.appearances[0].id}")
    choose(app, f"move-to-{other.appearances[0].id}", last.character_id)
    assert list(tracks(scene).values()) == [list(range(14))]
