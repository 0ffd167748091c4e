"""What stands beside the camera on the movements of the face."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.faces.movements.movements import CAVEAT
from emotion_core.practice.exercises.exercise import Exercise
from tests.pages.test_compare import texts
from tests.practice.theatre import Theatre


def _panel() -> None:
    import streamlit as st

    from pages.practice.exercise_picker import ChosenExercise
    from pages.practice.panel import live_panel

    chosen = ChosenExercise(st.session_state["exercise"])
    live_panel(st.session_state["live"], chosen, on=False)


def panel(theatre: Theatre, exercise: Exercise | None = None) -> AppTest:
    app = AppTest.from_function(_panel, default_timeout=60)
    app.session_state["exercise"] = exercise
    app.session_state["live"] = theatre.live_session
    app.run()
    assert not app.exception
    return app


def test_movements_are_said_once_the_neutral_face_is_known(theatre: Theatre) -> None:
    theatre.play(1.0)
    said = texts(panel(theatre))
    assert "Rest your face for two seconds" in said and "The inner brows" not in said
    theatre.play(2.0)
    assert "No clear movement" in texts(panel(theatre))
    theatre.mesh.inner_brows = 0.286 / 3
    theatre.play(1.0)
    said = texts(panel(theatre))
    assert "The inner brows rise by a third. :small[:gray[AU1 inner brow raiser]]" in said
    assert said.count(CAVEAT) == 1


def test_what_one_calls_neutral_is_no_movement_from_then_on(theatre: Theatre) -> None:
    theatre.play(3.0)
    theatre.mesh.inner_brows = 0.1
    theatre.play(1.0)
    app = panel(theatre)
    assert "The inner brows rise" in texts(app)
    app.button(key="set-neutral").click().run()
    theatre.play(0.2)
    assert "No clear movement" in texts(panel(theatre))


def test_a_covered_face_is_said_to_be_covered(theatre: Theatre) -> None:
    theatre.play(3.0)
    theatre.mesh.visibility[:2] = 0.1
    theatre.play(0.6)
    assert "Partly covered (brows, eyes)" in texts(panel(theatre))


@pytest.mark.parametrize("gone", [True, False])
def test_without_a_face_or_a_mesh_nothing_is_said_of_movements(
    theatre: Theatre, gone: bool
) -> None:
    if gone:
        theatre.finds.boxes = []
    else:
        theatre.mesh.inner_brows = np.nan
    theatre.play(0.3)
    app = panel(theatre)
    assert ("No face in view" if gone else "cannot be seen well enough") in texts(app)
    assert app.button(key="set-neutral").disabled == gone
