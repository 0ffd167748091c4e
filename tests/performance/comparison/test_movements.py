"""Movements of performances side by side."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from emotion_core.export.comparison import comparison_tables, comparison_to_dict
from emotion_core.performance.comparison.comparison import compare
from emotion_core.performance.comparison.movements import (
    compared_movements,
    describe_movement_differences,
    movement_differences,
)
from tests.performance.moving import mover
from tests.performance.performances import perform


def test_the_largest_difference_comes_first_and_is_told_in_words() -> None:
    ana = replace(mover(inner_brow=(2.0, 4.0, 0.1)), name="Ana")
    ben = replace(mover(mouth_opening=(1.0, 7.0, 0.4), inner_brow=(2.0, 3.0, 0.1)), name="Ben")
    compared = compared_movements(compare([ana, ben], titles=["Ana", "Ben"]))
    assert set(compared["title"]) == {"Ana", "Ben"}
    found = movement_differences(compared, "Ana", "Ben")
    first = found.iloc[0]
    assert (first["movement"], first["direction"]) == ("mouth_open", 1)
    # 60% of the time by 0.5, of the 0.6 that is strong
    assert first["difference"] == pytest.approx(0.6 * 0.5 / 0.6, abs=0.01)
    words = describe_movement_differences(found, "Ana", "Ben")
    assert words.startswith("More in Ben: mouth open (60% of the time, 0% in Ana)")
    assert "Less in Ben: inner brows up (10% of the time, 20% in Ana)" in words


def test_who_moves_alike_and_who_was_read_before_are_said_to_be() -> None:
    one, other = mover(), mover(seconds=8.0)
    compared = compared_movements(compare([one, other], titles=["a", "b"]))
    assert (
        describe_movement_differences(movement_differences(compared, "a", "b"), "a", "b")
        == "They move about as much."
    )
    early = compare([one, perform(("neutral", 5.0))], titles=["a", "early"])
    compared = compared_movements(early)
    assert set(compared["title"]) == {"a"}
    none = movement_differences(compared, "a", "early")
    assert "cannot be compared" in describe_movement_differences(none, "a", "early")
    before = compare([perform(("sad", 5.0)), perform(("happy", 5.0))], titles=["x", "y"])
    assert compared_movements(before).empty


def test_movements_are_among_the_tables_of_a_comparison() -> None:
    comparison = compare([mover(inner_brow=(2.0, 4.0, 0.1)), mover()], titles=["a", "b"])
    assert len(comparison_tables(comparison)["movements"]) == 2 * 25
    rows = comparison_to_dict(comparison)["movements"]
    assert not any(isinstance(value, float) and math.isnan(value) for value in rows[0].values())
