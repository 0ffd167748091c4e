"""Training: start the training of an explainer, watch it, stop it, and lay runs side by side."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.datasets.extras import need_packages
from emotion_core.errors import DatasetError, RunError
from emotion_core.training.run_folders import RunSummary, is_run, list_runs, read_run
from pages.components import services
from pages.components.run_form import start_form
from pages.components.run_masks import show_masks
from pages.components.run_report import compare_runs, show_curves, show_settings, show_test
from pages.components.run_status import LIVE, STATES, epochs_of, show_status
from pages.components.text import as_text

RUN = "training_run"
CHOSEN = "chosen_run"
FOLDERS = "run_folders"
REFRESH_SECONDS = 2.0


def main() -> None:
    st.header("Training")
    st.caption(
        "An explainer is a network that learns to point: given a face, it masks all that a model "
        "does not need to read the emotion. Here you train one for your model and watch it learn. "
        "It explains the model's reading of a performed expression, never a feeling."
    )
    runs = _all_runs()
    starter, opener, _ = st.columns([2, 2, 5], vertical_alignment="bottom")
    # a new key closes it once a folder was taken from it
    number = st.session_state.setdefault("run_folder_number", 0)
    with opener.popover("Open a run elsewhere", width="stretch", key=f"run-folder-{number}"):
        _open_folder()
    form = st.session_state.setdefault("run_form", not runs)
    if starter.button(
        "Close the form" if form else "Start a run",
        icon=":material/close:" if form else ":material/add:",
        type="secondary" if form else "primary",
        width="stretch",
        key="toggle-form",
    ):
        st.session_state["run_form"] = not form
        st.rerun()
    if form:
        _start()
    if not runs:
        _explain()
        return
    _list(runs)
    run = _choose(runs)
    # refreshed only while there is something to wait for
    live = run.state in LIVE
    st.fragment(run_every=REFRESH_SECONDS if live else None)(_show)(run.folder, live)


def _all_runs() -> list[RunSummary]:
    """Those in the data directory, then folders named in this session."""
    own = services.settings().runs_dir
    named = [Path(path) for path in st.session_state.get(FOLDERS, [])]
    runs = [run for path in [own, *named] for run in list_runs(path)]
    known = {run.folder for run in runs}
    return runs + [read_run(path) for path in named if path not in known and is_run(path)]


def _start() -> None:
    try:
        need_packages("lightning", "torchmetrics", "tensorboard")
    except DatasetError as error:
        st.info(as_text(str(error)), icon=":material/info:")
        return
    if (started := start_form()) is not None:
        st.session_state[CHOSEN] = str(started)
        st.session_state["run_form"] = False
        st.rerun()


def _explain() -> None:
    """What the page is for, where there is no run yet."""
    runs = services.settings().runs_dir
    st.subheader("No runs yet")
    st.markdown("Fill in the form above, or start a run in a terminal; it appears here either way:")
    st.code(
        "python -m emotion_core train explainer --data my-faces.zip \\\n"
        f"    --out {runs / 'my-first-run'} \\\n"
        "    --backbone mobilenet_v3_large --size 96 --batch 8 --limit 500 --epochs 20",
        language="bash",
    )
    st.caption(
        "The data are face pictures in folders named after the seven emotions, such as "
        "train/happy and val/happy, in a folder or a zip."
    )


def _list(runs: list[RunSummary]) -> None:
    """One row a run."""
    rows = [
        {
            "run": run.name,
            "state": STATES[run.state],
            "epochs": epochs_of(run),
            "best": None if run.status is None else run.status.early_stopping.get("best"),
            "started": None if run.status is None else run.status.started,
        }
        for run in runs
    ]
    st.dataframe(
        pd.DataFrame(rows).assign(
            started=lambda table: pd.to_datetime(table["started"], errors="coerce", utc=True)
        ),
        hide_index=True,
        height=min(36 * (len(rows) + 1), 220),
        column_config={
            "best": st.column_config.NumberColumn(
                "best on validation",
                format="%.3f",
                help="Loss of an explainer, lower is better; accuracy of a classifier.",
            ),
            "started": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        },
    )


def _choose(runs: list[RunSummary]) -> RunSummary:
    by_path = {str(run.folder): run for run in runs}
    if st.session_state.get(RUN) not in by_path:
        st.session_state.pop(RUN, None)
    if (chosen := st.session_state.pop(CHOSEN, None)) in by_path:
        st.session_state[RUN] = chosen
    path = st.selectbox("Run", list(by_path), format_func=lambda p: by_path[p].name, key=RUN)
    return by_path[path]


def _show(folder: Path, live: bool) -> None:
    """All about a run; again and again while it goes on."""
    try:
        run = read_run(folder)
    except RunError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    if live and run.state not in LIVE:
        st.rerun()  # it has ended: the whole page, and no more refreshing
    show_status(run)
    others = [other for other in _all_runs() if other.folder != folder]
    beside = compare_runs(run, others)
    show_curves(run, beside)
    show_masks(run)
    show_test([run, *beside])
    show_settings(run)


def _open_folder() -> None:
    """A form for a run, or a folder of runs, that lies elsewhere."""
    with st.form("open-run", border=False):
        written = st.text_input("Path of the folder", placeholder="/home/me/runs/my-run")
        st.caption("The folder of a run, or one with several, also copied from another machine.")
        opened = st.form_submit_button("Open", icon=":material/folder_open:")
    if not (opened and written.strip()):
        return
    try:
        path = Path(written.strip().strip("\"'")).expanduser().resolve()
        if not list_runs(path):
            read_run(path)
    except (RunError, OSError, RuntimeError, ValueError) as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    st.session_state[FOLDERS] = [*st.session_state.get(FOLDERS, []), str(path)]
    first = path if is_run(path) else list_runs(path)[0].folder
    st.session_state[CHOSEN] = str(first)
    st.session_state["run_folder_number"] += 1
    st.rerun()


main()
