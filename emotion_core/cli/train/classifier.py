"""The command ``train classifier``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from emotion_core.cli.reading import UprightOption, turned_upright
from emotion_core.errors import DatasetError
from emotion_core.optional import need_packages


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
    morphs: Annotated[
        int,
        typer.Option(
            min=0,
            help=(
                "So many weaker expressions, made between faces at rest and expressions of the "
                "same persons among the faces without labels (one folder a person)."
            ),
        ),
    ] = 0,
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
    covered: Annotated[
        float, typer.Option(min=0, max=1, help="Share of faces behind painted hands, glasses, ...")
    ] = 0.0,
    balance: Annotated[float, typer.Option(help="Oversampling of rare emotions, 0 to 1.")] = 0.0,
    adjustment: Annotated[
        float,
        typer.Option(
            min=0,
            help=(
                "How far the loss allows for emotions that are rare in a data set; with 1, the "
                "readings are of a world in which all are equally common."
            ),
        ),
    ] = 0.0,
    average: Annotated[float, typer.Option(help="Decay of the weight average.")] = 0.998,
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="Time limit; training ends within it, in small steps."),
    ] = None,
    validate_every: Annotated[int, typer.Option(min=1, help="Epochs between validations.")] = 1,
    patience: int = 15,
    seed: int = 0,
    upright: UprightOption = True,
    limit: Annotated[int | None, typer.Option(help="Use only this many images.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume from the last epoch.")] = False,
    devices: Annotated[str, typer.Option(help="Devices, as in Lightning.")] = "auto",
    strategy: Annotated[str, typer.Option(help="Strategy, as in Lightning, such as ddp.")] = "auto",
) -> None:
    """Train a classifier of the seven emotions on soft labels; writes OUT/model."""
    if unlabelled and not teacher:
        raise DatasetError("Faces without labels need a teacher: name one with --teacher.")
    if morphs and not unlabelled:
        raise DatasetError("Morphs are made of faces without labels: name some with --unlabelled.")
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
        covered=covered,
        balance=balance,
        adjustment=adjustment,
        teachers=tuple(teacher or ()),
        distill=distill,
        morphs=morphs,
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
    train, val = (turned_upright(faces, size, upright) for faces in (train, val))
    options = {"devices": devices, "strategy": strategy}
    origin = RunOrigin.of(
        "classifier", data, None, limit, False, devices, strategy, upright=upright
    )
    model = train_classifier(
        config, train, val, out, resume=resume, trainer_options=options, origin=origin
    )
    print(f"Model written to {model}")
