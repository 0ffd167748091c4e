"""The command ``train embedder``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion_core.cli.progress import show_progress
from emotion_core.errors import DatasetError
from emotion_core.optional import need_packages


def train_embedder_command(
    data: Annotated[Path, typer.Option(help="Faces with one folder per person: folder or zip.")],
    landmarks: Annotated[
        list[Path],
        typer.Option(
            help="Tables from `dataset landmarks`: of the data, then of each unlabelled set."
        ),
    ],
    teacher: Annotated[Path, typer.Option(help="Teacher: a network for aligned faces, in ONNX.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="More faces, of any person. Can be repeated.")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Pretrained backbone weights from a package.")
    ] = None,
    backbone: Annotated[
        str, typer.Option(help="Backbone, a timm architecture.")
    ] = "tf_efficientnet_lite0",
    epochs: Annotated[int, typer.Option(min=1)] = 60,
    batch: Annotated[int, typer.Option(min=2)] = 512,
    learning_rate: float = 2e-3,
    augment: Annotated[float, typer.Option(min=0, help="Strength of the augmentation.")] = 0.5,
    relations: Annotated[
        float, typer.Option(min=0, help="Weight of the relation between faces in the loss.")
    ] = 5.0,
    average: Annotated[float, typer.Option(help="Decay of the weight average.")] = 0.998,
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="Time limit; training ends within it, in small steps."),
    ] = None,
    validate_every: Annotated[int, typer.Option(min=1, help="Epochs between validations.")] = 1,
    patience: int = 20,
    seed: int = 0,
    limit: Annotated[int, typer.Option(min=0, help="Maximum of each set; 0 for all.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Resume from the last epoch.")] = False,
) -> None:
    """Train an embedder, which tells faces apart, from a teacher; writes OUT/model."""
    need_packages("lightning", "onnxruntime")
    from emotion_core.training.embedder.data import (
        IdentityBatches,
        join_identities,
        load_identities,
        teach,
    )
    from emotion_core.training.embedder.module import EmbedderConfig, train_embedder

    more = unlabelled or []
    if len(landmarks) != 1 + len(more):
        raise DatasetError("Each set needs its table of landmarks, in the same order.")
    config = EmbedderConfig(
        backbone=backbone,
        weights=weights,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        augment=augment,
        relations=relations,
        average=average,
        minutes=minutes,
        validate_every=validate_every,
        patience=patience,
        seed=seed,
    )
    known, val = (
        load_identities(data, landmarks[0], split, limit=limit) for split in ("train", "val")
    )
    others = [
        load_identities(source, points, None, people=False, limit=limit)
        for source, points in zip(more, landmarks[1:], strict=True)
    ]
    train = join_identities([known, *others])
    print(f"{len(train)} faces for training, {len(val)} for validation")
    targets = (
        show_progress(teach(teacher, train.images), "Running the teacher on the training faces"),
        show_progress(teach(teacher, val.images), "Running the teacher on the validation faces"),
    )
    batches = IdentityBatches(train, val, targets, batch)
    print(f"Embedder written to {train_embedder(config, batches, out, resume=resume)}")
