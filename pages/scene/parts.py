"""What a scene is shown by, whether all of it has been read or only its beginning."""

from __future__ import annotations

from functools import partial

import streamlit as st

from emotion_core.emotions.labels import percent
from emotion_core.emotions.uncertainty import with_uncertainty
from emotion_core.export.report.limits import HARD_TO_READ
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.tables import Scene
from emotion_core.performance.movements import NOT_READ, movements_read
from emotion_core.render.figures.tracks import draw_shares
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.still_faces import still_tracks
from emotion_core.scene.store import StoredScene
from emotion_core.scene.summary import SceneSummary, describe_uncertainty
from emotion_core.text import count_of
from pages.players.scene.player import Seek, scene_player
from pages.players.scene.sound import EncodedSound
from pages.scene.characters import character_panel, character_row
from pages.scene.neutral import name_neutral
from pages.shared import services
from pages.shared.bookmarks import bookmark_now
from pages.shared.faces.moments import moment_card, moment_strip
from pages.shared.scene_picker import (
    linked_moment,
    put_moment,
    seek_to,
    wished_moment,
)
from pages.shared.users.caches import per_library
from pages.shared.users.visitor import ONLY_TEACHERS, visitor

_OPENED = "opened_moment"  # the last one that the player has reported
_RELATIVE = "scene-relative-to-rest"
_ONLY_PLAYER = (
    "Timeline, radar and words on the video are relative to the resting face of everyone called "
    '"(relative)". All else on this page is as read. Hatching marks the doubts of the reading as '
    "it was read."
)
_SHOWN = 12


def show_sentence(summary: SceneSummary, one: str = "character") -> None:
    """How many shots and characters there are, and how much of it is unsure.

    Args:
        summary: of the scene.
        one: what a character is called; a face, before it is known who is who.
    """
    st.markdown(_in_a_sentence(summary, one), width="content")
    if unsure := describe_uncertainty(summary):
        st.caption(unsure, width="content")


def show_player(
    scene: StoredScene,
    analysis: SceneAnalysis,
    entry: Scene | None,
    sound: EncodedSound | None = None,
) -> None:
    """The clip with its readings, and the moment that is opened.

    Args:
        entry: the scene in the library; without it, nothing can be bookmarked.
        sound: of the clip, where it was read.
    """
    video, clip = services.find_video(scene), services.find_clip(scene)
    if video is None:
        st.info(f"{services.no_clip()}, so it cannot be played. Its readings are still here.")
        return
    marks = [] if entry is None else entry.bookmarks
    wish, linked = wished_moment(scene.id), linked_moment(scene.id)
    first = float(analysis.faces["time"].min()) if len(analysis.faces) else None
    relative = bool(st.session_state.get(_RELATIVE))
    event = scene_player(
        video,
        analysis.faces,
        analysis.frames,
        analysis.shots,
        analysis.info.duration,
        (analysis.info.width, analysis.info.height),
        analysis.face_names(),
        # of a clip that is being read, there is more each time
        source=f"{scene.id}-{len(analysis.frames)}",
        key="player",
        start=first if linked is None else linked[0],
        seek=Seek(*wish) if wish else None,
        marks=[(mark.time, mark.end, mark.comment) for mark in marks],
        on_mark=partial(_mark, entry),
        neutral_times=analysis.neutral_times,
        on_neutral=None if entry is None else partial(name_neutral, entry.id, analysis),
        relative=relative,
        on_relative=partial(st.session_state.__setitem__, _RELATIVE),
        sound=sound,
    )
    if relative:
        st.caption(_ONLY_PLAYER)
    if not movements_read(analysis.faces):
        st.caption(NOT_READ)
    if event is not None and event != st.session_state.get(_OPENED):
        st.session_state[_OPENED] = event
        linked = (event.time, event.track)
        put_moment(scene.id, *linked)
    if linked is not None and len(analysis.frames):
        time = _frame_time(analysis, linked[0])
        moment_card(analysis, clip, time, linked[1])


def _mark(entry: Scene | None, time: float) -> None:
    if entry is None:
        st.toast(
            "Bookmarks come when all of the clip is analyzed.", icon=":material/hourglass_top:"
        )
    elif visitor().may_edit:
        bookmark_now(entry.id, time)
    else:
        st.toast(ONLY_TEACHERS, icon=":material/lock:")


def show_moments(scene: StoredScene, analysis: SceneAnalysis, summary: SceneSummary) -> None:
    """The strongest moments as pictures; the player goes to one that is pressed."""
    if not summary.moments:
        return
    st.header("Strongest moments")
    st.caption(HARD_TO_READ)
    pressed = moment_strip(analysis, services.find_clip(scene), summary.moments)
    if pressed is not None:
        seek_to(scene.id, pressed.time, pressed.track)
        put_moment(scene.id, pressed.time, pressed.track)
        st.rerun()


def show_characters(
    number: int | None, scene: StoredScene, analysis: SceneAnalysis, summary: SceneSummary
) -> None:
    """Who is in a scene, and what each plays on the whole.

    Args:
        number: of the scene in the library; without it, characters cannot be named.
        scene, analysis, summary: what was read.
    """
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


def _frame_time(analysis: SceneAnalysis, time: float) -> float:
    """The time of the frame that is nearest; a link may name any moment."""
    times = analysis.frames["time"]
    return float(times.iloc[int((times - time).abs().argmin())])


def _in_a_sentence(summary: SceneSummary, one: str) -> str:
    shots = count_of(summary.shots, "shot")
    if not summary.tracks:
        return (
            f"{shots}. No usable face was found: faces may be too small, turned away or too dark."
        )
    characters = count_of(len(summary.characters), one)
    return f"{shots}, {characters}, a face in view {percent(summary.face_share)} of the time."


@st.fragment
def show_table(analysis: SceneAnalysis) -> None:
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
