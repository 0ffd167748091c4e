"""The command ``train autoencoder``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion_core.optional import need_packages


def train_autoencoder_command(
    data: Annotated[list[Path], typer.Option(help="Data set: folder or zip. Can be repeated.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="More faces, in any layout. Can be repeated.")
    ] = None,
    size: Annotated[int, typer.Option(help="Input side in pixels.")] = 96,
    patch: Annotated[int, typer.Option(help="Patch side in pixels.")] = 8,
    epochs: Annotated[int, typer.Option(min=1)] = 100,
    batch: Annotated[int, typer.Option(min=1)] = 512,
    learning_rate: float = 1e-3,
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="Time limit; training ends within it, in small steps."),
    ] = None,
    seed: int = 0,
    limit: Annotated[int | None, typer.Option(help="Use only this many images.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume from the last epoch.")] = False,
    devices: Annotated[str, typer.Option(help="Devices, as in Lightning.")] = "auto",
    strategy: Annotated[str, typer.Option(help="Strategy, as in Lightning, such as ddp.")] = "auto",
) -> None:
    """Pretrain a vision transformer on faces without labels, for `train classifier --weights`."""
    need_packages("lightning", "torchmetrics")
    from emotion_core.training.classifier.autoencoder import (
        AutoencoderConfig,
        train_autoencoder,
    )
    from emotion_core.training.common.data import join_sets, load_faces, load_unlabelled

    config = AutoencoderConfig(
        size=size,
        patch=patch,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        minutes=minutes,
        seed=seed,
    )
    train, val = load_faces(data, "train"), load_faces(data, "val")
    if limit is not None:
        train, val = train.first(limit), val.first(limit)
    if unlabelled:
        train = join_sets([train, load_unlabelled(unlabelled, limit)])
    print(f"{len(train)} images for training, {len(val)} for validation")
    if train.skipped:
        print(f"Skipped: {train.skipped.describe()}")
    options = {"devices": devices, "strategy": strategy}
    model = train_autoencoder(config, train, val, out, resume=resume, trainer_options=options)
    print(f"Model written to {model}")
