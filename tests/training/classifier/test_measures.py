"""Intervals by the bootstrap, against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from emotion_core import stats as bootstrap
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.measured import EmotionIntervals
from emotion_core.training.classifier.measures import Readings, estimate_intervals, measure

HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")


def _readings(truth: list[int], reading: list[int], confidence: float = 1.0) -> Readings:
    n = len(truth)
    return Readings(
        np.array(truth), np.array(reading), np.full(n, confidence, np.float32), np.arange(n) / n
    )


def test_where_every_reading_is_right_no_drawing_differs() -> None:
    intervals = estimate_intervals(_readings([HAPPY] * 5 + [SAD] * 5, [HAPPY] * 5 + [SAD] * 5))
    assert intervals.top1 == intervals.macro_f1 == (1, 1)
    assert intervals.ece == (0, 0)
    assert intervals.per_class["sad"] == EmotionIntervals((1, 1), (1, 1), (1, 1))
    # an emotion that is neither there nor read has nothing to divide by
    assert intervals.per_class["fear"].recall == (0, 0)


def test_the_interval_of_top1_is_that_of_a_binomial_share() -> None:
    right = 160
    readings = _readings([HAPPY] * 200, [HAPPY] * right + [SAD] * (200 - right))
    expected = binom.ppf([0.025, 0.975], 200, right / 200) / 200
    intervals = estimate_intervals(readings)
    assert intervals.top1 == pytest.approx(tuple(expected), abs=0.011)
    # recall of the only emotion that is there is the same share, by the same drawings
    assert intervals.per_class["happy"].recall == intervals.top1
    # all are sure: the calibration error is the share that is wrong
    assert intervals.ece == pytest.approx((1 - intervals.top1[1], 1 - intervals.top1[0]))


def test_the_interval_of_a_mean_is_that_of_its_standard_error() -> None:
    readings = _readings([HAPPY] * 400, [HAPPY] * 400)
    middle, error = readings.divergence.mean(), readings.divergence.std() / 20
    expected = (middle - 1.96 * error, middle + 1.96 * error)
    assert estimate_intervals(readings).kl == pytest.approx(expected, abs=0.25 * error)


def test_a_drawing_is_measured_as_the_set_of_what_was_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(3)
    truth, reading = random.integers(0, 7, (2, 30))
    confidence = random.uniform(0.2, 1, 30).astype(np.float32)
    readings = Readings(truth, reading, confidence, random.uniform(0, 2, 30))
    drawn = np.random.default_rng(0).integers(0, 30, (bootstrap.RESAMPLES, 30))
    figures = [
        measure(Readings(truth[d], reading[d], confidence[d], readings.divergence[d]))
        for d in drawn
    ]
    intervals = estimate_intervals(readings)
    for name in ("top1", "macro_f1", "ece", "kl"):
        expected = np.percentile([getattr(one, name) for one in figures], [2.5, 97.5])
        assert getattr(intervals, name) == pytest.approx(tuple(expected))
    expected = np.percentile([one.precision[HAPPY] for one in figures], [2.5, 97.5])
    assert intervals.per_class["happy"].precision == pytest.approx(tuple(expected))


def test_the_same_readings_give_the_same_intervals() -> None:
    readings = _readings([HAPPY, SAD] * 20, [HAPPY] * 40)
    assert estimate_intervals(readings) == estimate_intervals(readings)
