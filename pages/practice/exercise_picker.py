"""What to play: the kinds of exercises, with what each of them asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from emotion_core.emotions.labels import EMOTIONS, percent
from emotion_core.practice.exercises.exercise import Exercise, Hold, Mirror, Move
from emotion_core.types import ImageArray
from pages.practice.movement_picker import choose_movement
from pages.practice.targets import choose_part, choose_still
from pages.shared.text import as_text

FREE, HOLD, MOVE, ALONG, MIRROR = "Free", "Hold", "Move", "Play along", "Mirror"
MOVEMENT = "One movement"
_LAST = "last-exercise"
StillAt = Callable[[float], ImageArray | None]


@dataclass(frozen=True, slots=True)
class ChosenExercise:
    """What is to be played.

    Attributes:
        exercise: ``None`` in free play, and while something is still to be chosen.
        still_at: the face to play after at a time of it.
        ready: whether it can begin.
    """

    exercise: Exercise | None
    still_at: StillAt = lambda _: None
    ready: bool = True


def choose_exercise() -> ChosenExercise:
    """Fields for an exercise; what was chosen last is there on the way back."""
    kinds = [FREE, HOLD, MOVE, ALONG, MIRROR, MOVEMENT]
    # what widgets hold ends with their page
    st.session_state.setdefault("exercise", st.session_state.get(_LAST, HOLD))
    # pills wrap where they do not fit
    kind = st.pills("Exercise", kinds, key="exercise", required=True) or HOLD
    st.session_state[_LAST] = kind
    if kind == FREE:
        st.caption("No target: just see what your face shows.")
        return ChosenExercise(None)
    makers = {HOLD: _hold, MOVE: _move, ALONG: _along, MIRROR: _mirror, MOVEMENT: _movement}
    chosen = makers[kind]()
    if chosen.exercise is not None:
        st.caption(as_text(chosen.exercise.instruction))
    return chosen


def _hold() -> ChosenExercise:
    emotion = _emotion("Emotion", "sad", "hold-emotion")
    strength = _strength("hold", needed=emotion != "neutral")
    return ChosenExercise(Hold(emotion, strength, _seconds("hold", 10)))


def _move() -> ChosenExercise:
    first, second = st.columns(2)
    with first:
        start = _emotion("From", "neutral", "move-first")
    with second:
        end = _emotion("To", "happy", "move-second")
    strength = _strength("move", needed=True)
    passage = st.slider("Transition", 1, 30, 4, format="%d s", key="move-passage")
    if start == end:
        st.info("Choose two different emotions.")
        return ChosenExercise(None, ready=False)
    return ChosenExercise(Move(start, end, strength, float(passage)))


def _along() -> ChosenExercise:
    part = choose_part()
    if part is None:
        return ChosenExercise(None, ready=False)
    return ChosenExercise(part.exercise, part.still_at)


def _mirror() -> ChosenExercise:
    still = choose_still()
    if still is None:
        return ChosenExercise(None, ready=False)
    picture = still.picture
    exercise = Mirror(still.probabilities, still.title, _seconds("mirror", 10))
    return ChosenExercise(exercise, lambda _: picture)


def _movement() -> ChosenExercise:
    found = choose_movement()
    if found is None:
        return ChosenExercise(None, ready=False)
    return ChosenExercise(*found)


def _emotion(label: str, first: str, key: str) -> str:
    return str(st.selectbox(label, EMOTIONS, EMOTIONS.index(first), key=key))


def _strength(key: str, *, needed: bool) -> float:
    share = st.select_slider(
        "Target confidence",
        [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
        0.8,
        format_func=percent,
        key=f"{key}-strength",
        disabled=not needed,
        help=(
            "How clearly the emotion should be read; the rest of the target is neutral. This "
            "is the model's confidence, not how intensely you act."
        ),
    )
    return float(share)


def _seconds(key: str, first: int) -> float:
    return float(st.slider("Length", 3, 60, first, format="%d s", key=f"{key}-seconds"))
