"""How a performance develops, as figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from emotion_core.emotions.labels import EMOTION_COLORS
from emotion_core.performance.performance import Performance
from emotion_core.performance.progression import read_progression
from emotion_core.render.figures.progression import CHORD_START, draw_arcs, draw_chords
from emotion_core.render.figures.progression_parts import (
    draw_plane,
    draw_shape,
    draw_stays,
    draw_transitions,
)
from emotion_core.render.figures.time_axis import time_axis
from tests.performance.performances import nobody, perform
from tests.scene.scenes import FPS

SAD_FEAR = {"sad": 0.5, "fear": 0.3}


def traces(figure: go.Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data if trace.name}


def test_no_line_of_an_arc_crosses_a_cut_or_a_gap() -> None:
    one = perform(("sad", 2.0), (None, 1.0), ("sad", 2.0), cuts=(1.0,))
    sad = traces(draw_arcs(read_progression(one)))["sad"]
    assert sad.connectgaps is False
    broken = sad.x[np.isnan(np.array(sad.y, float))]
    assert ((broken > 0.9) & (broken < 1.0)).any()
    assert ((broken > 2.0) & (broken < 3.0)).any()


def test_beats_cuts_and_gaps_are_marked_and_explained() -> None:
    one = perform(("neutral", 3.0), ("sad", 3.0), (None, 1.0), ("sad", 2.0), cuts=(4.0,))
    found = traces(draw_arcs(read_progression(one)))
    assert list(found["beat"].x) == pytest.approx([3.0], abs=0.1)
    assert list(found["cut"].x)[:2] == [4.0, 4.0]
    assert list(found["not in view"].x)[:4] == pytest.approx([6, 6, 7, 7])


def test_a_chord_is_a_block_of_its_emotions_stacked_by_their_shares() -> None:
    progression = read_progression(perform(("neutral", 1.0), (SAD_FEAR, 2.0)))
    figure = draw_chords(progression)
    found = traces(figure)
    start = progression.chords["start"][1]
    share = progression.chords["sad"][1] / progression.chords[["sad", "fear"]].iloc[1].sum()
    (sad,), (fear,) = found["sad"].y, found["fear"].y
    assert sad == pytest.approx(100 * share) and sad + fear == pytest.approx(100)
    assert found["sad"].base[0] == 0 and found["fear"].base[0] == pytest.approx(sad)
    assert found["sad"].marker.color == EMOTION_COLORS["sad"]
    assert found["sad"].customdata[0][CHORD_START] == start
    assert "angry" not in found


def test_figures_over_time_share_their_axis() -> None:
    progression = read_progression(perform((None, 2.0), ("neutral", 1.0), (SAD_FEAR, 2.0)))
    arcs, chords = draw_arcs(progression), draw_chords(progression)
    assert arcs.layout.xaxis.range == chords.layout.xaxis.range == pytest.approx((2, 5))
    assert arcs.layout.margin == chords.layout.margin


def test_time_is_labelled_as_players_show_it() -> None:
    assert time_axis(0, 8)["ticktext"] == [f"0:0{second}" for second in range(9)]
    assert time_axis(58, 63.5)["ticktext"][:3] == ["0:58", "0:59", "1:00"]
    assert time_axis(1, 1.5)["ticktext"] == ["0:01.0", "0:01.2", "0:01.4"]


def test_the_matrix_shows_probabilities_with_their_counts() -> None:
    one = perform(("sad", 2.0), ("happy", 2.0), ("sad", 2.0), ("fear", 2.0))
    figure = draw_transitions(read_progression(one).changes, "Which follows which")
    (matrix,) = figure.data
    assert list(matrix.x) == ["fear", "happy", "sad"]
    # happy to sad: (1 + 0.5) / (1 + 0.5 * 2)
    assert matrix.text[1][2] == "75%<br>1×" and matrix.text[1][1] == ""


def test_each_stay_is_a_dot_beside_their_median() -> None:
    one = perform(("sad", 1.0), ("happy", 2.0), ("sad", 3.0))
    found = traces(draw_stays(read_progression(one)))
    assert sorted(found["sad"].x) == pytest.approx([1, 3], abs=0.05)
    assert found["median"].x[0] == pytest.approx(2, abs=0.05)


def test_the_way_through_the_plane_is_broken_at_a_cut() -> None:
    one = perform(("sad", 1.0), ("happy", 1.0), cuts=(1.0,))
    corners, way = draw_plane(read_progression(one)).data
    assert len(corners.x) == 7
    (gap,) = np.flatnonzero(np.isnan(way.x))
    assert way.connectgaps is False
    assert (way.x[:gap] < 0).all() and (way.x[gap + 1 :] > 0).all()


def test_a_shape_is_drawn_only_where_it_may_be_named() -> None:
    parts = [({"happy": k / 10, "sad": 1 - k / 10}, 1.0) for k in range(1, 10)]
    rising = draw_shape(read_progression(perform(*parts)).shapes)
    assert set(traces(rising)) == {"valence", "shape: rise"}
    flat = draw_shape(read_progression(perform(("sad", 5.0))).shapes)
    assert set(traces(flat)) == {"valence"}


@pytest.mark.parametrize("one", [nobody(), perform(("sad", 1 / FPS))])
def test_nobody_and_a_single_reading_can_be_drawn(one: Performance) -> None:
    progression = read_progression(one)
    for figure in (
        draw_arcs(progression),
        draw_chords(progression),
        draw_transitions(progression.changes, "Which follows which"),
        draw_stays(progression),
        draw_plane(progression),
        draw_shape(progression.shapes),
    ):
        assert figure.layout.title.text and figure.to_json()
