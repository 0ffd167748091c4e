"""A running average of the weights, kept where the network is."""

from __future__ import annotations

import lightning
from lightning.pytorch.callbacks import WeightAveraging
from torch.optim.swa_utils import get_ema_multi_avg_fn


class RunningAverage(WeightAveraging):
    """Exponential moving average of weights and statistics; it is what is validated and kept.

    Polyak and Juditsky 1992; as in Tarvainen and Valpola 2017, "Mean teachers".

    Args:
        decay: share of the average that a step leaves as it is.
    """

    def __init__(self, decay: float) -> None:
        super().__init__(
            multi_avg_fn=get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        )

    def setup(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, stage: str
    ) -> None:
        # Lightning asks where the network is before it has moved it, keeps the average on the
        # CPU, and then copies every tensor off the GPU after every step: most of a step's time.
        self._device = trainer.strategy.root_device
        super().setup(trainer, pl_module, stage)
