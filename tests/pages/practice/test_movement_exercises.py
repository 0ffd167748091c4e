"""Exercises of a movement on the page: what is asked, how it went, and the takes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.faces.movements.reading import MOVEMENT_COLUMNS
from emotion_core.library.database.engine import Database
from emotion_core.library.scenes import enter_scene
from emotion_core.library.takes import keep_take
from emotion_core.practice.live.run import Plan
from emotion_core.practice.movements.exercise import RaiseAndHold
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings, load_settings
from pages.practice.session import note_of
from pages.shared import services
from tests.library.characters.casts import ANA
from tests.library.recordings import read, recording
from tests.media.clips import make_clip
from tests.pages.practice.test_movement_panel import panel
from tests.pages.test_compare import texts
from tests.pages.test_practice import RUNS, choose, enter, no_reading, store_model
from tests.practice.movements.movers import mover
from tests.practice.theatre import Theatre
from tests.scene.scenes import make_scene

__all__ = ["no_reading"]  # a fixture of every test here
KIND = "One movement"


@pytest.fixture
def settings(own_data: Path) -> Settings:
    return load_settings()


@pytest.fixture
def library(settings: Settings) -> Database:
    return services.library()


def test_a_movement_is_asked_for_in_words_of_a_coach(own_data: Path) -> None:
    app = choose(enter(), KIND)
    assert "Lift the inner brows by a fifth within 1 s, hold it for 3 s" in texts(app)
    app.selectbox(key="movement-name").set_value("head_nod").run()
    app.select_slider(key="movement-size").set_value("large").run()
    app.slider(key="movement-hold").set_value(5).run()
    assert "Lower the chin by 24° within 1 s, hold it for 5 s" in texts(app)
    assert not app.exception


def test_a_scene_of_an_earlier_version_has_no_movements_to_mirror(
    settings: Settings, tmp_path: Path
) -> None:
    app = choose(enter(), KIND)
    app.segmented_control(key="movement-how").set_value("After a character").run()
    assert "no performances yet" in texts(app)
    store_model(settings, tmp_path)
    app.run()
    assert "were not measured. Analyze the scene again." in texts(app)
    assert not app.exception


def test_the_movements_that_a_character_makes_are_offered_to_be_mirrored(
    settings: Settings, tmp_path: Path
) -> None:
    scene = make_scene(RUNS, frames=100, cuts=())
    moved = mover(lambda time: 0.3 * (time > 2.5), 4.0).faces
    measured = {name: moved[name].to_numpy() for name in MOVEMENT_COLUMNS}
    scene = replace(scene, faces=scene.faces.assign(**measured))
    clip = make_clip(tmp_path / "duet.mp4", n=100, fps=25)
    store = AnalysisStore(settings.analyses_dir)
    store.save(scene, clip)
    enter_scene(services.library(), store, scene.id, analysis=scene, source=clip)
    app = choose(enter(), KIND)
    app.segmented_control(key="movement-how").set_value("After a character").run()
    assert not app.exception and not app.error
    assert app.selectbox(key="mirror-movement").options[0] == "lift the inner brows"
    assert "Lift the inner brows when" in texts(app)


def test_a_photo_is_read_though_it_shows_no_movement(own_data: Path) -> None:
    app = choose(enter(), KIND)
    app.segmented_control(key="practice-before").set_value("A photo").run()
    assert "A movement needs the camera or a clip" in texts(app)
    assert not app.exception


def test_a_take_whose_movements_were_not_measured_says_so(
    library: Database, settings: Settings, tmp_path: Path
) -> None:
    take = keep_take(recording(tmp_path), settings, note_of(RaiseAndHold("pucker", 0.2)))
    read(library, settings, take, {0: (ANA, 0, 99, 0)})
    said = texts(enter())
    assert "Take 1 · Pucker the lips by a fifth" in said
    assert "the movement was not measured" in said


def _outcome() -> None:
    import streamlit as st

    from pages.practice.panel import outcome_panel

    outcome_panel(st.session_state["live"].state().outcome)


def test_an_outcome_says_when_and_how_far_and_shows_the_curve(theatre: Theatre) -> None:
    exercise = RaiseAndHold("inner_brows_up", 0.25, 0.5, 1.0, 0.5, 0.5)
    theatre.play(2.5)
    theatre.begin(Plan(exercise, record=False))
    theatre.mesh.inner_brows = 0.25 * 0.286
    theatre.play(exercise.seconds + 0.2)
    theatre.settle()
    app = AppTest.from_function(_outcome, default_timeout=60)
    app.session_state["live"] = theatre.live_session
    app.run()
    assert not app.exception
    said = texts(app)
    assert "You reached the target (a quarter) after 0.0 s" in said
    assert "You had not released it at the end." in said and "FACS" in said
    assert len(app.get("plotly_chart")) == 1


def test_a_movement_starts_once_the_neutral_face_is_known(theatre: Theatre) -> None:
    def start(app: AppTest) -> bool:
        return not next(button for button in app.button if button.label == "Start").disabled

    exercise = RaiseAndHold("pucker", 0.2)
    theatre.play(1.0)
    app = panel(theatre, exercise)
    assert not start(app) and "You can start once your neutral face is known" in texts(app)
    theatre.play(2.0)
    app = panel(theatre, exercise)
    assert start(app) and "You can start once" not in texts(app)
