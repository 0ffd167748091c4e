"""The commands ``train`` and ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from emotion_core.cli.progress import show_progress
from emotion_core.cli.train_explainer import train_explainer_command
from emotion_core.errors import DatasetError
from emotion_core.optional import need_packages

train_app = typer.Typer(help="Train Eme's own networks.", no_args_is_help=True)
train_app.command("explainer")(train_explainer_command)


@train_app.callback()
def _train() -> None:
    """Train the project's own networks (needs requirements-train.txt)."""


@train_app.command("classifier")
def train_classifier_command(
    data: Annotated[list[Path], typer.Option(help="Data set: folder or zip. Can be repeated.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    weights: Annotated[
        Path | None,
        typer.Option(help="Pretrained backbone weights from a package, or a model folder."),
    ] = None,
    labels: Annotated[
        Literal["auto", "folders"],
        typer.Option(help="Labels from votes (default where they exist) or from folders."),
    ] = "auto",
    teacher: Annotated[
        list[Path] | None, typer.Option(help="Model folder of a teacher. Can be repeated.")
    ] = None,
    distill: Annotated[float, typer.Option(help="Share of the teachers in the targets.")] = 0.7,
    hints: Annotated[
        float,
        typer.Option(
            min=0, help="Weight of feature distillation from the teacher; transformers only."
        ),
    ] = 0.0,
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="Faces that only teachers label. Can be repeated.")
    ] = None,
    backbone: Annotated[
        str, typer.Option(help="Backbone, a timm architecture.")
    ] = "tf_efficientnet_lite2",
    size: Annotated[int, typer.Option(help="Input side in pixels.")] = 112,
    epochs: Annotated[int, typer.Option(min=1)] = 40,
    batch: Annotated[int, typer.Option(min=1)] = 256,
    learning_rate: float = 1e-3,
    layer_decay: Annotated[float, typer.Option(help="Learning-rate decay per block.")] = 1.0,
    mix: Annotated[float, typer.Option(help="Share of batches with mixup.")] = 0.5,
    smoothing: Annotated[float, typer.Option(help="Label smoothing.")] = 0.05,
    augment: Annotated[float, typer.Option(help="Strength of the augmentation.")] = 1.0,
    balance: Annotated[float, typer.Option(help="Oversampling of rare emotions, 0 to 1.")] = 0.0,
    average: Annotated[float, typer.Option(help="Decay of the weight average.")] = 0.998,
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="Time limit; training ends within it, in small steps."),
    ] = None,
    validate_every: Annotated[int, typer.Option(min=1, help="Epochs between validations.")] = 1,
    patience: int = 15,
    seed: int = 0,
    limit: Annotated[int | None, typer.Option(help="Use only this many images.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume from the last epoch.")] = False,
    devices: Annotated[str, typer.Option(help="Devices, as in Lightning.")] = "auto",
    strategy: Annotated[str, typer.Option(help="Strategy, as in Lightning, such as ddp.")] = "auto",
) -> None:
    """Train a classifier of the seven emotions on soft labels; writes OUT/model."""
    if unlabelled and not teacher:
        raise DatasetError("Faces without labels need a teacher: name one with --teacher.")
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
    print(f"{len(train)} images for training, {len(val)} for validation")
    if train.skipped:
        print(f"Skipped: {train.skipped.describe()}")
    options = {"devices": devices, "strategy": strategy}
    origin = RunOrigin.of("classifier", data, None, limit, False, devices, strategy)
    model = train_classifier(
        config, train, val, out, resume=resume, trainer_options=options, origin=origin
    )
    print(f"Model written to {model}")


@train_app.command("autoencoder")
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


@train_app.command("embedder")
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


def calibrate(
    dataset: Annotated[
        list[Path], typer.Argument(help="Folders or zips; their split val is used.")
    ],
    model: Annotated[Path, typer.Option(help="Model folder, which is changed.")],
    most_divergence: Annotated[
        float | None,
        typer.Option(min=0, help="Largest mean divergence from the votes, in nats."),
    ] = None,
) -> None:
    """Fit a temperature on the val split of DATASET and store it in the last layer of the model."""
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
    print(f"Temperature {temperature:.3f}, from {len(faces)} images, stored in {model}")
