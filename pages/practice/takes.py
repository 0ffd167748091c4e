"""The takes that were kept: how near they came, to open, to compare and to delete."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from emotion_core.errors import ComparisonError, EmotionCoreError, MediaError
from emotion_core.jobs import records
from emotion_core.library.queries.browsing import get_scene
from emotion_core.library.queries.performances import PerformanceEntry, performance_entries
from emotion_core.library.removal import what_leaves
from emotion_core.library.scenes import clip_of
from emotion_core.library.takes import TakeEntry, delete_takes, take_entries
from emotion_core.library.voice.takes import delete_voice_takes
from emotion_core.performance.comparison.comparison import FEWEST, MOST
from emotion_core.performance.performance import Performance
from emotion_core.practice.exercises.playing import playing_of
from emotion_core.practice.exercises.serialization import from_json
from emotion_core.practice.feedback.match import match
from emotion_core.practice.movements.exercise import MovementExercise
from emotion_core.practice.movements.outcome import movement_outcome
from emotion_core.practice.movements.outcome_wording import describe_briefly
from emotion_core.practice.movements.playing import movement_playing_of
from emotion_core.scene.analysis import ClipId
from emotion_core.text import count_of, format_time
from pages.practice.voice.takes import describe_lines_removal, kept_lines, line_list
from pages.shared import services
from pages.shared.dialogs import in_sentences
from pages.shared.intake import request_reading
from pages.shared.jobs.panel import job_panel
from pages.shared.performance_picker import (
    compare_next,
    read_performance,
)
from pages.shared.removal import describe_removal
from pages.shared.scene_picker import go_to_scene
from pages.shared.text import as_text
from pages.shared.users.caches import per_library
from pages.shared.users.visitor import OWN, open_library, visitor

_SHOWN = 10
_MORE = "takes-shown"
_REFRESH = 2.0  # seconds
_COMPARE = "pages/compare/page.py"


def take_list() -> None:
    """All takes, the newest first.

    Raises:
        LibraryError: the library cannot be reached.
    """
    st.header("Your takes")
    if visitor().in_class:
        st.caption("Your takes are kept in your own library, where nobody else sees them.")
        st.button("Open my library", key="open-takes", on_click=open_library, args=(OWN,))
        return
    takes, lines = take_entries(services.library()), kept_lines()
    if not takes and not lines:
        st.caption("No takes yet. Eme records only when you press a record button.")
        return
    if takes:
        _show_takes(takes)
    if lines:
        line_list(lines)
    if st.button("Delete all takes", icon=":material/delete_forever:"):
        _delete_dialog([take.scene_id for take in takes], [line.name for line in lines])


def _show_takes(takes: Sequence[TakeEntry]) -> None:
    shown = takes[: st.session_state.get(_MORE, _SHOWN)]
    models = {take.model_scene_id for take in shown if take.model_scene_id}
    performances = {
        (entry.scene_id, entry.character_id): entry
        for entry in performance_entries(services.library(), models)
    }
    chosen = [take for take in shown if _row(take, performances)]
    if len(takes) > len(shown) and st.button("Show more", icon=":material/expand_more:"):
        st.session_state[_MORE] = len(shown) + _SHOWN
        st.rerun()
    _compare_selected(chosen)
    if any(not take.address for take in shown):
        _watch(_readings(shown))


@st.fragment(run_every=_REFRESH)
def _watch(before: list[tuple[int, bool]]) -> None:
    """Run the page again once the reading of a take begins or ends."""
    unread = {number for number, _ in before}
    takes = [take for take in take_entries(services.library()) if take.scene_id in unread]
    if _readings(takes) != before:
        st.rerun()


def _readings(takes: Sequence[TakeEntry]) -> list[tuple[int, bool]]:
    """The takes that are not read yet, and whether they are being read."""
    found = []
    for take in takes:
        scene = None if take.address else get_scene(services.library(), take.scene_id)
        if scene is not None:
            found.append((take.scene_id, services.is_busy_with(scene.clip_sha256)))
    return found


def _row(take: TakeEntry, performances: dict[tuple[int, int], PerformanceEntry]) -> bool:
    """One take; gives whether it is chosen."""
    model = performances.get((take.model_scene_id or 0, take.model_character_id or 0))
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.checkbox(
            take.title,
            key=f"take-{take.scene_id}",
            label_visibility="collapsed",
            disabled=take.performance is None,
        )
        with st.container(gap=None, width="stretch"):
            when = take.recorded.astimezone().strftime("%d %B %Y, %H:%M")
            st.markdown(f"**{as_text(take.title)}**")
            st.caption(f"{when} · {format_time(take.duration)} · {as_text(_outcome(take, model))}")
        _row_buttons(take, model)
    return bool(chosen)


def _row_buttons(take: TakeEntry, model: PerformanceEntry | None) -> None:
    number = take.scene_id
    if take.address and st.button("Open", icon=":material/movie:", key=f"open-{number}"):
        go_to_scene(take.address)
    if take.performance is not None and model is not None:
        help_text = f"Compare with {model.title}"
        if st.button(
            "Compare", icon=":material/compare_arrows:", key=f"model-{number}", help=help_text
        ):
            compare_next([model, take.performance])
            st.switch_page(_COMPARE)
    if not take.address:
        _reading(take)
    if st.button("", icon=":material/delete:", key=f"delete-{number}", help="Delete this take"):
        _delete_dialog([number])


def _reading(take: TakeEntry) -> None:
    """A take that is not read yet: how far its reading is, or a button to read it."""
    scene = get_scene(services.library(), take.scene_id)
    try:
        clip = None if scene is None else clip_of(scene, services.settings())
    except MediaError as error:
        st.caption(as_text(str(error)))
        return
    if scene is None or clip is None:
        return
    job = records.about(services.queue(), scene.clip_sha256, services.settings().library)
    if job is not None:
        job_panel(job)
    elif st.button("Analyze", icon=":material/refresh:", key=f"read-{take.scene_id}"):
        request_reading(clip, ClipId(scene.clip_sha256, scene.clip_name))
        st.rerun()


def _outcome(take: TakeEntry, model: PerformanceEntry | None) -> str:
    """How near a take came to what it was played towards."""
    if not take.address:
        return "not analyzed yet; starts once the camera is off"
    if take.performance is None:
        return "no usable face"
    if not take.exercise:
        return "free play"
    outcome = _outcome_of(
        take.performance.key,
        take.exercise,
        "" if model is None else model.key,
        take.performance,
        model,
    )
    return outcome or "the target is no longer available"


@per_library(st.cache_data(show_spinner=False, max_entries=500))
def _outcome_of(
    key: str,
    exercise_text: str,
    model_key: str,
    _own: PerformanceEntry,
    _model: PerformanceEntry | None,
) -> str:
    """How a take stands to its exercise, in a few words; empty where either is gone."""

    def load(_scene: int, _character: int) -> Performance | None:
        # by what the library says of the model: it has other numbers after an import
        return None if _model is None else read_performance(_model)

    exercise = from_json(exercise_text, load)
    if exercise is None:
        return ""
    try:
        own = read_performance(_own)
        if isinstance(exercise, MovementExercise):
            return _movement_of(own, exercise)
        return f"distance {match(playing_of(own, exercise)).distance:.2f}"
    except EmotionCoreError:
        return ""


def _movement_of(own: Performance, exercise: MovementExercise) -> str:
    try:
        return describe_briefly(movement_outcome(movement_playing_of(own, exercise)), exercise)
    except ComparisonError:
        return "the movement was not measured"


def _compare_selected(chosen: Sequence[TakeEntry]) -> None:
    entries = [take.performance for take in chosen if take.performance is not None]
    few = not FEWEST <= len(entries) <= MOST
    if st.button(
        "Compare selected",
        icon=":material/compare_arrows:",
        disabled=few,
        help=f"Choose {FEWEST} to {MOST} takes.",
    ):
        compare_next(entries)
        st.switch_page(_COMPARE)


@st.dialog("Delete these takes?")
@in_sentences
def _delete_dialog(scene_ids: Sequence[int], lines: Sequence[str] = ()) -> None:
    library, settings = services.library(), services.settings()
    if scene_ids:
        describe_removal(what_leaves(library, settings, scene_ids))
    if lines:
        describe_lines_removal(len(lines))
    label = f"Delete {count_of(len(scene_ids) + len(lines), 'take')}"
    if st.button(label, icon=":material/delete:", type="primary", key="really-delete-takes"):
        delete_takes(library, settings, scene_ids, services.is_busy_with)
        delete_voice_takes(settings, lines)
        st.rerun()
