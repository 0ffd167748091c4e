"""Taking clips in: uploads, or files and folders that lie on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.errors import EmotionCoreError, MediaError
from emotion_core.files import to_text
from emotion_core.jobs.kinds.reading import ReadClip, ReadSample
from emotion_core.jobs.records import Job
from emotion_core.jobs.registry import result_of
from emotion_core.library.queries.browsing import film_titles
from emotion_core.media.opening import clips_in
from emotion_core.media.probe import probe
from emotion_core.scene.analysis import ClipId
from emotion_core.scene.clips.store import identify
from emotion_core.settings import Settings
from emotion_core.unfinished import Note, placing
from pages.shared.active_model import active_model, models_line
from pages.shared.jobs.panel import close_button, close_job, follow_job, follow_jobs
from pages.shared.scene_picker import PAGE, link_to, open_scene
from pages.shared.services import library, media, settings, submit, submit_to
from pages.shared.text import as_text
from pages.shared.users.visitor import ONLY_TEACHERS, visitor

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_OWN = "own_reading"  # number of the one that this browser waits for
_REFUSED = "refused_clips"  # sentences that are still to be said
Given = TypeVar("Given")


def intake(film_id: int | None = None) -> None:
    """Widgets that take in clips and queue their reading.

    Args:
        film_id: the film that is chosen at first.

    Raises:
        LibraryError: the library cannot be reached.
    """
    if not visitor().may_edit:
        st.caption(ONLY_TEACHERS)
        return
    film = choose_film("Film of these clips", film_id, key="intake-film")
    local = visitor().is_local
    tabs = st.tabs(["Upload clips", *["Open files on this computer"] * local])
    with tabs[0]:
        # a new key empties the widget, and with it the memory that held the uploads
        number = st.session_state.setdefault("intake_number", 0)
        uploads = st.file_uploader(
            "Clips",
            key=f"upload-{number}",
            accept_multiple_files=True,
            max_upload_size=round(settings().max_upload_gb * 1024),
            help=f"Any video format, up to {settings().max_minutes:.0f} minutes each.",
        )
    text = ""
    if local:
        with tabs[1]:
            text = _path_form()
    models_line(f"Model: {as_text(short_name(active_model()))}.")
    if uploads:
        _request_all(uploads, lambda upload: upload.name, _take_in, film)
    if text.strip():
        try:
            path = Path(text.strip().strip("\"'")).expanduser()
            clips = clips_in(path) if path.is_dir() else [path]
        except EmotionCoreError as error:
            st.error(as_text(str(error)), icon=":material/error:")
        else:
            name = str if len(clips) > 1 else lambda _: text
            _request_all(clips, name, _open, film)


def _path_form() -> str:
    """A field for a path on this machine; gives what was sent with it."""
    with st.form("open-path", border=False):
        text = st.text_input("Path of a file or folder", placeholder="/home/me/Films/scene.mkv")
        st.caption(
            "For films too large to upload, and for many at once. Eme reads the files in place "
            "and does not copy them."
        )
        opened = st.form_submit_button("Open", icon=":material/folder_open:")
    return text if opened else ""


def _request_all(
    given: Sequence[Given],
    name: Callable[[Given], str],
    take: Callable[[Given, Note], tuple[Path, ClipId]],
    film: int | None,
) -> None:
    """Queue the reading of some clips; this browser waits for the first that can be read."""
    st.session_state["intake_number"] += 1
    first: Job | None = None
    for one in given:
        try:
            with placing() as note:
                path, clip = take(one, note)
                job = request_reading(path, clip, film)
            follow_job(job)
            first = first or job
        except EmotionCoreError as error:
            st.session_state.setdefault(_REFUSED, []).append(f"{name(one)}: {error}")
    if first is not None:
        _wait_for(first)
    say_refused()


def say_refused() -> None:
    """Say which clips were not taken in, and why; once."""
    for sentence in st.session_state.pop(_REFUSED, []):
        st.error(as_text(sentence), icon=":material/error:")


def _take_in(upload: UploadedFile, note: Note) -> tuple[Path, ClipId]:
    """Copy an upload into the library."""
    with st.spinner(as_text(f"Copying {upload.name} …")):
        path, clip = media().add(upload, upload.name, note)
    check_length(media().local(path))
    return path, clip


def _open(path: Path, _: Note) -> tuple[Path, ClipId]:
    """A clip that stays where it lies."""
    probe(path)
    return path, identify(path)


def check_length(path: Path) -> None:
    """Refuse a clip that is longer than uploads may be.

    Raises:
        MediaError: it is too long, or cannot be read.
    """
    minutes, limit = probe(path).duration / 60, settings().max_minutes
    if minutes > limit:
        by_path = ", or open the file by its path on this computer" * visitor().is_local
        raise MediaError(
            f"This clip is {minutes:.0f} minutes long; uploads may be {limit:.0f}. Cut out a "
            f"scene{by_path}."
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
    """Read the sample scene, unless this browser has begun to read something already.

    Where people sign in, only who asks for it: a class that begins at once would wait for it.
    """
    found = visitor()
    if not found.may_edit:
        st.info("The class library has no scenes yet. Share one from your own library.")
    elif found.user is not None:
        st.info("This library has no scenes yet. Add a clip, or begin with the sample scene.")
        if st.button("Read the sample scene", icon=":material/play_arrow:", key="read-sample"):
            _wait_for(submit(ReadSample(active_model())))
    elif _OWN not in st.session_state:
        _wait_for(submit(ReadSample(active_model())))


def _wait_for(job: Job) -> NoReturn:
    st.session_state[_OWN] = job.id
    follow_job(job)
    st.rerun()


def own_reading() -> int | None:
    """Number of the job that this browser waits for."""
    number: int | None = st.session_state.get(_OWN)
    return number


def follow_readings(open_own: bool = False) -> None:
    """How far the readings of all sessions are, and links to the scenes that they have brought.

    Args:
        open_own: let the page be about the scene that this browser waits for, once it is read.
    """
    say_refused()
    for job in follow_jobs(ReadClip, ReadSample):
        address = result_of(job)
        if open_own and st.session_state.get(_OWN) == job.id:
            del st.session_state[_OWN]
            open_scene(address)
            close_job(job)
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.success(as_text(f"{job.title} is ready."), icon=":material/check:")
            st.page_link(
                PAGE,
                label="Open",
                icon=":material/movie:",
                query_params=link_to(address),
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
    return submit(ReadClip(to_text(path), clip, active_model(), film_id, anew))


def request_reading_of_take(place: Settings, model: str, path: Path, clip: ClipId) -> Job:
    """Queue the reading of a take with a model of this name; needs no page.

    Args:
        place: the settings of the library that it is in.
    """
    return submit_to(place, ReadClip(to_text(path), clip, model))
