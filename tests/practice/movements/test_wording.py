"""What is said of the movements of a face, and of what keeps them from being measured."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.practice.movements.following import MovementReading
from emotion_core.practice.movements.wording import (
    clear_movements,
    describe_own,
    why_not_measured,
)


def reading(
    *,
    turn: float = 0.0,
    hidden: tuple[str, ...] = (),
    seen: bool = True,
    neutral: bool = True,
    **values: float,
) -> MovementReading:
    """Of a face that makes these movements and no others."""
    given = dict.fromkeys(MOVEMENTS, 0.0 if neutral else np.nan) | values
    found = np.array(list(given.values()), np.float32)
    return MovementReading(found, found, turn, hidden, seen, neutral, False)


def test_the_movements_that_are_clear_come_first_by_how_large_they_may_become() -> None:
    found = clear_movements(reading(head_nod=-28, inner_brows_up=0.1, jaw_drop=0.04, pucker=0.25))
    assert [movement.name for movement in found] == ["head_nod", "pucker", "inner_brows_up"]
    assert [one.name for one in clear_movements(reading(head_nod=9, pucker=0.3), 1)] == ["pucker"]


def test_eyes_that_read_the_screen_are_no_movement() -> None:
    assert clear_movements(reading(gaze_side=0.5, lids_lowered=0.6)) == []


def test_what_is_not_known_is_no_movement() -> None:
    assert clear_movements(reading(neutral=False)) == []
    found = clear_movements(reading(mouth_open=float("nan"), pucker=0.2))
    assert [movement.name for movement in found] == ["pucker"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("head_turn", 12, "The head turns 12° to your left."),
        ("head_turn", -12, "The head turns 12° to your right."),
        ("head_tilt", 12, "The head tilts 12° to your left shoulder."),
        ("head_tilt", -12, "The head tilts 12° to your right shoulder."),
        ("gaze_side", 0.4, "The eyes go to your left."),
        ("inner_brows_up", 0.33, "The inner brows rise by a third."),
    ],
)
def test_sides_are_those_of_whoever_sees_themselves_in_a_mirror(
    name: str, value: float, text: str
) -> None:
    assert describe_own(name, value) == text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"seen": False}, "cannot be seen"),
        ({"neutral": False}, "Rest your face for two seconds"),
        ({"neutral": False, "hidden": ("mouth",)}, "Partly covered (mouth)"),
        ({"hidden": ("brows", "eyes")}, "Partly covered (brows, eyes)"),
        ({"turn": -45.0}, "far side"),
    ],
)
def test_what_keeps_movements_from_being_measured_is_said(
    given: dict[str, object], says: str
) -> None:
    assert says in why_not_measured(reading(**given))  # type: ignore[arg-type]


def test_of_a_face_that_is_seen_well_nothing_is_said() -> None:
    assert why_not_measured(reading(turn=20.0)) == ""
