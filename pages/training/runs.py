"""The runs of this machine and of folders that were named: a table, a chooser, a form."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.errors import RunError
from emotion_core.training.launching import delete_run
from emotion_core.training.runs.folders import RunSummary, is_run, list_runs, read_run
from pages.shared.dialogs import in_sentences
from pages.shared.services import settings
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor
from pages.training.status import LIVE, STATES, epochs_of

# where in the session state a run is left that is to be shown next
CHOSEN_RUN = "chosen_run"
_RUN = "training_run"
_FOLDERS = "run_folders"


def all_runs() -> list[RunSummary]:
    """Those in the data directory, then folders named in this session."""
    own = settings().runs_dir
    named = [Path(path) for path in st.session_state.get(_FOLDERS, [])]
    runs = [run for path in [own, *named] for run in list_runs(path)]
    known = {run.folder for run in runs}
    return runs + [read_run(path) for path in named if path not in known and is_run(path)]


def list_table() -> None:
    """One row a run."""
    rows = [
        {
            "run": run.name,
            "state": STATES[run.state],
            "epochs": epochs_of(run),
            "best": None if run.status is None else run.status.early_stopping.get("best"),
            "started": None if run.status is None else run.status.started,
        }
        for run in all_runs()
    ]
    table = pd.DataFrame(rows)
    table["best"] = pd.to_numeric(table["best"], errors="coerce")
    table["started"] = pd.to_datetime(table["started"], errors="coerce", utc=True)
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        height=min(36 * (len(rows) + 1), 220),
        column_config={
            "best": st.column_config.NumberColumn(
                "best on validation",
                format="%.3f",
                help="Explainers: loss, lower is better. Classifiers: accuracy.",
            ),
            "started": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        },
    )


def choose_run(runs: list[RunSummary]) -> RunSummary:
    """The run that is shown, of at least one, and a button that deletes it."""
    by_path = {str(run.folder): run for run in runs}
    if st.session_state.get(_RUN) not in by_path:
        st.session_state.pop(_RUN, None)
    if (chosen := st.session_state.pop(CHOSEN_RUN, None)) in by_path:
        st.session_state[_RUN] = chosen
    chooser, button = st.columns([5, 1], vertical_alignment="bottom")
    path = chooser.selectbox("Run", list(by_path), format_func=lambda p: by_path[p].name, key=_RUN)
    run = by_path[path]
    # what lies elsewhere was only opened here
    own = run.folder.parent == settings().runs_dir
    if button.button(
        "Delete",
        icon=":material/delete:",
        width="stretch",
        disabled=not own or run.state in LIVE or not visitor().is_teacher,
        help="Delete the run with its model, checkpoints and masks. Only for runs that have ended "
        "and lie in Eme's own folder.",
        key="delete-run",
    ):
        _delete_dialog(run)
    return run


@st.dialog("Delete this run?")
@in_sentences
def _delete_dialog(run: RunSummary) -> None:
    st.markdown(f"This deletes **{as_text(run.name)}** with its model, checkpoints and masks.")
    st.caption("You cannot undo this. The data sets that it was trained on are not touched.")
    if st.button("Delete run", icon=":material/delete:", type="primary", key="delete-run-now"):
        delete_run(run.folder)
        st.rerun()


def open_folder() -> None:
    """A form for a run, or a folder of runs, that lies elsewhere."""
    with st.form("open-run", border=False):
        written = st.text_input("Path of the folder", placeholder="/home/me/runs/my-run")
        st.caption("The folder of a run, or a folder with several runs, also from another machine.")
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
    st.session_state[_FOLDERS] = [*st.session_state.get(_FOLDERS, []), str(path)]
    first = path if is_run(path) else list_runs(path)[0].folder
    st.session_state[CHOSEN_RUN] = str(first)
    st.session_state["run_folder_number"] += 1
    st.rerun()
