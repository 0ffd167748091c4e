"""Which points of a long line are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.performance.progression import read_progression
from emotion_core.render.figures.progression import (
    CHORD_START,
    MOST_BLOCKS,
    draw_arcs,
    draw_chords,
    drawn_chords,
    reach,
)
from emotion_core.render.figures.thinning import (
    FEWEST,
    breaks,
    keep_evenly,
    keep_points,
    runs,
)
from tests.performance.performances import perform

N = 20_000
TIMES = np.arange(N) / 10
# five stretches with gaps between them, the second of which is short
STRETCH = np.full(N, -1)
for number, (begin, end) in enumerate(
    [(0, 4000), (4100, 4103), (4200, 9000), (9000, 15_000), (15_500, N)]
):
    STRETCH[begin:end] = number


def wandering(seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, N).cumsum()


def test_each_stretch_keeps_its_ends_its_least_and_its_largest_value() -> None:
    values = wandering()
    kept = set(keep_points(TIMES, values, STRETCH, 500).tolist())
    for own in runs(STRETCH):
        wanted = {own[0], own[-1], own[values[own].argmin()], own[values[own].argmax()]}
        assert wanted <= kept


def test_a_single_odd_value_is_never_lost() -> None:
    for place in np.random.default_rng(1).integers(4200, 9000, 20):
        values = np.zeros(N)
        values[place] = 1
        assert place in keep_points(TIMES, values, STRETCH, 200)


def test_points_outside_of_stretches_are_not_drawn_and_lines_break_between_them() -> None:
    kept = keep_points(TIMES, wandering(), STRETCH, 500)
    assert (np.diff(kept) > 0).all() and (STRETCH[kept] >= 0).all()
    # also at a cut, where no time lies between two stretches
    assert STRETCH[kept][breaks(STRETCH[kept])].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("most", [50, 500, 5000])
def test_the_number_of_points_is_bounded_however_long_the_line_is(most: int) -> None:
    kept = keep_points(TIMES, wandering(), STRETCH, most)
    assert len(kept) <= most + 2 * FEWEST * len(runs(STRETCH))


def test_a_line_with_few_points_stays_as_it_is() -> None:
    seen = np.flatnonzero(STRETCH >= 0)
    np.testing.assert_array_equal(keep_points(TIMES, wandering(), STRETCH, N), seen)
    positions, every = keep_evenly(STRETCH, N)
    assert positions.tolist() == seen.tolist() and every == 1


def test_a_path_without_a_clock_keeps_every_kth_point_and_the_end_of_each_stretch() -> None:
    kept, every = keep_evenly(STRETCH, 1000)
    assert every == 20
    for own in runs(STRETCH):
        assert {own[0], own[-1]} <= set(kept.tolist())
    assert len(kept) <= 1000 + 2 * len(runs(STRETCH))


def test_nobody_has_no_points() -> None:
    nothing = np.zeros(0), np.zeros(0), np.zeros(0, np.int64)
    assert len(keep_points(*nothing)) == 0
    assert len(keep_evenly(nothing[2])[0]) == 0


def test_a_thinned_arc_shows_what_was_read_at_its_moments() -> None:
    changing = [({"sad": 0.2 + 0.6 * (k % 2), "neutral": 0.5}, 1.0) for k in range(400)]
    progression = read_progression(perform(*changing))
    figure = draw_arcs(progression)
    sad = next(trace for trace in figure.data if trace.name == "sad")
    assert len(sad.x) < len(progression.arcs)
    arcs = progression.arcs
    read = np.interp(sad.x, arcs["time"], 100 * arcs["sad"])
    np.testing.assert_allclose(sad.y, read, atol=0.05)
    # a part of it is drawn in full
    part = next(trace for trace in draw_arcs(progression, (20.0, 60.0)).data if trace.name == "sad")
    assert len(part.x) == pytest.approx(401, abs=1)


def test_of_very_many_chords_the_longest_are_drawn_and_of_a_part_all() -> None:
    parts = [
        ("sad" if k % 2 else "happy", 0.6 + 0.4 * (k % 4 == 0)) for k in range(3 * MOST_BLOCKS)
    ]
    progression = read_progression(perform(*parts))
    assert len(progression.chords) > MOST_BLOCKS
    drawn = drawn_chords(progression, reach(progression))
    assert len(drawn) == MOST_BLOCKS and drawn["start"].is_monotonic_increasing
    left_out = progression.chords.drop(drawn.index)
    assert drawn["seconds"].min() >= left_out["seconds"].max() - 1e-9
    bars = [trace for trace in draw_chords(progression, (0.0, 60.0)).data if trace.type == "bar"]
    inside = progression.chords[progression.chords["start"] <= 60]
    starts = {one[CHORD_START] for bar in bars for one in bar.customdata}
    assert starts == set(inside["start"])
