"""Export and import of the library, as work in the background."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import streamlit as st

from emotion_core.library.archive import ExportSummary, export_library
from emotion_core.library.importing import import_library
from emotion_core.library.jobs import Job, JobState, Phase
from emotion_core.library.merging import MergeSummary
from emotion_core.library.reported import WorkStep
from emotion_core.library.tables import now
from pages.components import services
from pages.components.intake import choose_film
from pages.components.job_panel import job_panel
from pages.components.text import as_text

_EXPORT = "library_export"
_IMPORT = "library_import"
_SHOWN = 12
# What goes through the memory of the app to the browser; more is taken from the disk.
_DOWNLOAD_LIMIT = 500 << 20


def archive_panel() -> None:
    """Fields that begin an export or an import."""
    out, into = st.tabs(["Export", "Import"])
    with out:
        st.caption("One file with films, scenes, notes, clips and readings, to keep or to share.")
        film = choose_film("What to export", None, "export-film", none="the whole library")
        if st.button("Export", icon=":material/archive:", key="export"):
            st.session_state[_EXPORT] = _begin_export(film)
            st.rerun()
    with into:
        st.caption(
            "What is in the file is added to what is here: the same clip is not doubled, and where "
            "both have notes, both are kept."
        )
        number = st.session_state.setdefault("archive_number", 0)
        upload = st.file_uploader(
            "Archive",
            type="zip",
            key=f"archive-{number}",
            max_upload_size=round(services.settings().max_upload_gb * 1024),
        )
        text = st.text_input("Or the path of the file on this machine", key="archive-path")
        if st.button("Import", icon=":material/unarchive:", key="import"):
            if upload is not None:
                path = services.settings().data_dir / f".upload-{uuid4().hex[:8]}.zip"
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as copy:
                    shutil.copyfileobj(upload, copy)
                st.session_state["archive_number"] += 1
                st.session_state[_IMPORT] = _begin_import(path, path)
                st.rerun()
            elif text.strip():
                path = Path(text.strip().strip("\"'")).expanduser()
                st.session_state[_IMPORT] = _begin_import(path, None)
                st.rerun()


def follow_archive() -> None:
    """How far an export or import is, and what it has brought."""
    for key, told in ((_EXPORT, _tell_export), (_IMPORT, _tell_import)):
        job = services.jobs().get(st.session_state.get(key, ""))
        if job is None:
            continue
        job_panel(job)
        if job.state is JobState.DONE:
            told(job)
        if not job.active and st.button("Done", key=f"{key}-seen", icon=":material/check:"):
            del st.session_state[key]
            st.rerun()


def _begin_export(film_id: int | None) -> str:
    library, settings = services.library(), services.settings()
    path = _export_path()
    phase = Phase("Writing", lambda: export_library(library, settings, path, film_id))
    return services.jobs().submit("archive:export", "Export of the library", [phase]).key


def _export_path() -> Path:
    return services.settings().data_dir / "exports" / f"Eme library {now():%Y-%m-%d}.zip"


def _begin_import(path: Path, upload: Path | None) -> str:
    library, settings = services.library(), services.settings()

    def work() -> Iterator[WorkStep]:
        try:
            yield from import_library(library, settings, path)
        finally:
            if upload is not None:
                upload.unlink(missing_ok=True)

    key = f"archive:import:{path.name}"
    return services.jobs().submit(key, "Import of an archive", [Phase("Reading", work)]).key


def _tell_export(job: Job) -> None:
    summary = job.step.result
    assert isinstance(summary, ExportSummary)
    path = _export_path()
    st.success(
        f"{summary.films} films and {summary.scenes} scenes were written to {as_text(str(path))}",
        icon=":material/archive:",
    )
    for title in summary.without_clip[:_SHOWN]:
        st.caption(as_text(f"The clip of {title} is no longer where it was; its readings are in."))
    if path.is_file() and path.stat().st_size <= _DOWNLOAD_LIMIT:
        st.download_button(
            "Download the archive",
            path.read_bytes,
            path.name,
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
        )


def _tell_import(job: Job) -> None:
    summary = job.step.result
    assert isinstance(summary, MergeSummary)
    st.success(
        f"{summary.films} films and {summary.scenes} scenes are new; {summary.known_films} films "
        f"and {summary.known_scenes} scenes were here already.",
        icon=":material/unarchive:",
    )
    if summary.differences:
        with st.expander(f"{len(summary.differences)} differences, of which both sides were kept"):
            for sentence in summary.differences[:_SHOWN]:
                st.markdown(f"- {as_text(sentence)}")
            if len(summary.differences) > _SHOWN:
                st.caption(f"and {len(summary.differences) - _SHOWN} more")
