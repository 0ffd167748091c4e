"""Minima that stay low around them: sharpness-aware minimisation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

_LEAST_SCALE = 0.01


@contextmanager
def climbed(network: nn.Module, radius: float, *, adaptive: bool = False) -> Iterator[None]:
    """A network whose weights have taken a step up its loss, for as long as the context lasts.

    The gradients there, taken for those at the weights themselves, lead to where the loss is low
    all around (Foret et al. 2021, "Sharpness-aware minimization for efficiently improving
    generalization", equation 2): labels that are wrong are then learned by heart later. The
    statistics of batch normalisation stand still meanwhile.

    Args:
        network: with the gradients of its loss.
        radius: length of the step.
        adaptive: measure each weight by its own size (Kwon et al. 2021, "ASAM", equation 9), which
            a scale that the next layer undoes then does not change.
    """
    parameters: list[Tensor] = [p for p in network.parameters() if p.grad is not None]
    layers = [
        each for each in network.modules() if isinstance(each, nn.modules.batchnorm._BatchNorm)
    ]
    momenta = [layer.momentum for layer in layers]
    with torch.no_grad():
        before = [p.detach().clone() for p in parameters]
        steps = [p.grad.detach().clone() for p in parameters if p.grad is not None]
        if adaptive:
            scales = [p.abs() + _LEAST_SCALE for p in before]
            torch._foreach_mul_(steps, scales)
        length = torch.stack(torch._foreach_norm(steps)).norm().clamp(min=1e-12)
        if adaptive:
            torch._foreach_mul_(steps, scales)
        torch._foreach_mul_(steps, radius / length)
        torch._foreach_add_(parameters, steps)
    for layer in layers:
        layer.momentum = 0.0
    try:
        yield
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        with torch.no_grad():
            torch._foreach_copy_(parameters, before)
