"""Readings made steady as they come."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.practice.live.smoothing import GAP, Smoothing
from tests.practice.doubles import shares

SAD, HAPPY = shares(sad=1.0), shares(happy=1.0)


def _after_a_change(smoothing: Smoothing, rate: float, seconds: float) -> np.ndarray:  # type: ignore[type-arg]
    smoothing.add(0.0, SAD)
    for number in range(1, round(seconds * rate) + 1):
        value = smoothing.add(number / rate, HAPPY)
    return value


@pytest.mark.parametrize("rate", [4.0, 10.0, 50.0])
def test_what_was_read_before_has_fallen_to_1_over_e_in_the_time_constant_at_any_rate(
    rate: float,
) -> None:
    value = _after_a_change(Smoothing(1.0), rate, 1.0)
    np.testing.assert_allclose(value, np.exp(-1) * SAD + (1 - np.exp(-1)) * HAPPY, atol=1e-5)


def test_the_rate_may_change_on_the_way() -> None:
    smoothing = Smoothing(0.5)
    smoothing.add(0.0, SAD)
    for time in (0.03, 0.3, 0.35, 0.5):
        value = smoothing.add(time, HAPPY)
    np.testing.assert_allclose(value, np.exp(-1) * SAD + (1 - np.exp(-1)) * HAPPY, atol=1e-5)


def test_smoothed_shares_still_sum_to_one() -> None:
    value = _after_a_change(Smoothing(0.3), 12.0, 0.5)
    assert value.sum() == pytest.approx(1, abs=1e-5)
    assert value.dtype == np.float32


def test_the_first_reading_is_taken_as_it_is() -> None:
    np.testing.assert_array_equal(Smoothing(0.3).add(7.0, SAD), SAD)


def test_nothing_is_carried_across_a_gap() -> None:
    smoothing = Smoothing(0.3)
    smoothing.add(0.0, SAD)
    np.testing.assert_array_equal(smoothing.add(GAP + 0.01, HAPPY), HAPPY)


def test_a_reading_within_the_gap_is_smoothed() -> None:
    smoothing = Smoothing(0.3)
    smoothing.add(0.0, SAD)
    assert smoothing.add(GAP, HAPPY)[3] < 1


def test_nothing_is_carried_over_where_the_clock_jumps_back() -> None:
    smoothing = Smoothing(0.3)
    smoothing.add(10.0, SAD)
    np.testing.assert_array_equal(smoothing.add(9.9, HAPPY), HAPPY)


def test_nothing_is_carried_over_to_another_face() -> None:
    smoothing = Smoothing(0.3)
    smoothing.add(0.0, SAD)
    smoothing.forget()
    np.testing.assert_array_equal(smoothing.add(0.1, HAPPY), HAPPY)


def test_zero_seconds_leave_readings_as_they_are() -> None:
    np.testing.assert_array_equal(_after_a_change(Smoothing(0.0), 10.0, 0.1), HAPPY)
