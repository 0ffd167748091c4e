"""How far a job in the background is: bar, time left, stop button."""

from __future__ import annotations

import streamlit as st

from emotion_core.jobs.queue import Job, JobState
from pages.shared.services import jobs
from pages.shared.text import as_text, time_left

REFRESH_SECONDS = 0.5


def job_panel(job: Job) -> None:
    """Draw a job; the page runs again when it ends.

    Args:
        job: queued, running, or at its end.
    """
    if job.active:
        _active_panel(job)
    elif job.state is JobState.FAILED:
        st.error(as_text(f"{job.title}: {job.error}"), icon=":material/error:")
    elif job.state is JobState.STOPPED:
        st.info(
            as_text(f"{job.title} was stopped. Nothing was saved."),
            icon=":material/stop_circle:",
        )


@st.fragment(run_every=REFRESH_SECONDS)
def _active_panel(job: Job) -> None:
    if not job.active:
        st.rerun()
    # in a row and not in columns: the button keeps its word in a narrow place
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.share, text=as_text(f"{job.title} · {_status(job)}"))
        if st.button("Stop", icon=":material/stop:", key=f"stop-{job.key}", width="content"):
            job.stop()


def _status(job: Job) -> str:
    if job.state is JobState.WAITING:
        ahead = jobs().ahead_of(job)
        return f"waiting for {ahead} other job{'s' * (ahead != 1)}"
    left = job.seconds_left
    return job.label if left is None else f"{job.label}, {time_left(left)} left"
