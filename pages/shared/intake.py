"""Taking a clip in: an upload, or a file that lies on this machine."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.errors import EmotionCoreError, MediaError
from emotion_core.library.queries.browsing import film_titles
from emotion_core.library.scenes import reading_phases
from emotion_core.media.probe import probe
from emotion_core.scene.analysis import ClipId
from emotion_core.scene.store import identify
from pages.shared.active_model import active_model, models_line
from pages.shared.services import jobs, library, media, reader, settings
from pages.shared.text import as_text


def intake(state_key: str, film_id: int | None = None) -> None:
    """Widgets that take in a clip and queue its reading.

    Args:
        state_key: where in the session state the key of the queued job is left.
        film_id: the film that is chosen at first.

    Raises:
        LibraryError: the library cannot be reached.
    """
    film = choose_film("Film of this clip", film_id, key="intake-film")
    upload_tab, path_tab = st.tabs(["Upload a clip", "Open a file on this computer"])
    with upload_tab:
        # a new key empties the widget, and with it the memory that held the upload
        number = st.session_state.setdefault("intake_number", 0)
        upload = st.file_uploader(
            "Clip",
            key=f"upload-{number}",
            max_upload_size=round(settings().max_upload_gb * 1024),
            help=f"Any video format, up to {settings().max_minutes:.0f} minutes.",
        )
    with path_tab, st.form("open-path", border=False):
        text = st.text_input("Path of the file", placeholder="/home/me/Films/scene.mkv")
        st.caption(
            "For films too large to upload. Eme reads the file in place and does not copy it."
        )
        opened = st.form_submit_button("Open", icon=":material/folder_open:")
    models_line(f"Model: {as_text(short_name(active_model()))}.")

    name = upload.name if upload is not None else text
    try:
        if upload is not None:
            with st.spinner(as_text(f"Copying {upload.name} …")):
                path, clip = media().add(upload, upload.name)
            st.session_state["intake_number"] += 1
            try:
                check_length(path)
            except EmotionCoreError:
                path.unlink(missing_ok=True)
                raise
            st.session_state[state_key] = request_reading(path, clip, film)
            st.rerun()
        if opened and text.strip():
            path = Path(text.strip().strip("\"'")).expanduser()
            probe(path)
            st.session_state["intake_number"] += 1
            st.session_state[state_key] = request_reading(path, identify(path), film)
            st.rerun()
    except EmotionCoreError as error:
        st.error(as_text(f"{name}: {error}"), icon=":material/error:")


def check_length(path: Path) -> None:
    """Refuse a clip that is longer than uploads may be.

    Raises:
        MediaError: it is too long, or cannot be read.
    """
    minutes, limit = probe(path).duration / 60, settings().max_minutes
    if minutes > limit:
        raise MediaError(
            f"This clip is {minutes:.0f} minutes long; uploads may be {limit:.0f}. Cut out a "
            "scene, or open the file by its path on this computer."
        )


def choose_film(label: str, film_id: int | None, key: str, none: str = "none") -> int | None:
    """A field to choose a film of the library, or none.

    Args:
        label: of the field.
        film_id: what is chosen at first.
        key: of the widget.
        none: what the choice of no film is called.
    """
    titles = film_titles(library())
    options = [0, *titles]
    chosen = st.selectbox(
        label,
        options,
        index=options.index(film_id) if film_id in titles else 0,
        format_func=lambda number: titles.get(number, none),
        key=key,
    )
    return chosen or None


def request_reading(path: Path, clip: ClipId, film_id: int | None = None) -> str:
    """Queue the reading of a clip with the active model; gives the key of the job.

    Args:
        film_id: the film that the clip is from; ``None`` leaves a known clip where it is.
    """
    return request_reading_with(active_model(), path, clip, film_id)


def request_reading_with(model: str, path: Path, clip: ClipId, film_id: int | None = None) -> str:
    """The same with a model of this name; needs no page."""
    key = f"read:{clip.sha256}:{model}"
    phases = reading_phases(reader(model), path, clip, film_id)
    return jobs().submit(key, clip.name, phases).key
