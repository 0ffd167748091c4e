"""The confusion table as a figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_core.emotions.cards import read_figures
from emotion_core.figures.models import draw_confusion
from tests.emotions.model_folders import CONFUSION, make_model


def test_each_cell_says_its_share_of_the_row_and_its_count(tmp_path: Path) -> None:
    figures = read_figures(make_model(tmp_path))
    assert figures is not None
    figure = draw_confusion(figures)
    heat = figure.data[0]
    assert sum(heat.z[2]) == pytest.approx(100) and heat.z[2][6] == pytest.approx(100 * 48 / 119)
    words = {(note.x, note.y): note.text for note in figure.layout.annotations}
    assert len(words) == 49 and words[(6, 2)] == "<b>40 %</b><br>48"
    assert "fear" in heat.x[2] and "119" in heat.y[2]


def test_an_emotion_that_nobody_voted_for_is_an_empty_row(tmp_path: Path) -> None:
    figures = read_figures(make_model(tmp_path))
    assert figures is not None
    figures.confusion[1] = [0] * 7
    assert list(draw_confusion(figures).data[0].z[1]) == [0] * 7
    assert sum(CONFUSION[1]) > 0
