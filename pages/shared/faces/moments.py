"""Moments of a scene as pictures of a face with its reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import describe_moment, describe_reading, uncertainty_of
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.stills import cut_faces, find_faces
from emotion_core.scene.summary import Moment
from emotion_core.text import format_time
from pages.shared.faces.why import why_button
from pages.shared.serving.pictures import pictures_of
from pages.shared.text import as_text

# Of a picture with its words, in pixels: two beside each other on a phone.
_WIDTH = 165


def moment_strip(
    analysis: SceneAnalysis, clip: Path | None, moments: Sequence[Moment]
) -> Moment | None:
    """A row of moments; returns the one whose button was pressed in this run."""
    pressed = None
    row = st.container(horizontal=True, gap="medium", key="cut-faces-strip")
    pictures = _face_pictures(analysis, clip, [(one.time, one.track) for one in moments])
    for moment, picture in zip(moments, pictures, strict=True):
        with row.container(width=_WIDTH):
            _show_face(picture, moment.name, moment.time)
            key = f"moment-{analysis.id}-{moment.time}-{moment.track}"
            label = format_time(moment.time)
            if st.button(label, key=key, width="stretch", help="Go to this moment"):
                pressed = moment
            reading = describe_moment(moment.emotion, moment.probability, moment.uncertainty)
            st.caption(as_text(f"{moment.name}: {reading}"))
            why_button(analysis.id, moment.track, moment.time, "strip")
    return pressed


def moment_card(analysis: SceneAnalysis, clip: Path | None, time: float, track: int | None) -> None:
    """The faces of one moment, each with its reading in words."""
    faces = analysis.faces
    rows = faces[np.isclose(faces["time"], time, atol=1e-4)]
    if track is not None:
        rows = rows[rows["track"] == track]
    st.markdown(f"**At {format_time(time)}**")
    if rows.empty:
        st.caption("No usable face is in view.")
        return
    names, flags = analysis.face_names(), uncertainty_of(rows)
    side_by_side = st.container(horizontal=True, gap="medium", key="cut-faces-card")
    pictures = _face_pictures(analysis, clip, [(time, int(own)) for own in rows["track"]])
    flagged_rows = zip(rows.iterrows(), flags.to_numpy(bool), pictures, strict=True)
    for (_, row), flagged, picture in flagged_rows:
        with side_by_side.container(width=_WIDTH):
            name = names[int(row["track"])]
            _show_face(picture, name, time)
            shares = {emotion: float(row[emotion]) for emotion in EMOTIONS}
            uncertainty = [str(name) for name in flags.columns[flagged]]
            reading = describe_reading(shares, uncertainty)
            st.markdown(f"{as_text(name)}: {as_text(reading)}")
            why_button(analysis.id, int(row["track"]), time, "card")
            if not row["detected"]:
                st.caption("The face was not detected in this frame; its box is interpolated.")


def _face_pictures(
    analysis: SceneAnalysis, clip: Path | None, places: Sequence[tuple[float, int]]
) -> Sequence[str | bytes | None]:
    """Faces by time and track; without a clip there are no pictures."""
    if clip is None:
        return [None] * len(places)
    found = find_faces(analysis.faces, places)
    key = (analysis.id, str(clip), *places)
    return pictures_of(key, len(places), lambda: cut_faces(clip, found))


def _show_face(picture: str | bytes | None, name: str, time: float) -> None:
    if picture is not None:
        st.image(picture, width="stretch", alt=f"{name} at {format_time(time)}")
