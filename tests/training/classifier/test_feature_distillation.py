"""What a student is drawn to, against values worked out by hand."""

from __future__ import annotations

import pytest
import torch

from emotion_core.training.classifier.feature_distillation import FeatureDistillationLoss


@pytest.fixture
def loss() -> FeatureDistillationLoss:
    """With a layer between the two that leaves the tokens as they are."""
    made = FeatureDistillationLoss(2, 2)
    with torch.no_grad():
        made.project.weight.copy_(torch.eye(2))
        made.project.bias.zero_()
    return made


# a grid of 2 x 2 tokens, row by row
TOKENS = torch.tensor([[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]])


def test_each_token_is_compared_with_what_the_teacher_has_at_its_place(
    loss: FeatureDistillationLoss,
) -> None:
    same = TOKENS.transpose(1, 2).reshape(1, 2, 2, 2)
    assert loss(TOKENS, 3 * same).item() == pytest.approx(0, abs=1e-6)
    assert loss(TOKENS, -same).item() == pytest.approx(2)
    assert loss(TOKENS, same.flip(2)).item() == pytest.approx(1), "upside down, all are orthogonal"
    # left to right nothing changes, so a mirrored map is as good
    assert loss(TOKENS, same.flip(3)).item() == pytest.approx(0, abs=1e-6)


def test_tokens_are_averaged_where_the_teacher_looks_more_coarsely(
    loss: FeatureDistillationLoss,
) -> None:
    # the mean of all four is (1/2, 1/2), at 45 degrees to (1, 0)
    coarse = torch.tensor([1.0, 0.0]).view(1, 2, 1, 1)
    assert loss(TOKENS, coarse).item() == pytest.approx(1 - 0.5**0.5)
