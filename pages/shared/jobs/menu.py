"""All work in the background on one menu, which stands on every page."""

from __future__ import annotations

import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.jobs import records
from emotion_core.jobs.kinds.reading import ReadClip, ReadSample
from emotion_core.jobs.kinds.training import FollowTraining
from emotion_core.jobs.records import Job, JobState
from emotion_core.jobs.registry import result_of
from emotion_core.text import count_of
from pages.shared import services
from pages.shared.jobs.panel import status_of
from pages.shared.scene_picker import PAGE, link_to
from pages.shared.text import as_text

REFRESH_SECONDS = 2.0
# Jobs that have ended and are still shown.
_ENDED = 8


@st.fragment(run_every=REFRESH_SECONDS)
def jobs_menu() -> None:
    """What runs, what waits in its order, and what has ended, of all that this user sees."""
    try:
        jobs = services.jobs()
    except EmotionCoreError:
        return  # the page says what is wrong with the library
    active = [job for job in jobs if job.active]
    ended = [job for job in jobs if not job.active][:_ENDED]
    if not jobs:
        return
    running = f"{count_of(len(active), 'job')} in the background"
    label = running if active else "Work in the background"
    icon = ":material/pending_actions:" if active else ":material/task_alt:"
    with st.popover(label, icon=icon, width="content"):
        for place, job in enumerate(active):
            _active_row(job, first=place == 0 or active[place - 1].state is JobState.RUNNING)
        for job in ended:
            _ended_row(job)


def _active_row(job: Job, first: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"menu-{job.id}"):
        st.progress(job.share, text=as_text(f"{job.title} · {status_of(job)}"), width="stretch")
        if job.state is JobState.WAITING and not first:
            st.button(
                "Do next",
                icon=":material/vertical_align_top:",
                key=f"menu-first-{job.id}",
                on_click=records.move_first,
                args=(services.queue(), job.id),
                width="content",
            )
        st.button(
            "Stop",
            icon=":material/stop:",
            key=f"menu-stop-{job.id}",
            disabled=job.stopping,
            on_click=records.stop,
            args=(services.queue(), job.id),
            width="content",
        )


def _ended_row(job: Job) -> None:
    done = result_of(job) if job.kind == FollowTraining.kind and job.result else "done"
    how = {JobState.DONE: done, JobState.STOPPED: "stopped", JobState.FAILED: job.error}
    with st.container(horizontal=True, vertical_alignment="center", key=f"menu-{job.id}"):
        st.markdown(as_text(f"{job.title}: {how[job.state]}"), width="stretch")
        if job.state is JobState.DONE and job.kind in (ReadClip.kind, ReadSample.kind):
            st.page_link(
                PAGE,
                label="Open",
                icon=":material/movie:",
                query_params=link_to(result_of(job), library=job.library),
                width="content",
            )
        elif job.state is not JobState.DONE:
            st.button(
                "Try again",
                icon=":material/refresh:",
                key=f"menu-again-{job.id}",
                on_click=_try_again,
                args=(job,),
                width="content",
            )


def _try_again(job: Job) -> None:
    try:
        services.retry(job)
    except EmotionCoreError as error:
        st.toast(as_text(str(error)), icon=":material/error:")
