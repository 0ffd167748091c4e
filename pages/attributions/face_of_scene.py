"""Choosing one face of a scene at one moment."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.emotions.uncertainty import describe_moment
from emotion_core.explanation.found_faces import FoundFace
from emotion_core.explanation.moments import find_at_moment, nearest_row
from emotion_core.scene.store import StoredScene
from emotion_core.scene.summary import SceneSummary, TrackSummary
from emotion_core.text import format_time
from pages.shared import services
from pages.shared.faces.chosen_face import ChosenFace
from pages.shared.scene_picker import choose_scene, linked_moment, put_moment
from pages.shared.text import as_text
from pages.shared.users.caches import per_library

# Scene, track and time that were looked at last; what widgets hold ends with their page.
_LAST = "explained_face"


def face_of_scene() -> ChosenFace | None:
    """Fields for a scene, a face and a moment; ``None`` where there is nothing to look at."""
    left, right = st.columns([3, 2])
    with left:
        scene = choose_scene()
    if scene is None:
        st.info("No scene analyzed yet. Add one on the page Scene analysis, or upload a photo.")
        return None
    analysis = services.load_scene(scene.id, scene.created.isoformat())
    if analysis is None:
        st.error(
            "The stored analysis of this scene is damaged. Analyze it again on the page "
            "Scene analysis."
        )
        return None
    if analysis.faces.empty:
        st.info("This scene has no usable face to explain.")
        return None
    summary = services.summary_of(scene, analysis)
    with right:
        track = _choose_track(scene, summary)
    rows = analysis.faces[analysis.faces["track"] == track.track]
    time = _choose_time(scene, summary, track)
    clip = services.find_clip(scene)
    if clip is None:
        st.info(f"{services.no_clip()}, so its faces cannot be explained.")
        return None
    row = nearest_row(rows, time)
    st.session_state[_LAST] = (scene.id, track.track, float(row["time"]))
    put_moment(scene.id, float(row["time"]), track.track)
    return _find(scene, clip, rows, row, track)


def _find(
    scene: StoredScene, clip: Path, rows: pd.DataFrame, row: pd.Series, track: TrackSummary
) -> ChosenFace:
    with st.spinner("Reading the face …", show_time=True):
        classifier = services.exact_classifier(scene.model.name)
        size = classifier.preprocessing.size
        face = _face_at(scene.id, int(row["track"]), int(row["frame"]), size, str(clip), row)
    if classifier.identity.fingerprint != scene.model.fingerprint:
        name = as_text(short_name(scene.model.name))
        st.warning(
            f"{name} has changed since this scene was analyzed. Below is how it reads the face "
            "now.",
            icon=":material/warning:",
        )
    stem = scene.clip.name.rsplit(".", 1)[0]
    return ChosenFace(
        address=f"{scene.id}:{face.track}:{face.frame}",
        face=face,
        classifier=classifier,
        title=f"{track.name} at {format_time(face.time)}",
        file_name=f"{stem} {track.name} {face.time:.2f} s",
        clip=clip,
        rows=rows,
        analysis=scene.id,
        track_address=f"{scene.id}:{face.track}",
    )


def _choose_track(scene: StoredScene, summary: SceneSummary) -> TrackSummary:
    by_number = {track.track: track for track in summary.tracks}
    key = f"face-of-{scene.id}"
    if st.session_state.get(key) not in by_number:
        last = _last_in(scene)
        st.session_state[key] = last[0] if last and last[0] in by_number else next(iter(by_number))

    def label(number: int) -> str:
        track = by_number[number]
        return (
            f"{track.name} · {format_time(track.start)} to {format_time(track.end)} · "
            f"mostly {track.shares[0][0]}"
        )

    return by_number[st.selectbox("Face", list(by_number), format_func=label, key=key)]


def _choose_time(scene: StoredScene, summary: SceneSummary, track: TrackSummary) -> float:
    """A slider over the time in view, and buttons for the strongest moments."""
    step = scene.parameters.every / scene.info.fps
    start, end = track.start, max(track.end - step, track.start)
    moments = [moment for moment in summary.moments if moment.track == track.track]
    key = f"time-of-{scene.id}-{track.track}"
    if key not in st.session_state:
        last = _last_in(scene)
        if last and last[0] == track.track:
            time = last[1]
        else:
            best = max(moments, key=lambda moment: moment.probability, default=None)
            time = (start + end) / 2 if best is None else best.time
        st.session_state[key] = min(max(time, start), end)
    if end - start < step:
        return start
    time = st.slider("Moment (seconds)", start, end, step=step, format="%.2f", key=key)
    with st.container(horizontal=True, vertical_alignment="center"):
        if moments:
            st.caption("Strongest moments:", width="content")
        for moment in moments:
            said = describe_moment(moment.emotion, moment.probability, ())
            st.button(
                f"{format_time(moment.time)} {said}",
                key=f"to-{scene.id}-{moment.track}-{moment.time}",
                on_click=st.session_state.__setitem__,
                args=(key, min(max(moment.time, start), end)),
            )
    if moments:
        st.caption(
            f"Strong moments average over about {2 * SMOOTHING} s. Below, a single frame is read "
            "again, so the numbers may differ."
        )
    return time


def _last_in(scene: StoredScene) -> tuple[int, float] | None:
    """The face and the moment of a link, or those that were looked at last."""
    linked = linked_moment(scene.id)
    if linked is not None and linked[1] is not None:
        return linked[1], linked[0]
    address, track, time = st.session_state.get(_LAST, ("", 0, 0.0))
    return (track, time) if address == scene.id else None


@per_library(st.cache_data(show_spinner=False, max_entries=100))
def _face_at(
    address: str, track: int, frame: int, size: int, clip: str, _row: pd.Series
) -> FoundFace:
    mesh = services.mesh_reader()
    return find_at_moment(Path(clip), _row, services.detector(), mesh, size)
