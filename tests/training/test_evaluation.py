"""Figures of a classifier against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.training.evaluation import calibration_error, compare, kl_divergence


def _rows(*shares: dict[str, float]) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([[row.get(e, 0) for e in EMOTIONS] for row in shares], np.float32)


VOTES = _rows({"happy": 1}, {"happy": 0.6, "sad": 0.4}, {"sad": 1}, {"sad": 1})
READINGS = _rows({"happy": 1}, {"happy": 0.6, "sad": 0.4}, {"sad": 1}, {"happy": 0.9, "sad": 0.1})


def test_three_of_four_readings_right_are_a_top1_of_three_quarters() -> None:
    result = compare(READINGS, VOTES)
    assert (result.count, result.top1) == (4, 0.75)
    assert result.top1_interval[0] <= 0.75 <= result.top1_interval[1]


def test_precision_recall_and_f1_follow_from_the_confusion() -> None:
    result = compare(READINGS, VOTES)
    happy, sad = EMOTIONS.index("happy"), EMOTIONS.index("sad")
    confusion = np.array(result.confusion)
    assert (confusion[happy, happy], confusion[sad, sad], confusion[sad, happy]) == (2, 1, 1)
    assert confusion.sum() == 4
    assert result.per_class["happy"] == pytest.approx(
        {"precision": 2 / 3, "recall": 1, "f1": 0.8, "count": 2}
    )
    assert result.per_class["sad"]["f1"] == pytest.approx(2 / 3)


def test_emotions_that_do_not_occur_do_not_lower_the_macro_f1() -> None:
    assert compare(READINGS, VOTES).macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy_by_bin() -> None:
    # two readings at 0.9 of which one is right, two at 0.5 of which both are right
    confidence = np.array([0.9, 0.9, 0.5, 0.5], np.float32)
    right = np.array([True, False, True, True])
    assert calibration_error(confidence, right) == pytest.approx(0.5 * 0.4 + 0.5 * 0.5)


def test_calibration_error_of_certain_and_right_readings_is_zero() -> None:
    assert calibration_error(np.ones(3, np.float32), np.ones(3, bool)) == 0


def test_kl_is_zero_for_the_votes_themselves_and_in_nats_for_others() -> None:
    assert kl_divergence(VOTES, VOTES) == pytest.approx(0, abs=1e-6)
    half = _rows({"happy": 0.5, "sad": 0.5})
    assert kl_divergence(_rows({"happy": 1}), half) == pytest.approx(math.log(2), abs=1e-6)


def test_kl_stays_finite_where_a_voted_emotion_is_ruled_out() -> None:
    assert math.isfinite(kl_divergence(_rows({"sad": 1}), _rows({"happy": 1})))


def test_the_json_has_the_keys_of_the_contract() -> None:
    keys = {"top1", "macro_f1", "ece", "kl", "per_class", "confusion"}
    assert keys <= set(compare(READINGS, VOTES).to_dict())
