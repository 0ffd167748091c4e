"""How a training run is doing: its state, how far it is, and the buttons that stop and continue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.jobs.kinds.training import FollowTraining
from emotion_core.training.launching import resume_run, stop_run
from emotion_core.training.runs.folders import (
    RunSummary,
    TrainingRun,
    heard_from,
    read_log,
)
from emotion_core.training.runs.status import is_here
from pages.shared.services import settings, submit
from pages.shared.text import as_text, time_left
from pages.shared.users.visitor import visitor

STATES = {
    "running": "running",
    "stopping": "stopping",
    "silent": "no signal",
    "stopped": "stopped",
    "crashed": "crashed",
    "finished": "finished",
    "unknown": "unknown",
}
LIVE = ("running", "stopping")
_REFUSED = "refused"


def epochs_of(run: RunSummary) -> str:
    """Epochs that are over, of how many."""
    done = "?" if run.status is None else run.status.epoch
    return f"{done} of {run.epochs or '?'}"


def show_status(run: TrainingRun) -> None:
    """The state of a run in words, its progress, and what can be done."""
    if run.state in ("running", "stopped", "crashed") and visitor().is_teacher:
        line, button = st.columns([5, 1], vertical_alignment="center")
        with line:
            _say_state(run)
        with button:
            _offer(run)
    else:
        _say_state(run)
    if (refused := st.session_state.pop(_REFUSED, None)) is not None:
        st.error(as_text(refused), icon=":material/error:")
    _say_stopping(run)
    for problem in run.problems:
        st.warning(as_text(problem), icon=":material/warning:")
    if run.state == "crashed" and (log := read_log(run.folder)):
        with st.expander("Last output of the process"):
            st.code("\n".join(log.splitlines()[-40:]), language=None)


def _say_state(run: TrainingRun) -> None:
    status, said = run.status, as_text(run.message)
    if run.state in LIVE and status is not None:
        share = min(status.epoch / (run.epochs or max(status.epoch, 1)), 1.0)
        st.progress(share, text=as_text(_say_progress(run)))
    elif run.state == "silent" and status is not None:
        st.warning(
            f"Last signal {time_left(_seconds_since(run))} ago, on the machine "
            f"{as_text(status.host)}, after epoch {as_text(epochs_of(run))}. It may have ended.",
            icon=":material/cloud_off:",
        )
    elif run.state == "crashed":
        st.error(f"**Crashed.** {said}", icon=":material/error:")
    elif run.state == "stopped":
        kept = "Its progress is saved." if run.checkpoint else "It will start from the beginning."
        st.info(
            f"**Stopped** after epoch {as_text(epochs_of(run))}. {kept}",
            icon=":material/stop_circle:",
        )
    elif run.state == "finished":
        st.success(
            f"**Finished** after epoch {as_text(epochs_of(run))}. {said}",
            icon=":material/check_circle:",
        )
    else:
        st.info("It is unknown whether this run has ended.", icon=":material/help:")


def _say_progress(run: TrainingRun) -> str:
    status = run.status
    assert status is not None, "a running run has a status"
    where = "" if is_here(status) else f" on {status.host}"
    if run.state == "stopping":
        return f"Stopping{where} after the current step …"
    if status.epoch == 0 and run.metrics.empty:
        return f"Running{where}: loading images and training the first epoch …"
    text = f"Running{where} · epoch {epochs_of(run)} done"
    if status.seconds_left is None:
        return text
    left = status.seconds_left - _seconds_since(run)
    return f"{text} · at most {time_left(left)} left" if left > 0 else f"{text} · almost done"


def _say_stopping(run: TrainingRun) -> None:
    """How near it is to ending early."""
    early = {} if run.status is None else run.status.early_stopping
    wait, patience, best = (early.get(name) for name in ("wait", "patience", "best"))
    if wait is None or patience is None or best is None:
        return
    if run.state not in (*LIVE, "silent"):
        st.caption(f"Best validation result: **{best:.3f}**.")
        return
    st.caption(
        f"Best validation result so far: **{best:.3f}**. "
        + ("The latest validation was the best. " if wait == 0 else "")
        + (f"{wait} of {patience} validations in a row without improvement. " if wait else "")
        + f"After {patience} in a row, training ends early: continuing would only memorize the "
        "training images."
    )


def _offer(run: TrainingRun) -> None:
    if run.state == "running":
        here = run.status is not None and is_here(run.status)
        pressed = st.button(
            "Stop",
            icon=":material/stop:",
            width="stretch",
            disabled=not here,
            help=None if here else "This run is on another machine. Stop it there.",
            key="stop-run",
        )
        if pressed:
            _do(lambda: stop_run(run.folder))
    else:
        label = "Resume" if run.checkpoint else "Try again"
        icon = ":material/play_arrow:" if run.checkpoint else ":material/replay:"
        if st.button(label, icon=icon, width="stretch", type="primary", key="resume-run"):
            _do(lambda: _resume(run))


def _resume(run: TrainingRun) -> None:
    resume_run(run)
    if (
        run.folder.parent == settings().runs_dir
    ):  # one of another folder is not the app's to look after
        submit(FollowTraining(run.name))


def _do(action: Callable[[], None]) -> None:
    try:
        action()
    except EmotionCoreError as error:
        st.session_state[_REFUSED] = str(error)
    st.rerun()


def _seconds_since(run: TrainingRun) -> float:
    assert run.status is not None, "asked only of runs with a status"
    return (datetime.now(UTC) - heard_from(run.status)).total_seconds()
