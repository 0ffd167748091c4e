"""What stands beside the picture: begin and stop, the region feedback's words, and how it went."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from emotion_core.emotions.labels import percent
from emotion_core.faces.movements.movements import CAVEAT, MOVEMENTS
from emotion_core.practice.exercises.playing import Playing, table_of
from emotion_core.practice.feedback.wording import describe_match
from emotion_core.practice.live.outcomes import AnyOutcome, MovementOutcome, Outcome
from emotion_core.practice.live.run import Plan, Run
from emotion_core.practice.live.session import LiveSession, LiveSessionState
from emotion_core.practice.movements.exercise import MovementExercise
from emotion_core.practice.movements.outcome_wording import describe_movement_outcome
from emotion_core.practice.movements.playing import table_of_movement
from emotion_core.render.figures.played import draw_movement, draw_played
from pages.practice.exercise_picker import ChosenExercise
from pages.practice.movements import movement_panel
from pages.shared.chart import chart
from pages.shared.text import as_text

_NEWS = "practice-news"
# Seconds; words that are read while one plays do not change faster.
_REFRESH = 1.0
# Seconds without a picture, the camera being on, after which something is wrong.
_SILENT = 3.0
# A smaller share of the time with a reading is worth a word.
_IN_VIEW = 0.8


def live_panel(session: LiveSession, chosen: ChosenExercise, *, on: bool) -> None:
    """Buttons and words; they continue by themselves while the camera is on."""
    fragment = st.fragment(_panel, run_every=_REFRESH if on else None)
    fragment(session, chosen)


def _panel(session: LiveSession, chosen: ChosenExercise) -> None:
    state = session.state()
    news = (state.outcome, state.keeping)
    if news != st.session_state.setdefault(_NEWS, news):
        st.session_state[_NEWS] = news
        st.rerun()  # what stands below is not drawn anew each second
    _buttons(session, chosen, state)
    if state.on and _waits_for_neutral(session, chosen):
        st.caption("You can start once your neutral face is known, see below.")
    _troubles(state)
    if state.words:
        st.markdown(f"**{as_text(state.words)}**")
    elif state.on and not session.has_feedback:
        st.caption(
            "This model has no trained explainer, so Eme cannot say which regions of the "
            "face matter."
        )
    if state.run is not None:
        _so_far(state.run)
    if state.on:
        movement_panel(session, None if state.reading is None else state.reading.movements)


def _buttons(session: LiveSession, chosen: ChosenExercise, state: LiveSessionState) -> None:
    with st.container(horizontal=True, gap="small"):
        if state.run is not None or state.waiting:
            recording = state.run is not None and state.run.plan.record
            label = "Stop and save the take" if recording else "Stop"
            if st.button(label, icon=":material/stop:", type="primary", key="stop-run"):
                session.stop()
                st.rerun(scope="fragment")
            return
        ready = state.on and chosen.ready and not _waits_for_neutral(session, chosen)
        free = chosen.exercise is None
        plans = [] if free else [("Start", ":material/play_arrow:", False)]
        plans += [
            ("Record" if free else "Start and record", ":material/fiber_manual_record:", True)
        ]
        for place, (label, icon, record) in enumerate(plans):
            kind: Literal["primary", "secondary"] = "primary" if place == 0 else "secondary"
            pressed = st.button(label, icon=icon, type=kind, disabled=not ready, key=f"do-{record}")
            if pressed:
                session.begin(Plan(chosen.exercise, record, chosen.still_at))
                st.rerun(scope="fragment")


def _waits_for_neutral(session: LiveSession, chosen: ChosenExercise) -> bool:
    """Whether a movement is to be made whose beginning is not known yet."""
    return isinstance(chosen.exercise, MovementExercise) and session.neutral.face is None


def _troubles(state: LiveSessionState) -> None:
    if state.error:
        st.error(as_text(state.error), icon=":material/error:")
    if state.silent > _SILENT:
        st.warning(
            f"No image from the camera for {state.silent:.0f} s. It may be unplugged or in use by "
            "another program. Stop it and start it again.",
            icon=":material/videocam_off:",
        )
    if state.keeping:
        st.caption("Saving the take …")


def _so_far(run: Run) -> None:
    if not isinstance(run.playing, Playing) or (mean := run.playing.mean_distance) is None:
        return
    text = f"Distance from the target so far: {mean:.2f} (0 = the same, 1 = nothing in common)."
    if (seen := run.playing.share_in_view) < _IN_VIEW:
        text += f" Your face is read {percent(seen)} of the time."
    st.caption(text)


def outcome_panel(outcome: AnyOutcome) -> None:
    """How the last exercise went, in words and as a figure."""
    st.markdown(f"**{as_text(outcome.playing.exercise.title)}**")
    if outcome.reason:
        st.info(as_text(outcome.reason), icon=":material/face:")
    elif isinstance(outcome, MovementOutcome):
        _movement_outcome(outcome)
    else:
        _emotion_outcome(outcome)


def _movement_outcome(outcome: MovementOutcome) -> None:
    exercise = outcome.playing.exercise
    if outcome.found is not None:
        st.markdown(as_text(describe_movement_outcome(outcome.found, exercise)))
    movement, table = MOVEMENTS[exercise.movement], table_of_movement(outcome.playing)
    figure = draw_movement(table, movement.noun, movement.unit)
    alt = "Your movement as a line, the target as a dotted line."
    chart(figure, table, f"{exercise.title} played", "played", alt)
    st.caption(CAVEAT)


def _emotion_outcome(outcome: Outcome) -> None:
    exercise = outcome.playing.exercise
    if outcome.match is None:
        return
    st.markdown(as_text(describe_match(outcome.match, exercise)))
    table = table_of(outcome.playing)
    alt = "Emotions you played as lines, target as dotted lines."
    chart(draw_played(table), table, f"{exercise.title} played", "played", alt)
