"""Curves of training runs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from emotion_core.render.figures.curves import CURVES, RATE, draw_curve, group_curves
from emotion_core.training.runs.folders import read_run
from tests.training.runs.run_trees import make_run


@pytest.fixture
def metrics(tmp_path: Path) -> pd.DataFrame:
    return read_run(make_run(tmp_path / "mine")).metrics


def test_every_term_and_metric_has_a_curve_with_a_sentence(metrics: pd.DataFrame) -> None:
    groups = group_curves(metrics.assign(**{"val/new": 1.0}))
    assert [curve.name for curve in groups["Loss"]][:2] == ["loss", "classification"]
    assert [curve.name for curve in groups["Others"]] == ["new"]
    drawn = {curve.name for curves in groups.values() for curve in curves}
    assert drawn == {str(c).partition("/")[2] for c in metrics if c != "epoch"} | {"new"}
    assert all(curve.meaning.endswith(".") for curve in CURVES.values())


def test_one_run_shows_training_and_validation_counted_from_one(metrics: pd.DataFrame) -> None:
    figure = draw_curve(CURVES["target_area"], {"mine": metrics})
    assert [trace.name for trace in figure.data] == ["training", "validation"]
    assert list(figure.data[1].x) == [1, 2, 3, 4]
    assert figure.data[1].y[0] == pytest.approx(100 * metrics["val/target_area"][0])
    assert figure.layout.title.text and figure.layout.yaxis.title.text.endswith("(%)")


def test_runs_beside_each_other_show_what_they_measured_on_validation(
    metrics: pd.DataFrame,
) -> None:
    figure = draw_curve(CURVES["loss"], {"a": metrics, "b": metrics.head(2)})
    assert [(trace.name, len(trace.x)) for trace in figure.data] == [("a", 4), ("b", 2)]
    assert len({trace.line.color for trace in figure.data}) == 2
    rate = draw_curve(RATE, {"a": metrics, "b": metrics})
    assert [trace.name for trace in rate.data] == ["a", "b"]


def test_an_epoch_without_a_validation_leaves_no_gap(metrics: pd.DataFrame) -> None:
    metrics.loc[1, "val/loss"] = None
    figure = draw_curve(CURVES["loss"], {"mine": metrics})
    assert list(figure.data[1].x) == [1, 3, 4]


def test_a_run_without_an_epoch_has_an_empty_figure() -> None:
    empty = pd.DataFrame({"epoch": pd.Series(dtype=int)})
    assert group_curves(empty) == {} and not draw_curve(RATE, {"mine": empty}).data
