"""Losses against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from emotion_core.training.common.losses import SoftCrossEntropyLoss


def test_soft_cross_entropy_is_the_mean_over_pictures_of_minus_t_log_p() -> None:
    # softmax of (log 3, 0) is (3/4, 1/4); of (0, 0) it is (1/2, 1/2)
    logits = torch.tensor([[math.log(3), 0.0], [0.0, 0.0]])
    targets = torch.tensor([[0.5, 0.5], [1.0, 0.0]])
    first = -0.5 * math.log(3 / 4) - 0.5 * math.log(1 / 4)
    assert SoftCrossEntropyLoss()(logits, targets).item() == pytest.approx(
        (first + math.log(2)) / 2
    )


def test_soft_cross_entropy_of_one_emotion_is_the_usual_cross_entropy() -> None:
    logits = torch.randn(5, 7, generator=torch.Generator().manual_seed(0))
    index = torch.tensor([0, 3, 6, 2, 1])
    usual = torch.nn.functional.cross_entropy(logits, index)
    soft = SoftCrossEntropyLoss()(logits, torch.eye(7)[index])
    torch.testing.assert_close(soft, usual)
