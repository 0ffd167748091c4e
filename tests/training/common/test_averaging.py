"""The running average of the weights."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from torch import nn

from emotion_core.training.classifier.module import train_classifier
from emotion_core.training.common.averaging import move_average
from emotion_core.training.common.constants import constant
from tests.training.sets import OPTIONS, TINY, random_faces


def test_a_step_moves_the_average_by_its_share_and_copies_counters() -> None:
    average, current = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    nn.init.constant_(average.weight, 1.0)
    nn.init.constant_(current.weight, 3.0)
    current.running_mean = torch.tensor([10.0, 20.0])
    current.num_batches_tracked = torch.tensor(7)
    move_average(average, current, 0.75)
    assert average.weight.tolist() == [1.5, 1.5]
    assert average.running_mean is not None
    assert average.running_mean.tolist() == [2.5, 5.0]
    assert average.num_batches_tracked is not None
    assert int(average.num_batches_tracked) == 7


def test_without_memory_the_average_is_the_last_step_and_with_all_of_it_the_first(
    tmp_path: Path,
) -> None:
    """What is exported is the average: decay 0 and 1 stand for the two ends."""
    ends = []
    for decay, folder in ((0.0, "last"), (1.0, "first")):
        config = dataclasses.replace(TINY, epochs=2, average=decay, patience=9)
        faces = random_faces(14)
        train_classifier(config, faces, faces, tmp_path / folder, trainer_options=OPTIONS)
        checkpoint = torch.load(tmp_path / folder / "checkpoints" / "last.ckpt", weights_only=True)
        ends.append((checkpoint["state_dict"], checkpoint["current_model_state"]))
    name = next(key for key in ends[0][0] if key.endswith("classifier.weight"))
    torch.testing.assert_close(ends[0][0][name], ends[0][1][name])
    assert not torch.equal(ends[1][0][name], ends[1][1][name])


def test_a_constant_is_made_once_and_may_be_used_for_gradients() -> None:
    like = torch.zeros(1)
    with torch.inference_mode():
        made = constant((1.0, 2.0), like)
    assert constant((1.0, 2.0), like) is made
    weight = torch.ones(2, requires_grad=True)
    (weight * made).sum().backward()
    assert weight.grad is not None
    assert weight.grad.tolist() == pytest.approx([1.0, 2.0])
