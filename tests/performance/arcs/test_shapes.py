from __future__ import annotations

import numpy as np
import pytest

from emotion_core.performance.arcs.shapes import SHAPES, compare_shapes, shape_values

TIMES = 0.1 * np.arange(200)
MIDDLES = (np.arange(200) + 0.5) / 200


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_found_in_itself_and_its_opposite_is_furthest(shape: str) -> None:
    found = compare_shapes(TIMES, 0.2 + 0.3 * shape_values(shape, MIDDLES))
    assert found.best == shape and found.note == ""
    assert found.table["distance"].iloc[0] == pytest.approx(0, abs=0.01)
    assert found.table["explained"].iloc[0] == pytest.approx(1, abs=1e-4)
    assert found.table["distance"].iloc[-1] == pytest.approx(2, abs=0.01)
    assert np.allclose(found.curve["shape"], found.curve["value"], atol=0.01)


@pytest.mark.parametrize(
    ("points", "shape"),
    [
        ([0, 1], "rise"),
        ([1, 0], "fall"),
        ([1, 0, 1], "fall-rise"),
        ([0, 1, 0], "rise-fall"),
        ([0, 1, 0, 1], "rise-fall-rise"),
        ([1, 0, 1, 0], "fall-rise-fall"),
    ],
)
def test_a_course_of_straight_lines_has_the_shape_of_its_name(
    points: list[float], shape: str
) -> None:
    values = np.interp(MIDDLES, np.linspace(0, 1, len(points)), points)
    assert compare_shapes(TIMES, values).best == shape


def test_shapes_are_orthogonal_so_that_only_one_explains_all() -> None:
    found = compare_shapes(TIMES, shape_values("rise", MIDDLES)).table.set_index("shape")
    assert found.loc["fall-rise", "correlation"] == pytest.approx(0, abs=1e-6)
    assert found.loc["fall-rise", "distance"] == pytest.approx(np.sqrt(2), abs=1e-3)


def test_a_flat_course_has_no_shape_however_it_trembles() -> None:
    found = compare_shapes(TIMES, 0.3 + 0.04 * np.sin(MIDDLES * np.pi))
    assert found.best is None and "flat" in found.note
    assert found.table["correlation"].isna().all() and found.curve["shape"].isna().all()


def test_a_restless_course_is_given_no_name() -> None:
    found = compare_shapes(TIMES, np.sin(20 * np.pi * MIDDLES))
    assert found.best is None and "None of the six" in found.note


def test_what_is_not_seen_is_left_out_and_not_filled_in() -> None:
    values = shape_values("rise-fall", MIDDLES)
    values[60:140] = np.nan
    found = compare_shapes(TIMES, values)
    assert found.best == "rise-fall"
    assert found.curve["value"].isna().sum() == 40 and found.curve["shape"].notna().all()


def test_too_short_and_too_rarely_seen_have_no_shape() -> None:
    rise = shape_values("rise", MIDDLES)
    assert "under 3 s" in compare_shapes(TIMES[:29], rise[:29]).note
    assert compare_shapes(TIMES[:30], np.linspace(-1, 1, 30)).best == "rise"
    rare = np.where((MIDDLES < 0.1) | (MIDDLES > 0.9), rise, np.nan)
    assert "out of view for too much" in compare_shapes(TIMES, rare).note


def test_nothing_has_no_shape() -> None:
    found = compare_shapes(np.zeros(0), np.zeros(0))
    assert found.best is None and len(found.table) == 6 and found.curve.empty
