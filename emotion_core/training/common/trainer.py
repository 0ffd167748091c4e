"""What all training runs share: their folder, their trainer, resuming from a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.loggers import CSVLogger, Logger

from emotion_core.training.common.schedule import time_limit
from emotion_core.training.runs.origin import RunOrigin, write_config

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def begin_run(
    config: DataclassInstance, seed: int, run: Path, origin: RunOrigin | None = None
) -> None:
    """Make the folder of a run with ``config.json``, and fix everything random.

    Args:
        config: the settings.
        seed: of everything random.
        run: the folder; it may be there.
        origin: what the run is started with.
    """
    lightning.seed_everything(seed, workers=True)
    torch.set_float32_matmul_precision("high")
    run.mkdir(parents=True, exist_ok=True)
    write_config(run, config, origin)


def make_trainer(
    run: Path,
    callbacks: Sequence[Callback],
    *,
    epochs: int,
    minutes: float | None = None,
    validate_every: int = 1,
    loggers: Sequence[Logger] = (),
    options: dict[str, Any] | None = None,
) -> lightning.Trainer:
    """A trainer that writes ``metrics.csv``, clips gradients and uses bfloat16 on a GPU.

    Args:
        run: folder of the run.
        callbacks: of the run.
        epochs: passes over the training set.
        minutes: time after which the run ends.
        validate_every: epochs from one validation to the next.
        loggers: more of them.
        options: passed to Lightning's Trainer; they win over what is set here.
    """
    settings: dict[str, Any] = {"precision": run_precision(), **(options or {})}
    return lightning.Trainer(
        max_epochs=epochs,
        logger=[CSVLogger(run, name="", version=""), *loggers],
        callbacks=list(callbacks),
        default_root_dir=run,
        gradient_clip_val=1.0,
        max_time=time_limit(minutes),
        check_val_every_n_epoch=validate_every,
        **settings,
    )


def fit(
    trainer: lightning.Trainer,
    module: lightning.LightningModule,
    batches: lightning.LightningDataModule,
    run: Path,
    *,
    resume: bool,
) -> None:
    """Train; on request from the last checkpoint of the folder, where there is one.

    The metrics so far are kept as ``metrics-1.csv`` and so on.
    """
    last = last_checkpoint(run)
    goes_on = resume and last.exists()
    if goes_on and trainer.is_global_zero:
        keep_metrics(run)
    trainer.fit(module, datamodule=batches, ckpt_path=last if goes_on else None)


def last_checkpoint(run: Path) -> Path:
    """Where the checkpoint lies from which a run continues."""
    return run / "checkpoints" / "last.ckpt"


def take_best(module: lightning.LightningModule, best: str) -> None:
    """Give a module the weights of its best epoch; nothing happens where none was kept.

    Args:
        module: after its training.
        best: ``ModelCheckpoint.best_model_path``.
    """
    if best:
        state = torch.load(best, map_location="cpu", weights_only=True)
        module.load_state_dict(state["state_dict"])


def keep_metrics(run: Path) -> None:
    """Move the metrics of the part before out of the way of the logger, which deletes them."""
    if (run / "metrics.csv").exists():
        number = len(list(run.glob("metrics-*.csv"))) + 1
        (run / "metrics.csv").rename(run / f"metrics-{number}.csv")


def run_precision() -> str:
    """Mixed bfloat16 on a GPU."""
    return "bf16-mixed" if torch.cuda.is_available() else "32-true"
