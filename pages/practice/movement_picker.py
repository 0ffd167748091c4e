"""Which movement to make: raised, held and released, or after a character of the library."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.performance.performance import Performance
from emotion_core.practice.movements.exercise import (
    ASKED,
    MirrorMovement,
    MovementExercise,
    RaiseAndHold,
    clear_movements_in,
)
from emotion_core.practice.movements.wording import how_far
from emotion_core.types import ImageArray
from pages.practice.targets import choose_part

_RAISE, _AFTER = "Raise, hold, release", "After a character"
# Shares of a movement at its fullest.
_SIZES = {"small": 0.4, "medium": 0.6, "large": 0.8}
_Found = tuple[MovementExercise, Callable[[float], ImageArray | None]]


def choose_movement() -> _Found | None:
    """Fields for an exercise of a movement; gives it, and the face to play after."""
    how = st.segmented_control(
        "How", [_RAISE, _AFTER], default=_RAISE, key="movement-how", required=True
    )
    return _after() if how == _AFTER else (_raise(), lambda _: None)


def _raise() -> RaiseAndHold:
    name = _choose_name("movement-name", ASKED)
    full = MOVEMENTS[name].full
    size = st.select_slider(
        "How far",
        list(_SIZES),
        "medium",
        format_func=lambda key: f"{key}: {how_far(name, _SIZES[key] * full)}",
        key="movement-size",
        help="From your neutral face, which the panel below measures from.",
    )
    hold = st.slider("Hold", 1, 20, 3, format="%d s", key="movement-hold")
    ramp = st.slider("Raise and release, each", 0.5, 5.0, 1.0, 0.5, format="%.1f s",
                     key="movement-ramp")  # fmt: skip
    return RaiseAndHold(name, _SIZES[str(size)] * full, ramp, float(hold), ramp)


def _after() -> _Found | None:
    exercises: list[MirrorMovement] = []

    def make(
        performance: Performance, scene: int, character: int, start: float, end: float
    ) -> MirrorMovement:
        name = _choose_name("mirror-movement", clear_movements_in(performance, start, end))
        exercises.append(MirrorMovement.of(performance, scene, character, start, end, name))
        return exercises[0]

    part = choose_part("Character", "movement-after", make)
    return None if part is None else (exercises[0], part.still_at)


def _choose_name(key: str, names: tuple[str, ...]) -> str:
    return str(
        st.selectbox(
            "Movement", names, format_func=lambda name: MOVEMENTS[name].instruction, key=key
        )
    )
