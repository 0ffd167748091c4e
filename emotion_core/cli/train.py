"""The commands ``train`` and ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from emotion_core.cli.progress import show_progress
from emotion_core.cli.train_explainer import train_explainer_command
from emotion_core.errors import DatasetError
from emotion_core.optional import need_packages

train_app = typer.Typer(help="Train the project's own networks.", no_args_is_help=True)
train_app.command("explainer")(train_explainer_command)


@train_app.callback()
def _train() -> None:
    """Train the project's own networks (needs requirements-train.txt)."""


@train_app.command("classifier")
def train_classifier_command(
    data: Annotated[list[Path], typer.Option(help="Data set: folder or zip; may be repeated.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    weights: Annotated[
        Path | None,
        typer.Option(help="Pretrained weights of the backbone from a package, or a model folder."),
    ] = None,
    labels: Annotated[
        Literal["auto", "folders"], typer.Option(help="Votes where there are any, or folders.")
    ] = "auto",
    teacher: Annotated[
        list[Path] | None, typer.Option(help="Model folder to learn from; may be repeated.")
    ] = None,
    distill: Annotated[float, typer.Option(help="Share of the targets by teachers.")] = 0.7,
    hints: Annotated[
        float, typer.Option(min=0, help="Weight of the teacher's features; for transformers.")
    ] = 0.0,
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="Faces that only teachers label; may be repeated.")
    ] = None,
    backbone: Annotated[str, typer.Option(help="A timm architecture.")] = "tf_efficientnet_lite2",
    size: Annotated[int, typer.Option(help="Side of the input in pixels.")] = 112,
    epochs: Annotated[int, typer.Option(min=1)] = 40,
    batch: Annotated[int, typer.Option(min=1)] = 256,
    learning_rate: float = 1e-3,
    layer_decay: Annotated[float, typer.Option(help="Of the rate, block by block.")] = 1.0,
    mix: Annotated[float, typer.Option(help="Share of batches with mixup.")] = 0.5,
    smoothing: Annotated[float, typer.Option(help="Label smoothing.")] = 0.05,
    augment: Annotated[float, typer.Option(help="Strength of the augmentation.")] = 1.0,
    balance: Annotated[float, typer.Option(help="Draw rare emotions more often, 0 to 1.")] = 0.0,
    average: Annotated[float, typer.Option(help="Decay of the average of the weights.")] = 0.998,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="End within this time, in small steps.")
    ] = None,
    validate_every: Annotated[int, typer.Option(min=1, help="Epochs between validations.")] = 1,
    patience: int = 15,
    seed: int = 0,
    limit: Annotated[int | None, typer.Option(help="Use this many pictures only.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last epoch.")] = False,
    devices: Annotated[str, typer.Option(help="Lightning's devices.")] = "auto",
    strategy: Annotated[str, typer.Option(help="Lightning's strategy, such as ddp.")] = "auto",
) -> None:
    """Train a classifier of the seven emotions on soft labels and export it to OUT/model."""
    if unlabelled and not teacher:
        raise DatasetError("Faces without labels need a teacher; name one with --teacher.")
    need_packages("lightning", "torchmetrics")
    from emotion_core.training.classifier.module import ClassifierConfig, train_classifier
    from emotion_core.training.common.data import join_sets, load_faces, load_unlabelled
    from emotion_core.training.runs.origin import RunOrigin

    config = ClassifierConfig(
        backbone=backbone,
        weights=weights,
        size=size,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        layer_decay=layer_decay,
        mix=mix,
        smoothing=smoothing,
        augment=augment,
        balance=balance,
        teachers=tuple(teacher or ()),
        distill=distill,
        hints=hints,
        average=average,
        minutes=minutes,
        validate_every=validate_every,
        patience=patience,
        seed=seed,
    )
    train, val = load_faces(data, "train", labels), load_faces(data, "val", labels)
    if limit is not None:
        train, val = train.first(limit), val.first(limit)
    if unlabelled:
        train = join_sets([train, load_unlabelled(unlabelled, limit)])
    print(f"{len(train)} pictures to train on, {len(val)} to choose by; left out: {train.skipped}")
    options = {"devices": devices, "strategy": strategy}
    origin = RunOrigin.of("classifier", data, None, limit, False, devices, strategy)
    model = train_classifier(
        config, train, val, out, resume=resume, trainer_options=options, origin=origin
    )
    print(f"Model written to {model}")


@train_app.command("autoencoder")
def train_autoencoder_command(
    data: Annotated[list[Path], typer.Option(help="Data set: folder or zip; may be repeated.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="More faces, of any layout; may be repeated.")
    ] = None,
    size: Annotated[int, typer.Option(help="Side of the input in pixels.")] = 96,
    patch: Annotated[int, typer.Option(help="Side of a patch in pixels.")] = 8,
    epochs: Annotated[int, typer.Option(min=1)] = 100,
    batch: Annotated[int, typer.Option(min=1)] = 512,
    learning_rate: float = 1e-3,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="End within this time, in small steps.")
    ] = None,
    seed: int = 0,
    limit: Annotated[int | None, typer.Option(help="Use this many pictures only.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last epoch.")] = False,
    devices: Annotated[str, typer.Option(help="Lightning's devices.")] = "auto",
    strategy: Annotated[str, typer.Option(help="Lightning's strategy, such as ddp.")] = "auto",
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
    print(f"{len(train)} pictures to learn from, {len(val)} to watch; left out: {train.skipped}")
    options = {"devices": devices, "strategy": strategy}
    model = train_autoencoder(config, train, val, out, resume=resume, trainer_options=options)
    print(f"Model written to {model}")


@train_app.command("embedder")
def train_embedder_command(
    data: Annotated[Path, typer.Option(help="Faces in a folder a person: folder or zip.")],
    landmarks: Annotated[
        list[Path],
        typer.Option(help="Tables of `dataset landmarks`: of the data, then of each unlabelled."),
    ],
    teacher: Annotated[Path, typer.Option(help="A network over aligned faces, in ONNX.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="More faces, of whomever; may be repeated.")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Pretrained weights of the backbone from a package.")
    ] = None,
    backbone: Annotated[str, typer.Option(help="A timm architecture.")] = "tf_efficientnet_lite0",
    epochs: Annotated[int, typer.Option(min=1)] = 60,
    batch: Annotated[int, typer.Option(min=2)] = 512,
    learning_rate: float = 2e-3,
    augment: Annotated[float, typer.Option(min=0, help="Strength of the augmentation.")] = 0.5,
    relations: Annotated[
        float, typer.Option(min=0, help="Weight of how faces stand to each other.")
    ] = 5.0,
    average: Annotated[float, typer.Option(help="Decay of the average of the weights.")] = 0.998,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="End within this time, in small steps.")
    ] = None,
    validate_every: Annotated[int, typer.Option(min=1, help="Epochs between validations.")] = 1,
    patience: int = 20,
    seed: int = 0,
    limit: Annotated[int, typer.Option(min=0, help="So many of each set; 0 for all.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last epoch.")] = False,
) -> None:
    """Train an embedder, which tells faces apart, on what a teacher says; writes OUT/model."""
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
    print(f"{len(train)} faces to learn from, {len(val)} to choose by")
    targets = (
        show_progress(teach(teacher, train.images), "Asking the teacher about faces to learn from"),
        show_progress(teach(teacher, val.images), "Asking the teacher about faces to choose by"),
    )
    batches = IdentityBatches(train, val, targets, batch)
    print(f"Embedder written to {train_embedder(config, batches, out, resume=resume)}")


def calibrate(
    dataset: Annotated[
        list[Path], typer.Argument(help="Folders or zips; their split val is used.")
    ],
    model: Annotated[Path, typer.Option(help="Folder of the model, which is changed.")],
    most_divergence: Annotated[
        float | None,
        typer.Option(min=0, help="Largest mean divergence from the votes, in nats."),
    ] = None,
) -> None:
    """Fit a temperature on the split val of DATASET and fold it into the model's last layer."""
    from emotion_core.emotions.classifier import EmotionClassifier
    from emotion_core.settings import load_settings
    from emotion_core.training.classifier.calibration import (
        fit_temperature,
        fold_temperature,
    )
    from emotion_core.training.common.data import load_faces

    settings = load_settings()
    classifier = EmotionClassifier.load(
        str(model), settings.models_dir, settings.device, exact=True
    )
    faces = load_faces(dataset, "val")
    logits = classifier.classify(faces.images).logits
    temperature = fit_temperature(logits, faces.targets, most_divergence)
    fold_temperature(model, temperature)
    print(f"Temperature {temperature:.3f}, from {len(faces)} pictures, folded into {model}")
