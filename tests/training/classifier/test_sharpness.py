"""The step up the loss of sharpness-aware minimisation, on a loss with a known answer."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from emotion_core.training.classifier.module import EmotionModule, train_classifier
from emotion_core.training.classifier.sharpness import climbed
from tests.training.sets import OPTIONS, TINY, random_faces


def _bowl(*weights: float) -> nn.Linear:
    """A network whose loss is its outputs' sum: its gradient is the input."""
    layer = nn.Linear(len(weights), 1, bias=False)
    layer.weight.data[:] = torch.tensor([weights])
    layer(torch.tensor([[3.0, 4.0]])).sum().backward()
    return layer


def test_weights_climb_along_their_gradient_and_come_back() -> None:
    layer = _bowl(1.0, -2.0)
    with climbed(layer, 0.5):
        torch.testing.assert_close(layer.weight.data, torch.tensor([[1.3, -1.6]]))
    torch.testing.assert_close(layer.weight.data, torch.tensor([[1.0, -2.0]]))


def test_an_adaptive_step_is_as_long_when_measured_by_the_size_of_the_weights() -> None:
    layer = _bowl(1.0, -2.0)
    before = layer.weight.data.clone()
    with climbed(layer, 0.5, adaptive=True):
        moved = (layer.weight.data - before) / (before.abs() + 0.01)
        assert float(moved.norm()) == pytest.approx(0.5)
        assert moved[0, 1] > moved[0, 0]


def test_statistics_stand_still_up_there() -> None:
    network = nn.Sequential(nn.BatchNorm1d(2), _bowl(1.0, 1.0))
    layer = network[0]
    with climbed(network, 0.1):
        network(torch.randn(8, 2) + 5)
    assert layer.running_mean.abs().max() == 0
    network(torch.randn(8, 2) + 5)
    assert layer.running_mean.abs().max() > 0


def test_each_batch_is_drawn_once_and_read_twice(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, read = [], []
    draw, look = EmotionModule._draw, EmotionModule._read
    monkeypatch.setattr(EmotionModule, "_draw", lambda s, b: (drawn.append(1), draw(s, b))[1])
    monkeypatch.setattr(
        EmotionModule, "_read", lambda s, p: (read.append(s.training), look(s, p))[1]
    )
    config = dataclasses.replace(TINY, sharpness=0.05)
    train_classifier(config, random_faces(14), random_faces(7), tmp_path, trainer_options=OPTIONS)
    assert len(drawn) == 2 and sum(read) == 4
