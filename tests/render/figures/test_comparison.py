from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.faces.regions import REGIONS
from emotion_core.performance.comparison.comparison import (
    Comparison,
    ComparisonSettings,
    compare,
)
from emotion_core.performance.comparison.matrix import order_by_similarity
from emotion_core.performance.comparison.measures import Estimate
from emotion_core.render.figures.aligned import draw_aligned, draw_arcs, draw_path
from emotion_core.render.figures.comparison import (
    describe_interval,
    draw_chords,
    draw_complexity,
    draw_differences,
    draw_distributions,
    draw_region_shares,
)
from emotion_core.render.figures.distances import draw_distances
from emotion_core.render.figures.text import short
from tests.performance.made import make_performance, pure, wander, without_frames

NAMES = ("Ana", "<b>Bo</b> & co", "Cy")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    steps = [pure("sad", 0.8)] * 100 + [pure("happy", 0.8)] * 200
    performances = [
        make_performance(steps, name="Ana"),
        without_frames(make_performance([pure("sad", 0.8)] * 300), 100, 149),
        make_performance(wander(5, seed=1), name="Cy"),
    ]
    return compare(performances, ComparisonSettings(replicates=200), titles=NAMES)


def test_shares_stand_side_by_side_with_whiskers_where_there_is_an_interval(
    comparison: Comparison,
) -> None:
    figure = draw_distributions(comparison)
    ana, bo, cy = figure.data
    assert dict(zip(ana.x, ana.y, strict=True))["happy"] == pytest.approx(
        100 * (0.8 * 2 + 0.2 / 6) / 3, abs=0.1
    )
    assert bo.name == "&lt;b&gt;Bo&lt;/b&gt; &amp; co"
    assert ana.error_y.visible and not cy.error_y.visible
    assert "no interval: Only 5.0 s" in cy.customdata[0]
    assert len({bar.marker.color for bar in figure.data}) == 3


def test_differences_are_in_points_and_filled_where_they_are_clear(comparison: Comparison) -> None:
    found = [(comparison.titles[pair.other], pair.differences) for pair in comparison.pairs]
    figure = draw_differences(found, comparison.titles[0])
    bo, cy = figure.data
    happy = EMOTIONS.index("happy")
    assert bo.x[happy] == pytest.approx(-51.1, abs=0.2)
    assert bo.marker.symbol[happy] == "circle"
    assert set(cy.marker.symbol) == {"circle-open"}


def test_each_measure_of_complexity_has_a_panel_with_its_unit(comparison: Comparison) -> None:
    figure = draw_complexity(comparison.performances)
    assert len(figure.data) == 4 * 3
    titles = [axis.title.text for axis in figure.select_xaxes()]
    assert titles == ["bits", "bits", "bits", "share per second"]


def test_chords_in_common_come_first_and_in_bold(comparison: Comparison) -> None:
    figure = draw_chords(comparison.chords, comparison.titles, most=4)
    labels = list(figure.data[0].y)
    bold = [label.startswith("<b>") for label in labels]
    assert len(labels) == 4 and bold == sorted(bold, reverse=True)


def stacks(figure: go.Figure, row: int) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.stackgroup == str(row)]


def test_arcs_begin_together_and_are_empty_where_nobody_is_seen(comparison: Comparison) -> None:
    figure = draw_arcs(comparison)
    for row in (1, 2, 3):
        assert stacks(figure, row)[0].x[0] == 0
    gap = [
        y
        for x, y in zip(stacks(figure, 2)[0].x, stacks(figure, 2)[0].y, strict=True)
        if 4.2 < x < 5.8
    ]
    assert gap and np.isnan(gap).all()
    named = [trace for trace in figure.data if trace.showlegend and trace.name in EMOTIONS]
    assert len(named) == len(EMOTIONS)


def test_aligned_arcs_carry_markers_that_tell_which_moment_they_are(comparison: Comparison) -> None:
    figure = draw_aligned(comparison)
    marked = [trace for trace in figure.data if "markers" in (trace.mode or "")]
    for place, (trace, pair) in enumerate(zip(marked, comparison.pairs, strict=True)):
        assert trace.x == tuple(one.first_time for one in pair.divergences)
        assert [list(each) for each in trace.customdata] == [
            [place, number] for number in range(len(pair.divergences))
        ]
    assert comparison.pairs[0].divergences


def test_what_is_unsure_lies_under_a_veil_in_its_own_row() -> None:
    steady = make_performance([pure("sad", 0.8)] * 100, name="Ana")
    turned = make_performance([pure("sad", 0.8)] * 100, name="Bo")
    away = turned.faces["time"].between(1.0, 2.0)
    faces = turned.faces.assign(turn=np.where(away, 1.5, 0.0)).astype(turned.faces.dtypes)
    comparison = compare([steady, replace(turned, faces=faces)])
    for figure in (draw_arcs(comparison), draw_aligned(comparison)):
        (veil,) = [trace for trace in figure.data if trace.name == "unsure"]
        assert veil.yaxis == "y2" and veil.showlegend
        known = np.array([x for x in veil.x if x == x])
        assert known.min() == pytest.approx(1.0, abs=0.1)
        assert known.max() == pytest.approx(2.0, abs=0.1)
    plain = compare([steady, turned])
    assert not [trace for trace in draw_arcs(plain).data if trace.name == "unsure"]


def test_a_long_arc_is_thinned_to_means_of_what_is_seen() -> None:
    long = make_performance([pure("sad")] * 2500, name="Ana")
    found = compare([long, without_frames(long, 500, 999)], ComparisonSettings(replicates=10))
    whole, broken = (stacks(draw_arcs(found), row)[EMOTIONS.index("sad")] for row in (1, 2))
    assert len(whole.x) <= 600 and set(whole.y) == {100.0}
    away = np.isnan(broken.y)
    assert set(broken.y[~away]) == {100.0}
    assert away.sum() == pytest.approx(0.2 * len(broken.y), abs=2)


def test_the_path_lies_between_even_tempo_and_its_band(comparison: Comparison) -> None:
    alignment = comparison.pairs[0].alignment
    figure = draw_path(alignment, "Ana", "Bo")
    band, even, path = figure.data
    assert (even.x[1], even.y[1]) == (max(band.x), max(band.y))
    assert path.x[0] == path.y[0] == 0
    share = np.array(path.x) / even.x[1] - np.array(path.y) / even.y[1]
    assert np.abs(share).max() <= alignment.band + 0.02


def test_distances_stand_in_the_order_of_the_tree() -> None:
    distances = np.array([[0, 0.9, 0.1], [0.9, 0, 0.8], [0.1, 0.8, 0]])
    figure = draw_distances(order_by_similarity(["a", "b", "<c>"], distances))
    (heat,) = (trace for trace in figure.data if trace.type == "heatmap")
    labels = figure.layout.yaxis2.ticktext
    assert abs(labels.index("a") - labels.index("&lt;c&gt;")) == 1
    place = labels.index("a"), labels.index("b")
    assert heat.z[place[0]][place[1]] == 0.9
    assert len([trace for trace in figure.data if trace.type == "scatter"]) == 2


def test_parts_of_the_face_stand_side_by_side_with_the_room_they_take() -> None:
    table = pd.DataFrame(
        {"region": REGIONS, "share": 1 / 9, "low": 1 / 9, "high": 0.2, "area": 1 / 9, "moments": 1}
    )
    figure = draw_region_shares([("Ana", table), ("Bo", table[:2])])
    assert [trace.name for trace in figure.data] == ["Ana", "Bo", "size of the region"]
    assert figure.data[0].x[0] == pytest.approx(100 / 9)


def test_an_estimate_is_described_with_its_interval_or_why_there_is_none() -> None:
    nan = float("nan")
    assert describe_interval(Estimate("sad", 0.12, 0.08, 0.17), 100, "%") == "12% (8 to 17)"
    assert describe_interval(Estimate("sad", 0.12, nan, nan, "Too short."), 100, "%") == (
        "12% (no interval: Too short.)"
    )


def test_a_long_name_keeps_both_ends() -> None:
    assert short("a name & more") == "a name &amp; more"
    assert short("abcdefghij", most=7) == "abc…hij"
