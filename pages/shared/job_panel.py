"""How far jobs in the background are: bar, time left, stop button.

The queue is one for all sessions, and so is the sight of it: a job goes on when the page that has
started it is reloaded or closed, and any page that could start it shows it again.
"""

from __future__ import annotations

import streamlit as st

from emotion_core.jobs.queue import Job, JobState
from pages.shared.services import jobs
from pages.shared.text import as_text, time_left

REFRESH_SECONDS = 0.5
_FOLLOWED = "followed_jobs"


def follow_job(job: Job) -> None:
    """Show a job of this browser by :func:`follow_jobs`, also if it ends at once."""
    _followed(_kind(job))[job.key] = job


def follow_jobs(kind: str) -> list[Job]:
    """Draw the jobs of a kind, whoever has started them, until the user closes them.

    Args:
        kind: how their keys begin, up to the colon.

    Returns:
        Those that are done and not closed yet; the page says what they have brought.
    """
    followed = _followed(kind)
    followed |= {job.key: job for job in jobs().active() if _kind(job) == kind}
    for job in list(followed.values()):
        job_panel(job)
        if job.state in (JobState.FAILED, JobState.STOPPED):
            close_button(job)
    return [job for job in followed.values() if job.state is JobState.DONE]


def close_job(job: Job) -> None:
    """Show a job of :func:`follow_jobs` no longer."""
    _followed(_kind(job)).pop(job.key, None)


def close_button(job: Job) -> None:
    """A button that does :func:`close_job`."""
    key = f"close-{job.key}"
    st.button("Close", icon=":material/check:", key=key, on_click=close_job, args=(job,))


def _kind(job: Job) -> str:
    return job.key.partition(":")[0]


def _followed(kind: str) -> dict[str, Job]:
    """What this browser has seen running, by its key."""
    followed: dict[str, Job] = st.session_state.setdefault(f"{_FOLLOWED}-{kind}", {})
    return followed


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
