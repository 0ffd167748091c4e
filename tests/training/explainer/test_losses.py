"""The terms of the explainer's loss against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from emotion_core.training.explainer.losses import (
    AreaBoundLoss,
    ExplainerLoss,
    Looks,
    LossWeights,
    MeanAreaLoss,
    NegativeEntropyLoss,
    OrderLoss,
    ShapeLeakageLoss,
    TotalVariationLoss,
    aggregate_masks,
    leading_shares,
)


def test_the_mask_of_several_classes_is_the_largest_of_theirs() -> None:
    maps = torch.tensor([0.0, math.log(3), -1.0, -math.log(3)]).view(1, 4, 1, 1)
    first, second = (
        aggregate_masks(maps, torch.tensor([classes]))
        for classes in ([1.0, 0, 1, 0], [0.0, 0.5, 0, 1])
    )
    assert first.item() == pytest.approx(0.5)  # sigmoid(0)
    assert second.item() == pytest.approx(0.75)  # sigmoid(log 3) = 3 / 4


def test_the_gradient_reaches_only_the_maps_that_made_the_masks() -> None:
    maps = torch.tensor([2.0, 1.0, 0.0]).view(1, 3, 1, 1).requires_grad_()
    aggregate_masks(maps, torch.tensor([[1.0, 0, 1]])).sum().backward()
    assert maps.grad is not None
    assert torch.isfinite(maps.grad).all()
    assert (maps.grad.flatten() != 0).tolist() == [True, False, False]


def test_the_entropy_term_is_the_mean_of_p_log_p_over_batch_and_classes() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.25, 0.25], [1 / 3, 1 / 3, 1 / 3]]))
    first = 0.5 * math.log(0.5) + 0.5 * math.log(0.25)
    expected = (first - math.log(3)) / 6
    assert NegativeEntropyLoss()(logits).item() == pytest.approx(expected)


def test_the_entropy_term_is_zero_and_finite_for_a_certain_reading() -> None:
    logits = torch.tensor([[200.0, 0.0]], requires_grad=True)
    loss = NegativeEntropyLoss()(logits)
    loss.backward()
    assert loss.item() == pytest.approx(0)
    assert logits.grad is not None and torch.isfinite(logits.grad).all()


def test_variation_is_the_mean_difference_of_neighbours_down_and_across() -> None:
    masks = torch.tensor([[[0.0, 1.0, 1.0], [0.5, 0.5, 1.0]]])
    down = (0.5 + 0.5 + 0.0) / 3
    across = (1.0 + 0.0 + 0.0 + 0.5) / 4
    assert TotalVariationLoss()(masks).item() == pytest.approx(down + across)


def test_the_bound_draws_the_largest_values_up_and_the_smallest_down() -> None:
    # in descending order 0.9 0.8 0.6 0.1: the first is short of 1 by 0.1, the last two too much
    masks = torch.tensor([[[0.6, 0.9], [0.1, 0.8]]])
    assert AreaBoundLoss(0.25, 0.5)(masks).item() == pytest.approx((0.1 + 0.6 + 0.1) / 4)


@pytest.mark.parametrize(("share", "expected"), [(0.2, 0.0), (0.0, 0.05), (1.0, 0.7)])
def test_the_bound_is_kept_between_its_sides_only(share: float, expected: float) -> None:
    mask = torch.zeros(100)
    mask[: int(share * 100)] = 1
    loss = AreaBoundLoss(0.05, 0.30)(mask.view(1, 10, 10))
    assert loss.item() == pytest.approx(expected)


def test_the_area_is_the_mean_value() -> None:
    assert MeanAreaLoss()(torch.tensor([[[0.0, 1.0], [0.5, 0.5]]])).item() == 0.5


def _looks(shown: torch.Tensor) -> Looks:
    """Two classes, the second the target; the whole is read as undecided, and so is the rest."""
    undecided = torch.zeros(1, 2)
    chosen = torch.tensor([[1.0, 0.0]])
    return Looks(undecided, shown, undecided, -shown, undecided, shown, -shown, 1 - chosen, chosen)


def test_the_loss_is_the_weighted_sum_of_its_terms() -> None:
    weights = LossWeights(1, 2, 3, 4, 5, 6, 7, 8, area_min=0.25, area_max=0.5)
    shown = torch.tensor([[0.0, math.log(3)]])
    target = torch.tensor([[[1.0, 0.0], [0.0, 0.0]]])
    other = torch.full((1, 2, 2), 0.5)
    terms = ExplainerLoss(weights)(_looks(shown), target, other)
    expected = {
        "classification": -math.log(0.75),
        "entropy": math.log(0.5) / 2,
        "variation": 0.5 + 0.5,
        "bound": 0.0,
        "target_area": 0.25,
        "other_area": 0.5,
        "drawing": 0.75 - 0.5,
        "order": 1 - 0.75 + 0.25,
    }
    assert {name: terms[name].item() for name in expected} == pytest.approx(expected)
    total = sum(w * v for w, v in zip(range(1, 9), expected.values(), strict=True))
    assert terms["loss"].item() == pytest.approx(total)


def test_a_mask_draws_what_is_read_behind_it_and_not_in_the_whole() -> None:
    # 3/4 and 1/4 of the chosen class, in a picture that is read as half of it
    shown = torch.tensor([[math.log(3), 0.0], [0.0, math.log(3)]])
    chosen = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    undecided = torch.zeros(2, 2)
    loss = ShapeLeakageLoss()(shown, undecided, undecided, chosen)
    assert loss.item() == pytest.approx((0.25 + 0) / 2), "to read less of it is no drawing"


def test_what_is_read_without_any_of_the_picture_is_not_drawn_by_a_mask() -> None:
    nearly, chosen = torch.tensor([[math.log(3), 0.0]]), torch.tensor([[1.0, 0.0]])
    whole = torch.tensor([[0.0, math.log(3)]])  # a quarter of the chosen class
    assert ShapeLeakageLoss()(nearly, whole, nearly, chosen).item() == 0
    assert ShapeLeakageLoss()(nearly, whole, torch.zeros(1, 2), chosen).item() == pytest.approx(
        0.25
    )


def test_leading_shares_are_the_pixels_with_the_largest_values() -> None:
    maps = torch.arange(100.0).view(1, 10, 10).repeat(3, 1, 1)
    maps[1] = -maps[1]
    maps[2] = 7 + 0.01 * maps[2]  # neither level nor spread counts
    masks = leading_shares(maps, torch.tensor([0.25, 0.25, 0.5])).flatten(1)
    assert masks[0].tolist() == [0] * 75 + [1] * 25
    assert masks[1].tolist() == [1] * 25 + [0] * 75
    assert masks[2].tolist() == [0] * 50 + [1] * 50


def test_gradients_of_leading_shares_pass_at_the_edge() -> None:
    maps = torch.arange(100.0).view(1, 10, 10).requires_grad_()
    leading_shares(maps, torch.tensor([0.5])).sum().backward()
    assert maps.grad is not None
    at_edge, far = maps.grad.flatten()[50], maps.grad.flatten()[[0, 99]]
    assert at_edge > 0 and (far < 0.01 * at_edge).all()


@pytest.mark.parametrize("share", [1e-9, 1.0])
def test_leading_shares_of_a_flat_map_are_finite(share: float) -> None:
    maps = torch.zeros(1, 4, 4, requires_grad=True)
    leading_shares(maps, torch.tensor([share])).sum().backward()
    assert maps.grad is not None and torch.isfinite(maps.grad).all()


def test_the_order_term_is_one_less_what_is_gained_and_more_what_is_kept() -> None:
    gained, kept = torch.tensor([[math.log(3), 0.0]]), torch.tensor([[0.0, math.log(3)]])
    target = torch.tensor([[1.0, 0.0]])
    assert OrderLoss()(gained, kept, target).item() == pytest.approx(1 - 0.75 + 0.25)
    assert OrderLoss()(kept, gained, target).item() == pytest.approx(1 - 0.25 + 0.75)


def test_an_area_whose_bounds_cross_is_refused() -> None:
    with pytest.raises(ValueError, match="area_min <= area_max"):
        LossWeights(area_min=0.5, area_max=0.3)
