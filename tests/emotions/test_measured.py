"""The measured figures that come with a model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.measured import ConfidenceBin, ModelFigures, read_figures
from emotion_core.errors import ModelError
from tests.emotions.model_folders import CONFUSION, make_figures, make_new_figures


def _figures(folder: Path, **changes: Any) -> Path:
    (folder / "evaluation.json").write_text(json.dumps({**make_figures(), **changes}))
    return folder


def test_figures_are_read_and_unknown_keys_ignored(tmp_path: Path) -> None:
    figures = read_figures(_figures(tmp_path))
    assert figures is not None
    assert figures.top1 == pytest.approx(0.8413) and figures.confusion == CONFUSION
    assert figures.per_class["fear"].recall == pytest.approx(44 / 119)


def test_a_file_of_before_the_intervals_is_read_without_them(tmp_path: Path) -> None:
    figures = read_figures(_figures(tmp_path))
    assert figures is not None and figures.count == 3572
    assert figures.intervals is figures.clear_majority is figures.measured is figures.tied is None
    assert figures.reliability == () and figures.confidence is None


def test_the_mean_recall_of_an_older_file_is_that_of_the_emotions_that_occur(
    tmp_path: Path,
) -> None:
    rows = make_figures()["per_class"]
    rows["disgust"] |= {"recall": 0.0, "count": 0}
    figures = read_figures(_figures(tmp_path, per_class=rows))
    recalls = [row["recall"] for row in rows.values() if row["count"]]
    assert figures is not None and figures.macro_recall is None and len(recalls) == 6
    assert figures.mean_recall == pytest.approx(sum(recalls) / 6)


def test_what_evaluate_writes_is_what_is_read(tmp_path: Path) -> None:
    written = make_new_figures()
    (tmp_path / "evaluation.json").write_text(json.dumps(written))
    figures = read_figures(tmp_path)
    assert figures is not None and (figures.count, figures.tied) == (60, written["tied"])
    assert figures.confusion == written["confusion"] and set(figures.per_class) == set(EMOTIONS)
    assert figures.intervals is not None and figures.intervals.top1 == figures.top1_interval
    assert figures.mean_recall == written["macro_recall"]
    low, high = written["intervals"]["per_class"]["sad"]["recall"]
    assert figures.intervals.per_class["sad"].recall == (low, high)
    assert sum(one.count for one in figures.reliability) == 60
    clear = figures.clear_majority
    assert clear is not None and 0 < clear.count < 60 and clear.clear_majority is None
    assert figures.measured is not None and figures.measured.where == "FER+ val"


def test_the_mean_confidence_is_that_of_the_bins() -> None:
    bins = (ConfidenceBin(0, 0.5, 3, 0.4, 1.0), ConfidenceBin(0.5, 1, 0, None, None))
    more = ConfidenceBin(0.5, 1, 1, 0.8, 1.0)
    content = TypeAdapter(ModelFigures).validate_python(make_figures())
    assert replace(content, reliability=(*bins, more)).confidence == pytest.approx(0.5)


def test_a_model_that_was_not_measured_has_no_figures(tmp_path: Path) -> None:
    assert read_figures(tmp_path) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"top1": 84.1}, "top1"),
        ({"ece": float("nan")}, "ece"),
        ({"confusion": CONFUSION[:6]}, "confusion"),
        ({"confusion": [row[:6] for row in CONFUSION]}, "confusion"),
        ({"per_class": {}}, "per_class lacks angry"),
        ({"count": None}, "count"),
        ({"reliability": [{"low": 0}]}, "reliability"),
        ({"clear_majority": {"count": 3}}, "clear_majority"),
        ({"intervals": {"top1": [0.1, 0.2]}}, "intervals"),
        ({"measured": {"dataset": "FER+"}}, "measured"),
    ],
)
def test_malformed_figures_are_reported_in_one_line(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        read_figures(_figures(tmp_path, **changes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b"{", b"\xff"])
def test_a_file_that_is_no_figures_at_all_is_reported(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "evaluation.json").write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read"):
        read_figures(tmp_path)
