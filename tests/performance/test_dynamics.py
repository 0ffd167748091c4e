from __future__ import annotations

import numpy as np
import pytest

from emotion_core.performance.chords.states import states_of
from emotion_core.performance.complexity import complexity_of, effective_number
from emotion_core.performance.dynamics import (
    dwell_times,
    dynamics_of,
    inertia,
    range_of,
    rmssd,
)
from tests.performance.performances import nobody, perform

ONE = np.zeros(5, np.int64)


def test_inertia_finds_the_coefficient_of_an_autoregressive_series() -> None:
    noise = np.random.default_rng(0).normal(size=20_000)
    values = np.zeros_like(noise)
    for k in range(1, len(values)):
        values[k] = 0.7 * values[k - 1] + noise[k]
    assert inertia(values, np.zeros(len(values), np.int64)) == pytest.approx(0.7, abs=0.02)


def test_inertia_is_minus_one_for_what_swings_and_not_known_for_what_stays_or_is_short() -> None:
    swings = np.tile([0.0, 1.0], 10)
    assert inertia(swings, np.zeros(20, np.int64)) == pytest.approx(-1)
    assert np.isnan(inertia(np.ones(20), np.zeros(20, np.int64)))
    assert np.isnan(inertia(swings[:5], ONE))


def test_rmssd_is_the_root_of_the_mean_square_step() -> None:
    # steps 1, -2, 2, 0: mean square 9/4
    assert rmssd(np.array([0.0, 1.0, -1.0, 1.0, 1.0]), ONE) == pytest.approx(1.5)
    assert np.isnan(rmssd(np.zeros(1), ONE[:1]))


def test_no_step_is_taken_across_a_cut_or_where_nobody_is_seen() -> None:
    values = np.array([0.0, 1.0, 5.0, 5.0, np.nan, 9.0])
    segment = np.array([0, 0, 1, 1, -1, 2])
    assert rmssd(values, segment) == pytest.approx(np.sqrt(0.5))


def test_dynamics_look_every_half_second_within_a_segment() -> None:
    one = perform(({"sad": 1.0}, 1.0), ({"happy": 1.0}, 1.0), ({"fear": 1.0}, 1.0), cuts=(2.0,))
    table = dynamics_of(one).set_index("what")
    assert (table["pairs"] == 4).all()  # three of four looks, and one of two
    assert table.loc["sad", "mean"] == pytest.approx(1 / 3)
    assert table.loc["sad", "volatility"] == pytest.approx(np.sqrt(1 / 4))
    assert table.loc["fear", "volatility"] == pytest.approx(0)
    # from sad (-0.63) to happy (0.81)
    assert table.loc["valence", "volatility"] == pytest.approx(np.sqrt(1.44**2 / 4), rel=1e-5)


def test_dwell_times_tell_how_long_an_emotion_leads_at_a_time() -> None:
    parts = [("sad", 1.0), ("happy", 2.0), ("sad", 4.0), ("neutral", 1.0), ("sad", 2.0)]
    table = dwell_times(states_of(perform(*parts), sigma=0))
    assert table["emotion"].tolist() == ["sad", "happy", "neutral"]
    sad = table.iloc[0]
    assert (sad["stays"], sad["longest"]) == (3, pytest.approx(4))
    assert sad["mean"] == pytest.approx(7 / 3) and sad["median"] == pytest.approx(2)
    assert sad["seconds"] == pytest.approx(7) and sad["share"] == pytest.approx(0.7)


def test_the_range_counts_leading_emotions_and_weighs_them() -> None:
    one = perform(({"sad": 1.0}, 1.0), ({"happy": 1.0}, 1.0))
    found = range_of(one, states_of(one), sigma=0)
    assert found.leading == 2 and found.effective == pytest.approx(2, abs=1e-5)
    assert found.valence == pytest.approx((-0.63, 0.81))
    assert effective_number(np.full(7, 1 / 7)) == pytest.approx(7, abs=1e-5)


def test_complexity_parts_what_is_mixed_from_what_changes() -> None:
    # one after the other: each moment is sure, the whole is an even choice of two
    turns = complexity_of(perform(({"sad": 1.0}, 1.0), ({"happy": 1.0}, 1.0)))
    assert (turns.blend, turns.whole, turns.change) == pytest.approx((0, 1, 1), abs=1e-6)
    # both at once: each moment is that choice, and nothing changes
    mixed = complexity_of(perform(({"sad": 0.5, "happy": 0.5}, 2.0)))
    assert (mixed.blend, mixed.whole, mixed.change) == pytest.approx((1, 1, 0), abs=1e-6)


def test_complexity_weighs_by_time_and_not_by_frames() -> None:
    one = perform(({"sad": 1.0}, 0.04), ({"happy": 1.0}, 0.04))
    one.faces["time"] = [0.0, 0.12]  # 0.12 s, and a step of 0.04 s: 3 to 1
    assert complexity_of(one).whole == pytest.approx(0.811278, abs=1e-5)


def test_nobody_has_no_dynamics() -> None:
    one = nobody()
    states = states_of(one)
    assert dynamics_of(one)["mean"].isna().all() and len(dynamics_of(one)) == 9
    assert dwell_times(states).empty
    assert range_of(one, states).leading == 0
    assert np.isnan(complexity_of(one).whole)
