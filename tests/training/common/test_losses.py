"""Losses against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from emotion_core.training.common.losses import PriorShift, SoftCrossEntropyLoss


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


def test_a_shift_is_tau_times_the_log_of_the_share_in_the_pictures_own_set() -> None:
    priors = np.array([[0.5, 0.25, 0.25, 0, 0, 0, 0], [1 / 7] * 7], np.float32)
    shifts = PriorShift(priors, tau=0.5)(torch.tensor([0, 1]))
    assert shifts[0, :2].tolist() == pytest.approx([0.5 * math.log(0.5), 0.5 * math.log(0.25)])
    assert shifts[0].isfinite().all()  # also of an emotion that the set does not have
    torch.testing.assert_close(shifts[1], shifts[1, :1].expand(7))


def test_under_the_shift_a_network_learns_what_holds_where_all_emotions_are_equally_common() -> (
    None
):
    """Faces all look alike; in the set four of five are happy, so nothing is to be learned."""
    shift = PriorShift(np.array([[0.8, 0.2]], np.float32), tau=1.0)(torch.zeros(5).long())
    logits = torch.zeros(5, 2, requires_grad=True)
    truth = torch.tensor([[1.0, 0]] * 4 + [[0, 1.0]])
    SoftCrossEntropyLoss()(logits + shift, truth).backward()
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad.sum(dim=0), torch.zeros(2), atol=1e-6, rtol=0)
