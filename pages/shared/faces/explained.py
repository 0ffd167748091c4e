"""Masks of faces over time, made in the background and kept with their scenes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from emotion_core.emotions.registry import ModelId
from emotion_core.explanation.tracks import TrackExplanation, load_explanation
from emotion_core.files import to_text
from emotion_core.jobs import records
from emotion_core.jobs.kinds.explaining import ExplainFaces, FaceToExplain, explanation_path
from emotion_core.jobs.records import JobState
from pages.shared import services
from pages.shared.faces.masks import explainer_folder
from pages.shared.jobs.panel import job_panel


def method_of(model: ModelId, method: str) -> tuple[str, str]:
    """The name of a method and the folder of its explainer, as jobs take them."""
    folder = explainer_folder(model, method)
    return method, "" if folder is None else to_text(folder.absolute())


def explained(faces: Sequence[FaceToExplain], ask: str) -> list[TrackExplanation] | None:
    """The masks of some faces; until they are made, a button or how far they are is shown.

    So it is above those that an earlier version made, which knows only whole regions.

    Args:
        faces: the faces, and where they are looked at.
        ask: label of the button.

    Raises:
        JobError, LibraryError: as :func:`~pages.shared.services.submit`.
    """
    here, work = services.settings(), ExplainFaces(tuple(faces))
    found = [_load(explanation_path(here, face)) for face in faces]
    whole = [one for one in found if one is not None]
    complete = len(whole) == len(found)
    if complete and all(one.has_parts for one in whole):
        return whole
    job = records.latest(services.queue(), ExplainFaces, work.subject, here.library)
    if complete:
        st.caption(
            "An earlier version of Eme made these masks. It knew larger regions only, not their "
            "parts."
        )
        ask = "Explain again"
        job = None if job is None or job.state is JobState.DONE else job
    if job is not None:
        job_panel(job)
        ask = "Try again"
    if (job is None or not job.active) and st.button(
        ask, key=f"ask-{work.subject}", icon=":material/play_arrow:"
    ):
        services.submit(work)
        st.rerun()
    return whole if complete else None


def _load(path: Path) -> TrackExplanation | None:
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    return _loaded(str(path), changed)


@st.cache_resource(show_spinner=False, max_entries=16)
def _loaded(path: str, changed: int) -> TrackExplanation | None:
    return load_explanation(Path(path))
