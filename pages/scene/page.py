"""Scene analysis: who plays what in a clip, moment by moment."""

from __future__ import annotations

from functools import partial

import streamlit as st

from emotion_core.emotions.labels import percent
from emotion_core.emotions.uncertainty import with_uncertainty
from emotion_core.errors import LibraryError
from emotion_core.export.report.limits import HARD_TO_READ
from emotion_core.library.characters.editing import characters_of_scene
from emotion_core.library.queries.browsing import get_scene, scene_at
from emotion_core.render.figures.tracks import draw_shares
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.still_faces import still_tracks
from emotion_core.scene.store import StoredScene
from emotion_core.scene.summary import SceneSummary, describe_uncertainty
from emotion_core.text import count_of
from pages.players.scene.player import Seek, scene_player
from pages.scene.characters import character_panel, character_row
from pages.scene.downloads import downloads
from pages.scene.model_line import model_line, unreadable
from pages.shared import services
from pages.shared.bookmarks import bookmark_list, bookmark_now
from pages.shared.faces.moments import moment_card, moment_strip
from pages.shared.intake import begin_with_sample, follow_readings, intake
from pages.shared.scene_picker import (
    choose_scene,
    linked_moment,
    put_moment,
    seek_to,
    wished_moment,
)
from pages.shared.text import as_text
from pages.shared.users.caches import per_library
from pages.shared.users.visitor import ONLY_TEACHERS, visitor

_OPENED = "opened_moment"  # the last one that the player has reported
_SHOWN = 12


def main() -> None:
    """Take in clips, and show the analysis of the scene that is open."""
    st.caption(
        "See what each face in a scene plays, moment by moment. Eme reads the performed "
        "expression. It cannot know what anyone feels, and it never grades."
    )
    chooser, adder = st.columns([4, 1], vertical_alignment="bottom")
    # a new key closes it once a clip was taken in
    number = st.session_state.get("intake_number", 0)
    label, icon = "Add a clip", ":material/add:"
    if visitor().may_edit:
        with adder.popover(label, icon=icon, width="stretch", key=f"add-{number}"):
            intake()
    follow_readings(open_own=True)
    with chooser:
        scene = choose_scene()
    if scene is None:
        begin_with_sample()
        return
    analysis = services.load_scene(scene.id, scene.created.isoformat())
    if analysis is None:
        unreadable(scene, services.find_clip(scene))
        return
    _show(scene, analysis)


def _show(scene: StoredScene, analysis: SceneAnalysis) -> None:
    summary = services.summary_of(scene, analysis)
    clip = services.find_clip(scene)
    for warning in analysis.warnings:
        st.warning(as_text(warning), icon=":material/warning:")
    # on one line where there is room, so that the player stands higher
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(_in_a_sentence(summary), width="content")
        if unsure := describe_uncertainty(summary):
            st.caption(unsure, width="content")
        model_line(scene, clip, analysis.parameters.version)
    number = scene_at(services.library(), scene.id)
    entry = None if number is None else get_scene(services.library(), number)
    marks = [] if entry is None else entry.bookmarks
    video = services.find_video(scene)
    if video is None:
        st.info(
            "The clip has been moved or deleted, so it cannot be played. Its readings are still "
            "here."
        )
    else:
        wish, linked = wished_moment(scene.id), linked_moment(scene.id)
        first = float(analysis.faces["time"].min()) if len(analysis.faces) else None
        event = scene_player(
            video,
            analysis.faces,
            analysis.frames,
            analysis.shots,
            analysis.info.duration,
            (analysis.info.width, analysis.info.height),
            analysis.face_names(),
            source=scene.id,
            key="player",
            start=first if linked is None else linked[0],
            seek=Seek(*wish) if wish else None,
            marks=[(mark.time, mark.end, mark.comment) for mark in marks],
            on_mark=partial(bookmark_now, number) if visitor().may_edit else _refuse,
        )
        if event is not None and event != st.session_state.get(_OPENED):
            st.session_state[_OPENED] = event
            linked = (event.time, event.track)
            put_moment(scene.id, *linked)
        if linked is not None and len(analysis.frames):
            time = _frame_time(analysis, linked[0])
            moment_card(analysis, clip, time, linked[1])
    if entry is not None and marks:
        with st.expander("Bookmarks", icon=":material/bookmark:"):
            bookmark_list(entry)
    if summary.moments:
        st.header("Strongest moments")
        st.caption(HARD_TO_READ)
        pressed = moment_strip(analysis, clip, summary.moments)
        if pressed is not None:
            seek_to(scene.id, pressed.time, pressed.track)
            put_moment(scene.id, pressed.time, pressed.track)
            st.rerun()
    _show_characters(number, scene, analysis, summary)
    _show_table(analysis)
    downloads(scene, analysis)


def _show_characters(
    number: int | None, scene: StoredScene, analysis: SceneAnalysis, summary: SceneSummary
) -> None:
    # all of them may be hidden, and are to be shown again from here
    characters = () if number is None else characters_of_scene(services.library(), number)
    if not characters and not summary.characters:
        return
    st.header("Characters")
    if number is not None and characters and visitor().may_edit:
        character_panel(number, characters, _still_tracks(scene, analysis))
    elif characters:
        character_row(characters)
    if not summary.characters:
        return
    alt = "The mean reading of each character, in the seven emotions."
    st.plotly_chart(draw_shares(summary.characters[:_SHOWN]), width="stretch", alt=alt)
    if len(summary.characters) > _SHOWN:
        st.caption(f"The {_SHOWN} longest in view, of {len(summary.characters)}.")


def _still_tracks(scene: StoredScene, analysis: SceneAnalysis) -> frozenset[int]:
    key = services.names_key(analysis.face_names())
    return _found_still(scene.id, scene.created.isoformat(), key, analysis)


@per_library(st.cache_resource(show_spinner=False, max_entries=32))
def _found_still(
    address: str, created: str, names: str, _analysis: SceneAnalysis
) -> frozenset[int]:
    return still_tracks(_analysis.faces)


def _refuse(_time: float) -> None:
    st.toast(ONLY_TEACHERS, icon=":material/lock:")


def _frame_time(analysis: SceneAnalysis, time: float) -> float:
    """The time of the frame that is nearest; a link may name any moment."""
    times = analysis.frames["time"]
    return float(times.iloc[int((times - time).abs().argmin())])


def _in_a_sentence(summary: SceneSummary) -> str:
    shots = count_of(summary.shots, "shot")
    if not summary.tracks:
        return (
            f"{shots}. No usable face was found: faces may be too small, turned away or too dark."
        )
    characters = count_of(len(summary.characters), "character")
    return f"{shots}, {characters}, a face in view {percent(summary.face_share)} of the time."


@st.fragment
def _show_table(analysis: SceneAnalysis) -> None:
    """All readings, made and sent once they are asked for."""
    with st.expander(
        "All readings", icon=":material/table:", key="all-readings", on_change="rerun"
    ) as readings:
        if not readings.open:
            return
        st.caption(
            "One row per face and frame. A frame without a row has no face. The last column says "
            "why a reading is unsure."
        )
        st.dataframe(with_uncertainty(analysis.faces), hide_index=True, height=320)


try:
    main()
except LibraryError as error:
    st.error(as_text(str(error)), icon=":material/error:")
