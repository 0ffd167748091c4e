"""Training: start the training of an explainer, watch it, stop it, and lay runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from emotion_core.errors import DatasetError, RunError
from emotion_core.optional import need_packages
from emotion_core.training.runs.folders import RunSummary, read_run
from pages.shared import services
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor
from pages.training.form import start_form
from pages.training.masks import show_masks
from pages.training.report import compare_runs, show_curves, show_settings, show_test
from pages.training.runs import CHOSEN_RUN, all_runs, choose_run, list_table, open_folder
from pages.training.status import LIVE, show_status

FORM = "run_form"
REFRESH_SECONDS = 2.0


def main() -> None:
    """Start training runs and follow them."""
    st.caption(
        "An explainer is a network that learns to point: given a face, it hides everything that "
        "a model does not need to read the emotion. Train one for your model here and watch it "
        "learn. It explains a reading of a performed expression, never a feeling."
    )
    runs = all_runs()
    if visitor().is_teacher:
        _actions(runs)
    elif not runs:
        st.info("There are no runs here. Teachers train explainers.", icon=":material/info:")
        return
    if not runs:
        _explain()
        return
    # refreshed only while there is something to wait for
    waiting = any(run.state in LIVE for run in runs)
    st.fragment(run_every=REFRESH_SECONDS if waiting else None)(list_table)()
    run = choose_run(runs)
    live = run.state in LIVE
    st.fragment(run_every=REFRESH_SECONDS if live else None)(_show)(run.folder, live)


def _actions(runs: Sequence[RunSummary]) -> None:
    """Buttons that open the form and other runs, and the form."""
    form = st.session_state.setdefault(FORM, not runs)
    with st.container(horizontal=True):
        if st.button(
            "Close form" if form else "Start a run",
            icon=":material/close:" if form else ":material/add:",
            type="secondary" if form else "primary",
            key="toggle-form",
        ):
            st.session_state[FORM] = not form
            st.rerun()
        # a new key closes it once a folder was taken from it
        number = st.session_state.setdefault("run_folder_number", 0)
        if visitor().is_local:
            with st.popover("Open another run", key=f"run-folder-{number}"):
                open_folder()
    if form:
        _start(runs)


def _start(runs: Sequence[RunSummary]) -> None:
    try:
        need_packages("lightning", "torchmetrics", "tensorboard")
    except DatasetError as error:
        st.info(as_text(str(error)), icon=":material/info:")
        return
    origins = (run.origin for run in runs)
    last = next((origin.data for origin in origins if origin is not None and origin.data), ())
    # faces that a run has collected from scenes are its own
    last = tuple(
        path for path in last if not Path(path).is_relative_to(services.settings().runs_dir)
    )
    if (started := start_form(last)) is not None:
        st.session_state[CHOSEN_RUN] = str(started)
        st.session_state[FORM] = False
        st.rerun()


def _explain() -> None:
    """What the page is for, where there is no run yet."""
    st.header("No runs yet")
    if not visitor().is_local:
        st.markdown("Start a run with the form.")
        return
    runs = services.settings().runs_dir
    st.markdown("Start a run with the form or in a terminal. Both appear here:")
    st.code(
        "python -m emotion_core train explainer --data my-faces.zip \\\n"
        f"    --out {runs / 'my-first-run'} \\\n"
        "    --backbone mobilenet_v3_large --size 96 --batch 8 --limit 500 --epochs 20",
        language="bash",
    )
    st.caption(
        "In a terminal, the data are face images in folders named after the seven emotions, such "
        "as train/happy and val/happy, in a folder or a zip."
    )


def _show(folder: Path, live: bool) -> None:
    """All about a run; again and again while it continues."""
    try:
        run = read_run(folder)
    except RunError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    if live and run.state not in LIVE:
        st.rerun()  # it has ended: the whole page, and no more refreshing
    show_status(run)
    show_masks(run)
    others = [other for other in all_runs() if other.folder != folder]
    beside = compare_runs(run, others)
    show_curves(run, beside)
    show_test([run, *beside])
    show_settings(run)


main()
