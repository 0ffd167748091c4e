"""Figures of a classifier against values worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from emotion_core.datasets.votes import BALLOT
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.training.classifier.evaluation import Evaluation, compare, name_labels
from emotion_core.training.classifier.measures import divergences
from tests.training.sets import random_faces


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


def _confident(confidence: list[float], right: list[bool]) -> Evaluation:
    """Of readings of happy with these confidences, where the truth is happy or sad."""
    readings = _rows(*({"happy": share, "sad": 1 - share} for share in confidence))
    return compare(readings, _rows(*({"happy" if yes else "sad": 1} for yes in right)))


def test_calibration_error_is_the_gap_between_confidence_and_accuracy_by_bin() -> None:
    # two readings at 0.9 of which one is right, two at 0.6 of which both are right
    result = _confident([0.9, 0.9, 0.6, 0.6], [True, False, True, True])
    assert result.ece == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)


def test_calibration_error_of_certain_and_right_readings_is_zero() -> None:
    assert _confident([1.0] * 3, [True] * 3).ece == 0


def test_kl_is_zero_for_the_votes_themselves_and_in_nats_for_others() -> None:
    np.testing.assert_allclose(divergences(VOTES, VOTES), 0, atol=1e-6)
    half = _rows({"happy": 0.5, "sad": 0.5}, {"happy": 1})
    voted = _rows({"happy": 1}, {"happy": 1})
    np.testing.assert_allclose(divergences(voted, half), [math.log(2), 0], atol=1e-6)
    assert compare(half, voted).kl == pytest.approx(math.log(2) / 2, abs=1e-6)


def test_kl_stays_finite_where_a_voted_emotion_is_ruled_out() -> None:
    assert np.isfinite(divergences(_rows({"sad": 1}), _rows({"happy": 1}))).all()


def test_the_json_has_the_keys_of_the_contract() -> None:
    keys = {"top1", "macro_f1", "ece", "kl", "per_class", "confusion", "count", "top1_interval"}
    assert keys <= set(compare(READINGS, VOTES).to_dict())


def test_pictures_with_several_emotions_at_the_top_are_counted_and_the_first_is_the_truth() -> None:
    tied = _rows({"happy": 0.5, "sad": 0.5}, {"happy": 0.6, "sad": 0.4}, {"fear": 0.4, "sad": 0.4})
    result = compare(_rows({"happy": 1}, {"happy": 1}, {"sad": 1}), tied)
    assert (result.tied, result.count) == (2, 3)
    assert result.top1 == pytest.approx(2 / 3)  # happy before sad, fear before sad


def _ballots(*rows: dict[str, int]) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([[row.get(name, 0) for name in BALLOT] for row in rows], np.float32)


def test_the_second_counting_has_the_pictures_with_a_clear_majority_only() -> None:
    votes = _ballots(
        {"happy": 9, "sad": 1},
        {"happy": 5, "sad": 5},
        {"sad": 6, "contempt": 4},
        {"sad": 4, "contempt": 6},
        {"fear": 2, "unknown": 8},
        {"fear": 2, "angry": 2, "unknown": 2},
    )
    targets = votes[:, :7] / votes[:, :7].sum(axis=1, keepdims=True)
    readings = _rows(*({"happy": 1} for _ in votes))
    result = compare(readings, targets, votes, {"no face": 2})
    assert (result.count, result.tied, result.left_out) == (6, 2, {"no face": 2})
    assert result.top1 == pytest.approx(2 / 6)
    clear = result.clear_majority
    assert clear is not None and (clear.count, clear.tied, clear.top1) == (2, 0, 0.5)
    assert clear.left_out == {"no face": 2, "no majority": 2, "contempt": 1, "unknown": 1}
    written = result.to_dict()
    assert written["clear_majority"]["top1"] == 0.5
    assert "clear_majority" not in written["clear_majority"]


def test_without_ten_columns_of_votes_there_is_no_second_counting() -> None:
    assert compare(READINGS, VOTES).clear_majority is None
    assert "clear_majority" not in compare(READINGS, VOTES).to_dict()
    unclear = _ballots(*({"happy": 5, "sad": 5} for _ in VOTES))
    assert compare(READINGS, VOTES, unclear).clear_majority is None


def test_the_source_of_the_truth_is_named_after_what_there_is() -> None:
    faces = random_faces(4)
    assert name_labels(faces) == "folders"
    assert name_labels(replace(faces, votes=np.zeros((4, 10), np.float32))) == "votes"
    assert "else folders" in name_labels(replace(faces, targets=np.full((4, 7), 1 / 7)))
