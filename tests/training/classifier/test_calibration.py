"""One temperature, found and folded in."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.training.classifier.calibration import (
    fit_temperature,
    fit_unseen_temperature,
)
from emotion_core.types import FloatArray


def _calibrated(count: int) -> tuple[FloatArray, FloatArray]:
    """Logits, and truths that come as often as they say."""
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (count, 7)).astype(np.float32)
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (chance.cumsum(axis=1) < random.random((len(logits), 1))).sum(axis=1)
    return logits, np.eye(7, dtype=np.float32)[truth]


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_lost_is_found_again(temperature: float) -> None:
    logits, targets = _calibrated(20_000)
    found = fit_temperature(logits * np.float32(temperature), targets)
    assert found == pytest.approx(temperature, rel=0.05)


def test_the_votes_are_kept_within_reach_where_certainty_would_leave_them() -> None:
    """All readings are right, so certainty is best; the votes are split 70 to 30."""
    logits = np.tile(np.array([1, 0, -9, -9, -9, -9, -9], np.float32), (10, 1))
    targets = np.tile(np.array([0.7, 0.3, 0, 0, 0, 0, 0], np.float32), (10, 1))

    def divergence(temperature: float) -> float:
        share = 1 / (1 + np.exp(-1 / temperature))
        return float(0.7 * np.log(0.7 / share) + 0.3 * np.log(0.3 / (1 - share)))

    assert fit_temperature(logits, targets) < 0.1
    assert divergence(fit_temperature(logits, targets, 0.1)) == pytest.approx(0.1, abs=1e-3)
    nearest = fit_temperature(logits, targets, 0.0)
    assert 1 / (1 + np.exp(-1 / nearest)) == pytest.approx(0.7, abs=0.01)


def test_between_two_sets_never_seen_the_temperature_errs_as_little_as_it_can() -> None:
    """One network is twice as sure as it should be, the other four times: neither is given up."""
    logits, targets = _calibrated(5_000)
    sets = [(logits * np.float32(2), targets), (logits * np.float32(4), targets)]
    assert 2 < fit_unseen_temperature(sets) < 4
    assert fit_unseen_temperature(sets[:1]) == pytest.approx(2, rel=0.1)
