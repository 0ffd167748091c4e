"""How far work in the background is: bar, time left, stop button.

What is asked for is written down, and so every session of a library sees it, also one that begins
later; a job goes on when the page that has asked for it is reloaded or closed.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.jobs import records
from emotion_core.jobs.computing import Computation
from emotion_core.jobs.records import Job, JobState
from emotion_core.jobs.work import Work
from pages.shared.dialogs import may_be_writing
from pages.shared.services import computations, jobs, queue, retry
from pages.shared.text import as_text, time_left

REFRESH_SECONDS = 0.5
_FOLLOWED = "followed_jobs"


def follow_job(job: Job) -> None:
    """Show a job of this browser by :func:`follow_jobs`, also if it ends at once."""
    _followed(job.kind).add(job.id)


def follow_jobs(*kinds: type[Work]) -> list[Job]:
    """Draw the jobs of some kinds, whoever has asked for them, until the user closes them.

    Args:
        kinds: what they do.

    Returns:
        Those that are done and not closed yet; the page says what they have brought.
    """
    names = {kind.kind for kind in kinds}
    for job in jobs(only_open=True, here=True):
        if job.kind in names:
            follow_job(job)
    shown = []
    for number in sorted(number for name in names for number in _followed(name)):
        known = records.find(queue(), number)
        if known is not None:
            shown.append(known)
            job_panel(known)
            if known.state in (JobState.FAILED, JobState.STOPPED):
                _offer_again(known)
    return [job for job in shown if job.state is JobState.DONE]


def _offer_again(job: Job) -> None:
    with st.container(horizontal=True):
        if st.button("Try again", icon=":material/refresh:", key=f"again-{job.key}"):
            try:
                again = retry(job)
            except EmotionCoreError as error:
                st.error(as_text(str(error)), icon=":material/error:")
                return
            close_job(job)
            if again is not None:
                follow_job(again)
            st.rerun()
        close_button(job)


def close_job(job: Job) -> None:
    """Show a job of :func:`follow_jobs` no longer."""
    _followed(job.kind).discard(job.id)


def close_button(job: Job) -> None:
    """A button that does :func:`close_job`."""
    key = f"close-{job.key}"
    st.button("Close", icon=":material/check:", key=key, on_click=close_job, args=(job,))


def _followed(kind: str) -> set[int]:
    """The jobs of a kind that this browser has seen running."""
    followed: set[int] = st.session_state.setdefault(f"{_FOLLOWED}-{kind}", set())
    return followed


def job_panel(job: Job) -> None:
    """Draw a job; the page runs again when it ends.

    Args:
        job: queued, running, or at its end.
    """
    _panel(job, lambda: records.find(queue(), job.id), lambda: records.stop(queue(), job.id))


def computation_panel(computation: Computation) -> None:
    """Draw a computation of a page in the same way."""
    _panel(computation, lambda: computation, computation.stop)


def _panel(
    work: Job | Computation, look: Callable[[], Job | Computation | None], stop: Callable[[], None]
) -> None:
    if work.active:
        _active_panel(work.key, look, stop)
    elif work.state is JobState.FAILED:
        st.error(as_text(f"{work.title}: {work.error}"), icon=":material/error:")
    elif work.state is JobState.STOPPED:
        st.info(
            as_text(f"{work.title} was stopped."),
            icon=":material/stop_circle:",
        )


@st.fragment(run_every=REFRESH_SECONDS)
def _active_panel(
    key: str, look: Callable[[], Job | Computation | None], stop: Callable[[], None]
) -> None:
    work = look()
    if work is None or not work.active:
        if may_be_writing() and not st.button(
            "Show what is new", icon=":material/refresh:", key=f"show-{key}"
        ):
            return
        st.rerun()
    # in a row and not in columns: the button keeps its word in a narrow place
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(work.share, text=as_text(f"{work.title} · {status_of(work)}"))
        if st.button("Stop", icon=":material/stop:", key=f"stop-{key}", width="content"):
            stop()


def status_of(work: Job | Computation) -> str:
    """What a job or a computation does now, and for how long still."""
    if isinstance(work, Job) and work.stopping:
        return "stopping"
    if work.state is JobState.WAITING:
        ahead = (
            records.ahead_of(queue(), work)
            if isinstance(work, Job)
            else computations().ahead_of(work)
        )
        return f"waiting for {ahead} other job{'s' * (ahead != 1)}" if ahead else "starting"
    left = work.seconds_left
    return work.label if left is None else f"{work.label}, {time_left(left)} left"
