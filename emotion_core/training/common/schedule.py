"""How fast a network learns: rates by depth, and along the run up and down again."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Timer
from torch import Tensor, nn

_WARM_UP = 0.05  # share of a run in which the rate rises


def configure_adamw(
    module: lightning.LightningModule,
    network: nn.Module,
    learning_rate: float,
    weight_decay: float,
    *,
    layer_decay: float = 1.0,
    betas: tuple[float, float] = (0.9, 0.999),
) -> Any:
    """AdamW (Loshchilov and Hutter 2019) with a warm-up and a cosine, for Lightning.

    Where the trainer has a time limit, the rate has run its course when the time is up or the
    last epoch is over, whichever comes first: a run with a budget still ends in small steps.

    Args:
        module: whose trainer knows the number of steps and the time.
        network: what is trained.
        learning_rate: at its peak.
        weight_decay, layer_decay: see :func:`parameter_groups`.
        betas: of the running means of gradients.
    """
    groups = list(parameter_groups(network, weight_decay, layer_decay))
    for group in groups:
        group["lr"] = learning_rate * group.pop("scale")
    # not the fused one: Lightning does not clip gradients for it
    optimizer = torch.optim.AdamW(groups, lr=learning_rate, betas=betas)
    trainer = module.trainer
    steps = int(trainer.estimated_stepping_batches)
    timer = next((part for part in trainer.callbacks if isinstance(part, Timer)), None)  # type: ignore[attr-defined]

    def factor(step: int) -> float:
        left = None if timer is None else timer.time_remaining()
        spent = 0.0
        if timer is not None and left is not None:
            spent = timer.time_elapsed() / max(timer.time_elapsed() + left, 1e-9)
        return rate_factor(max((step + 1) / steps, spent))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    return [optimizer], [{"scheduler": schedule, "interval": "step"}]


def rate_factor(progress: float) -> float:
    """Factor of the learning rate: up in the first twentieth of a run, then down a cosine.

    Args:
        progress: share of the run that is over.
    """
    if progress < _WARM_UP:
        return progress / _WARM_UP
    rest = (progress - _WARM_UP) / (1 - _WARM_UP)
    return 0.5 * (1 + math.cos(math.pi * min(rest, 1.0)))


def current_rate(module: lightning.LightningModule) -> float:
    """The learning rate at this moment, the highest where it differs by depth."""
    return max(
        float(group["lr"])
        for optimizer in module.trainer.optimizers
        for group in optimizer.param_groups
    )


def time_limit(minutes: float | None) -> timedelta | None:
    """For Lightning's ``max_time``."""
    return None if minutes is None else timedelta(minutes=minutes)


def parameter_groups(
    network: nn.Module, weight_decay: float, layer_decay: float
) -> Iterator[dict[str, Any]]:
    """Groups for an optimiser: what decays and what does not, and by depth the rate's factor.

    Args:
        network: blocks are known by the number after ``layers.``, ``layer.`` or ``blocks.``.
        weight_decay: for matrices and kernels; none for vectors.
        layer_decay: factor from each block to the one before it (Clark et al. 2020); 1 for the
            same rate everywhere.

    Yields:
        Dicts with ``params``, ``weight_decay`` and ``scale``.
    """
    named = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    found = [re.search(r"\b(?:layers?|blocks)\.(\d+)\.", name) for name, _ in named]
    depth = max((int(match[1]) for match in found if match), default=-1) + 2
    groups: dict[tuple[bool, int], list[Tensor]] = {}
    for (name, parameter), match in zip(named, found, strict=True):
        first = any(part in name for part in ("embed", "conv_stem", "bn1"))
        level = int(match[1]) + 1 if match else (0 if first else depth)
        groups.setdefault((parameter.ndim > 1, level), []).append(parameter)
    for (decays, level), parameters in groups.items():
        yield {
            "params": parameters,
            "weight_decay": weight_decay if decays else 0.0,
            "scale": layer_decay ** (depth - level),
        }
