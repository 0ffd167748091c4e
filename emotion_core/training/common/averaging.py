"""A running average of the weights, kept where the network is."""

from __future__ import annotations

from itertools import chain
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import WeightAveraging
from torch import nn


class RunningAverage(WeightAveraging):
    """Exponential moving average of weights and statistics; it is what is validated and kept.

    Polyak and Juditsky 1992; as in Tarvainen and Valpola 2017, "Mean teachers".

    Args:
        decay: share of the average that a step leaves as it is.
    """

    def __init__(self, decay: float) -> None:
        super().__init__()
        self.decay = decay

    def setup(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, stage: str
    ) -> None:
        """Keep the average where the network will be trained."""
        # Lightning asks where the network is before it has moved it, keeps the average on the
        # CPU, and then copies every tensor off the GPU after every step.
        self._device = trainer.strategy.root_device
        super().setup(trainer, pl_module, stage)

    def on_train_batch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, *_: Any
    ) -> None:
        """Take a step into the average; Lightning's own way asks the GPU for a counter first."""
        if trainer.global_step <= self._latest_update_step or self._average_model is None:
            return
        decay = self.decay if self._latest_update_step else 0.0
        self._latest_update_step = trainer.global_step
        move_average(self._average_model.module, pl_module, decay)


@torch.no_grad()
def move_average(average: nn.Module, current: nn.Module, decay: float) -> None:
    """Set average = decay * average + (1 - decay) * current, in place; counters are copied.

    Args:
        average, current: two of a kind.
        decay: from 0 to 1.
    """
    pairs = list(
        zip(
            chain(average.parameters(), average.buffers()),
            chain(current.parameters(), current.buffers()),
            strict=True,
        )
    )
    numbers = [(a.data, c.data) for a, c in pairs if a.is_floating_point()]
    counters = [(a.data, c.data) for a, c in pairs if not a.is_floating_point()]
    if numbers:
        mean, new = map(list, zip(*numbers, strict=True))
        torch._foreach_lerp_(mean, new, 1 - decay)
    if counters:
        mean, new = map(list, zip(*counters, strict=True))
        torch._foreach_copy_(mean, new)
