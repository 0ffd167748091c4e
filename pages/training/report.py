"""What a training run has brought: curves, test table, settings, alone or beside other runs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from emotion_core.errors import RunError
from emotion_core.render.figures.curves import CURVES, Curve, draw_curve, group_curves
from emotion_core.training.runs.folders import RunSummary, TrainingRun, read_run
from pages.shared.table_button import table_button
from pages.shared.text import as_text

MOST_COMPARED = 5


def compare_runs(run: TrainingRun, others: Sequence[RunSummary]) -> list[TrainingRun]:
    """A chooser of runs to lay beside one, and a table of what distinguishes them."""
    if not others:
        return []
    by_path = {str(other.folder): other for other in others}
    chosen = st.multiselect(
        "Compare with",
        list(by_path),
        format_func=lambda path: by_path[path].name,
        max_selections=MOST_COMPARED,
        placeholder="other runs",
        key=f"compare-{run.folder}",
    )
    beside = []
    for path in chosen:
        try:
            beside.append(read_run(by_path[path].folder))
        except RunError as error:
            st.warning(as_text(str(error)), icon=":material/warning:")
    if beside:
        _show_differences([run, *beside])
    return beside


def _named(runs: Sequence[TrainingRun]) -> dict[str, TrainingRun]:
    """Runs by name; by their whole path where names are the same."""
    names = [run.name for run in runs]
    return {run.name if names.count(run.name) == 1 else str(run.folder): run for run in runs}


def _show_differences(runs: Sequence[TrainingRun]) -> None:
    settings = [_flat(run.config) for run in runs]
    names = dict.fromkeys(name for one in settings for name in one)
    rows = {
        name: [one.get(name, "") for one in settings]
        for name in names
        if len({one.get(name) for one in settings}) > 1
    }
    rows["best validation loss"] = [_best(run) for run in runs]
    table = pd.DataFrame(rows, index=list(_named(runs))).T.rename_axis("what differs")
    st.dataframe(table)


def _best(run: TrainingRun) -> str:
    losses = run.metrics.get("val/loss", pd.Series(dtype=float)).dropna()
    if losses.empty:
        return ""
    best = run.metrics["val/loss"] == losses.min()
    epoch = int(run.metrics.loc[best, "epoch"].iloc[0]) + 1
    return f"{losses.min():.3f}, epoch {epoch}"


def show_curves(run: TrainingRun, beside: Sequence[TrainingRun]) -> None:
    """A chart a measure, with what it means."""
    tables = {name: one.metrics for name, one in _named([run, *beside]).items()}
    groups = group_curves(run.metrics)
    if not groups:
        if not run.problems:
            st.caption("Curves appear after the first epoch.")
        return
    st.header("Curves")
    group = st.segmented_control(
        "Show curves of", list(groups), default=next(iter(groups)), key="curves", required=True
    )
    curves = groups.get(str(group)) or next(iter(groups.values()))
    for index in range(0, len(curves), 2):
        for column, curve in zip(st.columns(2), curves[index : index + 2], strict=False):
            with column:
                _show_curve(curve, tables)
    joined = pd.concat([table.assign(run=name) for name, table in tables.items()])
    table_button(
        "Curves",
        lambda: joined.assign(epoch=joined["epoch"] + 1),
        f"{run.name} curves",
        "%.6g",
    )


def _show_curve(curve: Curve, tables: dict[str, pd.DataFrame]) -> None:
    bar = {"displayModeBar": False}
    figure, alt = draw_curve(curve, tables), f"{curve.name} over the epochs of the run."
    st.plotly_chart(figure, width="stretch", config=bar, key=f"c-{curve.name}", alt=alt)
    if curve.meaning:
        st.caption(curve.meaning)


def show_test(runs: Sequence[TrainingRun]) -> None:
    """What was measured on the test pictures at the end."""
    measured = {name: run for name, run in _named(runs).items() if run.test}
    if not measured:
        return
    st.header("Test")
    st.caption("Measured once, at the end, on images that were not used in training.")
    names = dict.fromkeys(name for run in measured.values() for name in run.test)
    rows = []
    for name in names:
        curve = CURVES.get(name.removeprefix("test/"))
        values = {run: _say(one.test.get(name), curve) for run, one in measured.items()}
        title, meaning = (curve.title, curve.meaning) if curve else (name, "")
        rows.append({"measure": title, **values, "what it means": meaning})
    table = pd.DataFrame(rows)
    wide = st.column_config.TextColumn(width="large")
    st.dataframe(table, hide_index=True, column_config={"what it means": wide})
    table_button("Test table", lambda: table, f"{runs[0].name} test")


def _say(value: float | None, curve: Curve | None) -> str:
    if value is None:
        return ""
    return f"{100 * value:.1f}%" if curve and curve.percent else f"{value:.3f}"


def show_settings(run: TrainingRun) -> None:
    """What the run was started with, and where it lies."""
    with st.expander("Settings and folder"):
        st.code(str(run.folder), language=None)
        rows = [{"setting": name, "value": value} for name, value in _flat(run.config).items()]
        st.dataframe(pd.DataFrame(rows), hide_index=True)


def _flat(config: dict[str, object]) -> dict[str, str]:
    """The settings in words, those of a part after its name."""
    flat: dict[str, str] = {}
    for name, value in config.items():
        if isinstance(value, dict):
            prefix = "" if name == "origin" else f"{name}: "
            flat |= {f"{prefix}{key}": text for key, text in _flat(value).items()}
        elif isinstance(value, list):
            flat[name] = ", ".join(map(str, value))
        else:
            flat[name] = "" if value is None else str(value)
    return {name.replace("_", " "): text for name, text in flat.items()}
