"""Taking a clip in: an upload, or a file that lies on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.errors import EmotionCoreError, MediaError
from emotion_core.jobs.queue import Job, Phase
from emotion_core.library.queries.browsing import film_titles
from emotion_core.library.scenes import open_sample, reading_phases
from emotion_core.media.probe import probe
from emotion_core.scene.analysis import ClipId
from emotion_core.scene.store import identify
from pages.shared.active_model import active_model, models_line
from pages.shared.job_panel import close_button, close_job, follow_job, follow_jobs
from pages.shared.scene_picker import PAGE, link_to, open_scene
from pages.shared.services import jobs, library, media, reader, settings
from pages.shared.text import as_text

_KIND = "read"
_OWN = "own_reading"  # key of the one that this browser waits for


def intake(film_id: int | None = None) -> None:
    """Widgets that take in a clip and queue its reading.

    Args:
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
            begin_reading(path, clip, film)
        if opened and text.strip():
            path = Path(text.strip().strip("\"'")).expanduser()
            probe(path)
            st.session_state["intake_number"] += 1
            begin_reading(path, identify(path), film)
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


def begin_reading(
    path: Path, clip: ClipId, film_id: int | None = None, *, anew: bool = False
) -> NoReturn:
    """Queue the reading of a clip that this browser waits for, and show how far it is.

    Args: as for :func:`request_reading`.
    """
    _wait_for(request_reading(path, clip, film_id, anew=anew))


def begin_with_sample() -> None:
    """Read the sample scene, unless this browser has begun to read something already."""
    if _OWN not in st.session_state:
        sample = reader(active_model())
        phase = Phase("Analyzing", lambda: open_sample(sample))
        _wait_for(jobs().submit(f"{_KIND}:sample", "Sample scene", [phase]))


def _wait_for(job: Job) -> NoReturn:
    st.session_state[_OWN] = job.key
    follow_job(job)
    st.rerun()


def follow_readings(open_own: bool = False) -> None:
    """How far the readings of all sessions are, and links to the scenes that they have brought.

    Args:
        open_own: let the page be about the scene that this browser waits for, once it is read.
    """
    for job in follow_jobs(_KIND):
        if open_own and st.session_state.get(_OWN) == job.key:
            del st.session_state[_OWN]
            open_scene(job.result.id)
            close_job(job)
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.success(as_text(f"{job.title} is ready."), icon=":material/check:")
            st.page_link(
                PAGE,
                label="Open",
                icon=":material/movie:",
                query_params=link_to(job.result.id),
                width="content",
            )
            close_button(job)


def request_reading(
    path: Path, clip: ClipId, film_id: int | None = None, *, anew: bool = False
) -> Job:
    """Queue the reading of a clip with the active model.

    Args:
        film_id: the film that the clip is from; ``None`` leaves a known clip where it is.
        anew: whether a reading by an earlier version of Eme is done again.
    """
    return request_reading_with(active_model(), path, clip, film_id, anew=anew)


def request_reading_with(
    model: str, path: Path, clip: ClipId, film_id: int | None = None, *, anew: bool = False
) -> Job:
    """The same with a model of this name; needs no page."""
    key = f"{_KIND}:{clip.sha256}:{model}"
    phases = reading_phases(reader(model), path, clip, film_id, anew=anew)
    return jobs().submit(key, clip.name, phases)
