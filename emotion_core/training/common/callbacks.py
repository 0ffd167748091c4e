"""What a run leaves for those who watch it: how it is doing, and its masks epoch by epoch."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback, EarlyStopping, Timer
from torch import Tensor
from torch.nn import functional

from emotion_core.files import whole_file
from emotion_core.training.common.batches import FaceTensors
from emotion_core.training.common.data import FaceSet
from emotion_core.training.runs.masks import MASKS_FOLDER
from emotion_core.training.runs.status import update_status

_SHOWN_SIDE = 56


class TrackedEarlyStopping(EarlyStopping):
    """Early stopping that keeps ``status.json`` up to date with how near it is.

    No callback beside it: Lightning calls every other one before it, whatever their order.

    Args:
        run: folder of the run.
        options: of Lightning's early stopping.
    """

    def __init__(self, run: Path, monitor: str, **options: Any) -> None:
        super().__init__(monitor, **options)
        self.run = run
        self._began: tuple[float, int] | None = None

    def on_train_start(self, trainer: lightning.Trainer, *_: Any) -> None:
        """Note the time and the epoch from which the run goes on."""
        self._began = time.monotonic(), trainer.current_epoch

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Write the status of the run, and why it stops if it does."""
        super().on_train_epoch_end(trainer, pl_module)
        if not trainer.is_global_zero or trainer.fast_dev_run:  # type: ignore[attr-defined]
            return
        best = float(self.best_score)
        message = ""
        if self.stopped_epoch:
            message = f"Stopped early: {self.monitor} no longer improved."
        elif trainer.should_stop:
            message = "The time limit was reached."
        update_status(
            self.run,
            epoch=trainer.current_epoch + 1,
            message=message,
            seconds_left=self._seconds_left(trainer),
            early_stopping={
                "best": best if np.isfinite(best) else None,
                "wait": self.wait_count,
                "patience": self.patience,
            },
        )

    def _seconds_left(self, trainer: lightning.Trainer) -> float | None:
        """By the pace of this part of the run, and by its time limit."""
        left: list[float] = []
        if self._began is not None and trainer.max_epochs is not None:
            since, first = self._began
            done = trainer.current_epoch + 1
            pace = (time.monotonic() - since) / max(done - first, 1)
            left.append(pace * (trainer.max_epochs - done))
        for callback in trainer.callbacks:  # type: ignore[attr-defined]
            if isinstance(callback, Timer) and (rest := callback.time_remaining()) is not None:
                left.append(rest)
        return max(min(left), 0.0) if left else None


class MaskRecorder(Callback):
    """Writes the masks of the same few faces after every validation, small.

    ``masks/faces.npz`` holds ``images`` (n, S, S, 3) uint8, ``targets`` (n, 7) and ``names``;
    ``masks/epoch-0007.npz`` the ``masks`` (n, 7, 56, 56) uint8, 255 for 1, after epoch 7,
    counted from 0 as in ``metrics.csv``. Belongs before a running average of the weights, which
    takes itself back at the end of a validation.

    Args:
        run: folder of the run.
        faces: to choose from.
        size: side of the explainer's input in pixels.
        count: of the faces.
    """

    def __init__(self, run: Path, faces: FaceSet, size: int, count: int = 14) -> None:
        self.folder = run / MASKS_FOLDER
        self.faces = faces.first(count)
        self.size = size
        self._pixels: Tensor | None = None

    def on_fit_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Write the faces that are shown, once."""
        if not trainer.is_global_zero:
            return
        tensors = FaceTensors(self.faces, self.size, pl_module.device)
        pictures, targets, *_ = tensors.__getitems__(range(len(tensors)))
        self._pixels = pictures[:, :3].float() / 255
        self.folder.mkdir(exist_ok=True)
        with whole_file(self.folder / "faces.npz") as part:
            np.savez_compressed(
                part,
                images=tensors.pictures[..., :3].cpu().numpy(),
                targets=targets.cpu().numpy(),
                names=np.array(self.faces.names),
            )

    @torch.no_grad()
    def on_validation_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Write the masks of these faces as they are after this epoch."""
        if trainer.sanity_checking or self._pixels is None:
            return
        masks = pl_module.network(self._pixels).sigmoid()  # type: ignore[operator]
        side = min(_SHOWN_SIDE, self.size)
        small = functional.interpolate(masks, (side, side), mode="bilinear", antialias=True)
        values = (small * 255).round().to(torch.uint8).cpu().numpy()
        with whole_file(self.folder / f"epoch-{trainer.current_epoch:04d}.npz") as part:
            np.savez_compressed(part, masks=values)
