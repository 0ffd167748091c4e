"""Figures of movements."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.performance.comparison.comparison import compare
from emotion_core.performance.comparison.movements import compared_movements
from emotion_core.performance.movement_clock import movements_on_clock
from emotion_core.performance.movements import movements_of
from emotion_core.performance.performance import Performance
from emotion_core.render.figures.movements.compared import draw_compared_movements
from emotion_core.render.figures.movements.lanes import draw_movements
from tests.performance.moving import move, mover
from tests.performance.performances import nobody, perform


def clock(performance: Performance):  # type: ignore[no-untyped-def]
    return movements_on_clock(performance, movements_of(performance))


def test_a_clock_never_averages_across_a_cut_and_leaves_gaps_out() -> None:
    one = perform(("neutral", 2.0), (None, 1.0), ("neutral", 2.04), cuts=(4.06,))
    times = one.times
    raised = move(one, {"inner_brow": np.where(times < 4.06, 0.1, 0.0)})
    table = clock(raised)
    assert not table["time"].between(2.1, 2.9).any()
    assert table["time"].is_monotonic_increasing
    # the step of the cut is there twice, once on each side
    assert (table["time"].round(2) == 4.05).sum() == 2
    assert clock(nobody()).empty


def test_a_lane_is_as_high_as_its_movement_and_broken_where_nothing_is_known() -> None:
    one = mover(inner_brow=(2.0, 4.0, 0.1), head_nod=(5.0, 6.0, -15.0))
    one.faces.loc[one.times >= 8, ["right_inner_brow", "left_inner_brow"]] = np.nan
    figure = draw_movements(clock(one), ["inner_brows_up", "head_nod"], (0.0, 10.0))
    head, brows, hatched = figure.data
    # lanes from above: brows stand over the head, whose zero is in the middle of its lane
    full = MOVEMENTS["inner_brows_up"].full
    assert np.nanmax(brows.y) == pytest.approx(1 + 0.56 * 0.25 / full, abs=1e-4)
    assert np.nanmin(brows.y) == 1 and np.nanmax(brows.x) < 8
    assert np.nanmin(head.y) == pytest.approx(0.28 - 0.28 * 15 / 30, abs=1e-4)
    assert "The head rises by 15°" in " ".join(head.text)
    assert np.nanmin(hatched.x) == pytest.approx(8.0) and hatched.fillpattern.shape == "/"
    assert figure.layout.title.text and figure.layout.xaxis.title.text


def test_a_part_is_drawn_and_an_empty_one_says_so() -> None:
    one = mover(inner_brow=(2.0, 4.0, 0.1))
    part = draw_movements(clock(one), ["inner_brows_up"], (0.0, 1.5))
    assert np.nanmax(part.data[0].x) <= 1.5
    early = perform(("neutral", 2.0))
    assert draw_movements(clock(early), ["mouth_open"], (0.0, 2.0)).layout.annotations[-1].text == (
        "No movement can be told here"
    )
    assert draw_movements(clock(one), [], (0.0, 2.0)).layout.annotations


def test_performances_stand_side_by_side() -> None:
    both = compare(
        [mover(inner_brow=(2.0, 4.0, 0.1)), mover(head_nod=(1.0, 4.0, 20.0))], titles=["a", "b"]
    )
    figure = draw_compared_movements(compared_movements(both))
    assert [trace.name for trace in figure.data] == ["a", "a", "b", "b"]
    long = dict(zip(figure.data[0].y, figure.data[0].x, strict=True))
    assert long == {"inner brows up": pytest.approx(20), "head lowered": pytest.approx(0)}
    far = dict(zip(figure.data[3].y, figure.data[3].x, strict=True))
    assert far["head lowered"] == pytest.approx(20)
    assert "head: degrees" in figure.layout.xaxis2.title.text
