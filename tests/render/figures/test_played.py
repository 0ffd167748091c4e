"""What was played over what was asked, as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.render.figures.played import draw_movement, draw_played


def table(**columns: list[float]) -> pd.DataFrame:
    """Rows in which all but these shares are zero."""
    count = len(next(iter(columns.values())))
    names = [*EMOTIONS, *(f"asked_{name}" for name in EMOTIONS)]
    rows = {name: columns.get(name, [0.0] * count) for name in names}
    return pd.DataFrame({"time": np.arange(count) / 10, **rows})


def test_what_was_asked_is_dotted_in_the_colour_of_its_emotion() -> None:
    figure = draw_played(table(sad=[0.2, 0.6], asked_sad=[0.8, 0.8]))
    own, asked = figure.data
    assert own.name == "sad" and asked.line.dash == "dot"
    assert own.line.color == asked.line.color == EMOTION_COLORS["sad"]
    assert list(own.y) == [20, 60] and list(asked.y) == [80, 80]


def test_an_emotion_that_was_neither_asked_nor_played_is_left_out() -> None:
    figure = draw_played(table(sad=[0.9, 0.9], fear=[0.1, 0.1], asked_happy=[0.5, 0.5]))
    assert {trace.name for trace in figure.data} == {"sad", "sad, target", "happy", "happy, target"}


def test_where_nothing_was_asked_the_dotted_line_has_a_gap() -> None:
    figure = draw_played(table(sad=[0.9, 0.9], asked_sad=[0.8, float("nan")]))
    assert np.isnan(figure.data[1].y[1])


def test_nothing_read_is_an_empty_figure_with_its_axes() -> None:
    figure = draw_played(table(sad=[]))
    assert not figure.data and figure.layout.yaxis.title.text == "probability (%)"


@pytest.mark.parametrize(
    ("unit", "factor", "axis"),
    [
        ("degrees", 1, "degrees"),
        ("share of the neutral face", 100, "% (share of the neutral face)"),
    ],
)
def test_a_movement_is_drawn_in_its_own_unit_over_what_was_asked(
    unit: str, factor: float, axis: str
) -> None:
    table = pd.DataFrame({"time": [0.0, 0.1], "played": [0.1, np.nan], "asked": [0.0, 0.2]})
    figure = draw_movement(table, "inner brows up", unit)
    you, target = figure.data
    np.testing.assert_allclose(you.y, [0.1 * factor, np.nan])
    np.testing.assert_allclose(target.y, [0, 0.2 * factor])
    assert target.line.dash == "dot" and you.line.dash is None
    assert figure.layout.yaxis.title.text == axis
    assert figure.layout.title.text == "Inner brows up: you; dotted: the target"
