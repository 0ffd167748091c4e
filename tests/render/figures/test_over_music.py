"""Two progressions, one under the other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from emotion_core.emotions.labels import EMOTION_COLORS
from emotion_core.performance.over_music import CHORD, over_music
from emotion_core.performance.progression import read_progression
from emotion_core.render.figures.music.beneath import draw_over_music, drawn_line
from emotion_core.render.figures.progression import MOST_BLOCKS, draw_arcs
from emotion_core.sound.music.reading import UNSURE
from tests.performance.performances import nobody, perform
from tests.sound.heard import make_music

SPAN = (0.0, 12.0)
PROGRESSION = read_progression(perform(*[("sad", 2.0), ("happy", 2.0)] * 3, cuts=(4.0,)))


def figure_of(span: tuple[float, float] = SPAN) -> go.Figure:
    return draw_over_music(PROGRESSION, over_music(PROGRESSION, make_music(12.0)), span)


def music_of(figure: go.Figure, line: str) -> Any:
    (found,) = (bar for bar in figure.data if (bar.hovertemplate or "").startswith(f"{line} of"))
    return found


def test_the_face_lies_in_its_colours_over_the_music_in_neutral_ones() -> None:
    figure = figure_of()
    sad = next(trace for trace in figure.data if trace.name == "sad")
    chords, keys = music_of(figure, "chord"), music_of(figure, "key")
    assert sad.marker.color == EMOTION_COLORS["sad"]
    for bar in (chords, keys):
        assert bar.marker.color not in EMOTION_COLORS.values()
        assert (bar.base + bar.y).max() < min(sad.base)
    assert keys.base[0] + keys.y[0] < chords.base[0]


def test_only_what_is_sure_has_a_name_and_the_rest_is_hatched() -> None:
    chords = music_of(figure_of(), "chord")
    assert list(chords.text) == ["C", ""]
    assert list(chords.marker.pattern.shape) == ["", "/"]
    assert [row[0] for row in chords.customdata] == ["C", UNSURE]
    assert list(chords.x) == pytest.approx([7.5, 10.5]) and list(chords.width) == [3, 3]


def test_it_stands_on_the_axis_of_the_arcs_and_names_that_do_not_fit_are_left_out() -> None:
    figure, arcs = figure_of(), draw_arcs(PROGRESSION, SPAN)
    assert figure.layout.xaxis == arcs.layout.xaxis and figure.layout.margin == arcs.layout.margin
    assert figure.layout.uniformtext.mode == "hide"
    assert {"cut", "change of the score"} <= {trace.name for trace in figure.data}


def test_a_part_shows_only_what_lies_in_it() -> None:
    figure = figure_of((0.0, 5.0))
    assert not len(music_of(figure, "chord").x)
    assert "change of the score" not in {trace.name for trace in figure.data}


def test_of_a_film_the_longest_chords_are_drawn() -> None:
    reading = make_music(12.0)
    starts = [float(k) for k in range(MOST_BLOCKS + 50)]
    rows = [
        (start, start + (0.5 if k < 50 else 1.0), "C", 0.9, True) for k, start in enumerate(starts)
    ]
    chords = pd.DataFrame(rows, columns=list(reading.chords)).astype(reading.chords.dtypes)
    # other names, or those that touch would be one
    chords["chord"] = pd.Series(["C", "F"] * (len(rows) // 2), dtype="string")
    long = type(reading)(
        reading.sections, reading.tempi, reading.beats, reading.keys, chords, reading.changes
    )
    drawn = drawn_line(over_music(PROGRESSION, long), CHORD, (0.0, 700.0))
    assert len(drawn) == MOST_BLOCKS and drawn["start"].tolist() == starts[50:]


def test_nobody_can_be_drawn() -> None:
    nothing = read_progression(nobody())
    figure = draw_over_music(nothing, over_music(nothing, make_music(0.0)), (0.0, 1.0))
    assert figure.layout.title.text and figure.to_json()
