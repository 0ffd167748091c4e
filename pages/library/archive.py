"""Export and import of the library, as work in the background."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import streamlit as st

from emotion_core.errors import OutputError
from emotion_core.files import copy_whole, to_text
from emotion_core.jobs.kinds.archives import ExportLibrary, ImportLibrary
from emotion_core.jobs.records import Job
from emotion_core.jobs.registry import result_of
from emotion_core.library.archive.exporting import ExportSummary
from emotion_core.library.archive.merging import MergeSummary
from emotion_core.library.archive.wording import (
    describe_counts,
    describe_damaged_lines,
    describe_left_out,
)
from emotion_core.library.database.tables import now
from emotion_core.text import count_of
from emotion_core.unfinished import placing
from pages.shared import services
from pages.shared.intake import choose_film
from pages.shared.jobs.panel import close_button, follow_job, follow_jobs
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor

_NUMBER = "archive_number"
_SHOWN = 12
# What goes through the memory of the app to the browser; more is taken from the disk.
_DOWNLOAD_LIMIT = 500 << 20
_ABOUT_TAKES = " Takes stay out: they are private. Import them into your own library."


def archive_panel() -> None:
    """Fields that begin an export or an import."""
    out, into = st.tabs(["Export", "Import"])
    with out:
        st.caption(
            "Save your films, scenes, characters, notes, clips and readings in one file, as a "
            "backup or to share. Takes before the camera go with the film that they are in, saved "
            "lines of your voice only with the whole library: whoever gets the file sees and hears "
            "them."
        )
        film = choose_film("What to export", None, "export-film", none="the whole library")
        if st.button("Export", icon=":material/archive:", key="export"):
            _follow(_begin_export(film))
    with into:
        st.caption(
            "The import adds to your library. Clips you already have are not duplicated; where "
            f"both sides have notes, both are kept.{_ABOUT_TAKES if visitor().in_class else ''}"
        )
        upload = st.file_uploader(
            "Archive",
            type="zip",
            key=f"archive-{panel_number()}",
            max_upload_size=round(services.settings().max_upload_gb * 1024),
        )
        text = ""
        if visitor().is_local:
            text = st.text_input("Or the path of the file on this computer", key="archive-path")
        if st.button("Import", icon=":material/unarchive:", key="import"):
            if upload is not None:
                path = services.settings().home / f".upload-{uuid4().hex[:8]}.zip"
                try:
                    with placing() as note:
                        note.unless_known(path)
                        copy_whole(upload, path)
                        job = _begin_import(path, path)
                except OutputError as error:
                    st.error(as_text(str(error)), icon=":material/error:")
                else:
                    _follow(job)
            elif text.strip():
                path = Path(text.strip().strip("\"'")).expanduser()
                _follow(_begin_import(path, None))


def panel_number() -> int:
    """A number for keys of the panel; a new one closes it, and frees the memory of an upload."""
    return int(st.session_state.setdefault(_NUMBER, 0))


def _follow(job: Job) -> NoReturn:
    follow_job(job)
    st.session_state[_NUMBER] += 1
    st.rerun()


def follow_archive() -> None:
    """How far an export or import is, and what it has brought."""
    for job in follow_jobs(ExportLibrary, ImportLibrary):
        if job.kind == ExportLibrary.kind:
            _describe_export(job)
        else:
            _describe_import(job)
        close_button(job)


def _begin_export(film_id: int | None) -> Job:
    return services.submit(ExportLibrary(to_text(_export_path()), film_id))


def _export_path() -> Path:
    return services.settings().home / "exports" / f"Eme library {now():%Y-%m-%d}.zip"


def _begin_import(path: Path, upload: Path | None) -> Job:
    work = ImportLibrary(to_text(path), upload is not None, takes=not visitor().in_class)
    return services.submit(work)


def _describe_export(job: Job) -> None:
    summary = result_of(job)
    assert isinstance(summary, ExportSummary)
    path = _export_path()
    where = f" to {as_text(str(path))}" if visitor().is_local else "."
    what = describe_counts(summary.films, summary.scenes, summary.said_lines)
    st.success(f"Exported {what}{where}", icon=":material/archive:")
    if summary.damaged_lines:
        st.caption(describe_damaged_lines(summary.damaged_lines))
    if summary.without_clip:
        named = [as_text(title) for title in summary.without_clip[:3]]
        more = len(summary.without_clip) - len(named)
        titles = ", ".join(named) + (f" and {more} more" if more else "")
        st.caption(f"Clip missing, only the readings were exported: {titles}")
    if path.is_file() and path.stat().st_size <= _DOWNLOAD_LIMIT:
        st.download_button(
            "Download archive",
            path.read_bytes,
            path.name,
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
        )
    elif path.is_file() and not visitor().is_local:
        st.caption("It is too large to be sent by this page. Ask whoever runs this server for it.")


def _describe_import(job: Job) -> None:
    summary = result_of(job)
    assert isinstance(summary, MergeSummary)
    st.success(
        f"Added {describe_counts(summary.films, summary.scenes, summary.said_lines)}. "
        f"Already here: {count_of(summary.known_films, 'film')} and "
        f"{count_of(summary.known_scenes, 'scene')}.",
        icon=":material/unarchive:",
    )
    if summary.left_out:
        st.caption(describe_left_out(summary.left_out))
    if summary.differences:
        with st.expander(f"{len(summary.differences)} differences; both versions were kept"):
            for sentence in summary.differences[:_SHOWN]:
                st.markdown(f"- {as_text(sentence)}")
            if len(summary.differences) > _SHOWN:
                st.caption(f"and {len(summary.differences) - _SHOWN} more")
