from __future__ import annotations

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.comparison.measures import (
    BLOCK,
    MEASURES,
    _count_runs,
    _replicate,
    _Sums,
    estimates,
    measure,
)
from emotion_core.performance.complexity import complexity_of
from emotion_core.performance.performance import Performance
from tests.performance.made import make_performance, pure, wander, without_frames


def values_of(performance: Performance, sigma: float = 0.0) -> dict[str, float]:
    values = measure(performance, sigma=sigma).values
    return dict(zip([one.name for one in MEASURES], map(float, values), strict=True))


def test_shares_are_of_time_in_view_also_at_a_varying_rate() -> None:
    one = make_performance([pure("happy"), pure("sad"), pure("sad")], fps=10)
    one.faces["time"] = [0.0, 0.3, 0.4]  # happy for 0.3 s, sad for 0.1 s and one step of 0.1 s
    values = values_of(one)
    assert values["happy"] == pytest.approx(0.6)
    assert values["sad"] == pytest.approx(0.4)


def test_complexity_is_the_entropy_of_all_of_moments_and_what_change_adds() -> None:
    half = make_performance([pure("happy")] * 50 + [pure("sad")] * 50)
    values = values_of(half)
    assert (values["whole"], values["blend"]) == (pytest.approx(1), pytest.approx(0))
    assert values["change"] == pytest.approx(1)
    text = complexity_of(make_performance(wander(20, seed=1)))
    wandering = values_of(make_performance(wander(20, seed=1)))
    assert wandering["whole"] == pytest.approx(text.whole, abs=1e-5)
    assert wandering["blend"] == pytest.approx(text.blend, abs=1e-5)
    assert wandering["change"] == pytest.approx(text.change, abs=1e-5)


def test_movement_is_what_of_the_reading_changes_in_a_second() -> None:
    steps = [pure("happy")] * 5 + [pure("sad")] * 6  # one whole change in ten steps of 0.1 s
    assert values_of(make_performance(steps, fps=10))["movement"] == pytest.approx(1.0)
    assert values_of(make_performance([pure("sad")] * 30))["movement"] == pytest.approx(0)


def test_movement_is_not_counted_across_a_gap() -> None:
    steps = make_performance([pure("happy")] * 20 + [pure("sad")] * 20)
    assert values_of(without_frames(steps, 19, 20))["movement"] == pytest.approx(0)


def test_a_single_reading_has_shares_and_no_movement() -> None:
    values = values_of(make_performance([pure("fear")]))
    assert values["fear"] == 1 and np.isnan(values["movement"])


def test_too_short_a_performance_has_no_interval_and_says_why() -> None:
    short = estimates(measure(make_performance(wander(5, seed=1))))
    assert np.isnan([one.low for one in short]).all()
    assert short[0].reason == "Only 5.0 s in view: an interval needs at least 9 s."
    empty = measure(make_performance(np.zeros((0, 7))))
    assert np.isnan(empty.values).all() and empty.reason == "Never in view."


def test_an_interval_is_around_its_value_and_the_same_each_time() -> None:
    one = make_performance(wander(60, seed=1))
    found, again = estimates(measure(one, seed=5)), estimates(measure(one, seed=5))
    assert found == again != estimates(measure(one, seed=6))
    shares = [each for each in found if each.measure in EMOTIONS]
    assert all(0 <= each.low < each.value < each.high <= 1 for each in shares)


def test_a_face_that_never_changes_has_an_interval_of_no_width() -> None:
    found = estimates(measure(make_performance([pure("sad")] * 500)))
    sad = found[EMOTIONS.index("sad")]
    assert (sad.low, sad.high) == (pytest.approx(1), pytest.approx(1))


def test_readings_that_hold_on_give_wider_intervals_than_as_many_that_flicker() -> None:
    def width(tau: float) -> float:
        found = estimates(measure(make_performance(wander(60, seed=3, tau=tau))))
        return float(np.mean([one.high - one.low for one in found[: len(EMOTIONS)]]))

    assert width(2.0) > 2 * width(0.05)


def test_the_same_readings_at_another_rate_measure_alike() -> None:
    values = wander(30, seed=3, fps=30)
    one = measure(make_performance(values, 30)).values
    other = measure(make_performance(values[::2], 15)).values
    assert np.allclose(one, other, rtol=0.1, atol=0.01)


def taken_one_by_one(begins: np.ndarray, cells: np.ndarray) -> np.ndarray:
    counts = np.zeros(begins.shape)
    for row in range(len(begins)):
        own = 0
        for place in range(begins.shape[1]):
            own = cells[row, place] if begins[row, place] else (own + 1) % begins.shape[1]
            counts[row, own] += 1
    return counts


def test_cells_of_runs_are_counted_as_if_they_were_taken_one_by_one() -> None:
    rng = np.random.default_rng(0)
    for n, share in ((1, 1.0), (7, 0.0), (7, 0.3), (40, 0.05), (40, 1.0)):
        begins = rng.random((9, n)) < share
        begins[:, 0] = True
        cells = rng.integers(n, size=begins.shape, dtype=np.int32)
        assert np.array_equal(_count_runs(begins, cells), taken_one_by_one(begins, cells))


def test_replicates_are_the_same_whatever_is_counted_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sums = _Sums.of(make_performance(wander(60, seed=2)), 0.0, BLOCK)
    found = _replicate(sums, np.random.default_rng(3), 50, BLOCK)
    monkeypatch.setattr("emotion_core.performance.comparison.measures._PART", 1)
    again = _replicate(sums, np.random.default_rng(3), 50, BLOCK)
    assert len(found) == 50 and np.ptp(found[:, 0]) > 0
    np.testing.assert_allclose(again, found, rtol=1e-12)
