"""The confusion table and the calibration as figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from emotion_core.emotions.measured import ConfidenceBin, ModelFigures, read_figures
from emotion_core.render.figures.models import draw_confusion, draw_reliability
from tests.emotions.model_folders import CONFUSION, make_figures, make_model


def test_each_cell_says_its_share_of_the_row_and_its_count(tmp_path: Path) -> None:
    figures = read_figures(make_model(tmp_path))
    assert figures is not None
    figure = draw_confusion(figures)
    heat = figure.data[0]
    assert sum(heat.z[2]) == pytest.approx(100) and heat.z[2][6] == pytest.approx(100 * 48 / 119)
    words = {(note.x, note.y): note.text for note in figure.layout.annotations}
    assert len(words) == 49 and words[(6, 2)] == "<b>40%</b><br>48"
    assert "fear" in heat.x[2] and "119" in heat.y[2]


def test_an_emotion_that_nobody_voted_for_is_an_empty_row(tmp_path: Path) -> None:
    figures = read_figures(make_model(tmp_path))
    assert figures is not None
    figures.confusion[1] = [0] * 7
    assert list(draw_confusion(figures).data[0].z[1]) == [0] * 7
    assert sum(CONFUSION[1]) > 0


def _measured(*bins: ConfidenceBin) -> ModelFigures:
    figures = TypeAdapter(ModelFigures).validate_python(make_figures())
    return replace(figures, count=sum(one.count for one in bins), reliability=bins)


def test_each_bin_is_a_bar_as_high_as_its_accuracy_over_the_share_of_its_pictures() -> None:
    empty, few = ConfidenceBin(0, 0.2, 0, None, None), ConfidenceBin(0.2, 0.4, 4, 0.3, 1.0)
    many = ConfidenceBin(0.4, 0.6, 12, 0.5, 0.75)
    figure = draw_reliability(_measured(empty, few, many))
    agrees, pale, line, pictures = figure.data
    assert (list(agrees.x), list(agrees.y)) == ([50], [75])
    assert (list(pale.x), list(pale.y)) == ([pytest.approx(30)], [100])
    assert list(line.x) == list(line.y) == [0, 100]
    assert list(pictures.y) == [25, 75]
    assert [list(row) for row in agrees.customdata] == [[40, 60, 12]]
    assert figure.layout.title.text and "%" in figure.layout.xaxis2.title.text


def test_figures_without_reliability_are_not_drawn() -> None:
    with pytest.raises(ValueError, match="no reliability"):
        draw_reliability(_measured())
