"""One temperature, found and folded in."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.training.calibration import fit_temperature


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_lost_is_found_again(temperature: float) -> None:
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (20_000, 7)).astype(np.float32)
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (chance.cumsum(axis=1) < random.random((len(logits), 1))).sum(axis=1)
    found = fit_temperature(logits * np.float32(temperature), truth)
    assert found == pytest.approx(temperature, rel=0.05)
