"""A clip in place of the camera: taken in as a take of the exercise."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.files import copy_whole
from emotion_core.library.takes import keep_take
from emotion_core.practice.exercises.exercise import Exercise
from emotion_core.unfinished import TemporaryFolder
from pages.practice.exercise_picker import ChosenExercise
from pages.practice.session import note_of
from pages.shared.active_model import active_model
from pages.shared.intake import check_length, request_reading_of_take
from pages.shared.services import settings
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor

_NUMBER = "practice-clip-number"


def clip_panel(chosen: ChosenExercise) -> None:
    """An upload field; what comes in is kept as a take and read."""
    st.caption(
        "No camera here? Record yourself with a phone and upload the clip. It is saved as a "
        "take; the exercise starts with the first frame."
    )
    # a new key empties the widget, and with it the memory that held the upload
    number = st.session_state.setdefault(_NUMBER, 0)
    with st.container(border=True):
        upload = st.file_uploader(
            "Clip",
            key=f"practice-clip-{number}",
            max_upload_size=round(settings().max_upload_gb * 1024),
            help=f"Any video format, up to {settings().max_minutes:.0f} minutes.",
            disabled=not chosen.ready,
        )
    if upload is None:
        return
    try:
        with st.spinner(as_text(f"Copying {upload.name} …")):
            _take_in(upload, upload.name, chosen.exercise)
    except EmotionCoreError as error:
        st.error(as_text(f"{upload.name}: {error}"), icon=":material/error:")
        return
    st.session_state[_NUMBER] += 1
    st.rerun()


def _take_in(source: BinaryIO, name: str, exercise: Exercise | None) -> None:
    """Keep an upload as a take and have it read.

    Raises:
        LibraryError, MediaError, OutputError: it is no clip, too long, or cannot be kept.
    """
    with TemporaryFolder("eme-take-") as folder:
        path = folder / f"take{Path(name).suffix.lower()}"
        copy_whole(source, path)
        check_length(path)
        own = visitor().own
        kept = keep_take(path, own, note_of(exercise))
    request_reading_of_take(own, active_model(), kept.path, kept.clip)
