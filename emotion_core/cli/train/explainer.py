"""The command ``train explainer``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from emotion_core.cli.reading import UprightOption, turned_upright
from emotion_core.optional import need_packages

_Weight = Annotated[float, typer.Option(min=0, help="Weight of this term of the loss.")]
_Share = Annotated[
    float, typer.Option(min=0, max=1, help="Share of the image that a mask may cover.")
]


def train_explainer_command(
    data: Annotated[list[Path], typer.Option(help="Data set: folder or zip. Can be repeated.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    model: Annotated[
        str | None, typer.Option(help="Classifier to explain: built-in, folder or hub name.")
    ] = None,
    targets: Annotated[
        Literal["classifier", "labels"],
        typer.Option(help="Explain what the classifier reads or, as in the paper, the labels."),
    ] = "classifier",
    background: Annotated[
        Literal["varied", "zero"],
        typer.Option(
            help="Background behind the masks in training: varied or, as in the paper, zero."
        ),
    ] = "varied",
    backbone: Annotated[
        Literal[
            "resnet50",
            "mobilenet_v3_large",
            "tf_efficientnet_lite2",
            "tf_efficientnet_lite2_plus",
        ],
        typer.Option(
            help=(
                "Backbone of DeepLabV3; the last two start from their classifier, if that is "
                "of the same kind. The last one has a finer grid."
            )
        ),
    ] = "resnet50",
    weights: Annotated[
        Path | None,
        typer.Option(
            help="Backbone weights in torchvision or timm format, or an explainer's folder."
        ),
    ] = None,
    size: Annotated[int, typer.Option(min=16, help="Input side in pixels.")] = 224,
    epochs: Annotated[int, typer.Option(min=1, help="Maximum epochs.")] = 300,
    batch: Annotated[int, typer.Option(min=2)] = 16,
    learning_rate: float = 3e-4,
    classification: _Weight = 1.0,
    entropy: _Weight = 1.0,
    variation: _Weight = 1.0,
    bound: _Weight = 1.0,
    target_area: _Weight = 0.1,
    other_area: _Weight = 0.3,
    drawing: _Weight = 1.0,
    order: _Weight = 1.0,
    area_min: _Share = 0.05,
    area_max: _Share = 0.30,
    augment: Annotated[float, typer.Option(min=0, help="Strength of the augmentation.")] = 0.5,
    balance: Annotated[float, typer.Option(help="Oversampling of rare emotions, 0 to 1.")] = 0.0,
    average: Annotated[
        float, typer.Option(min=0, max=1, help="Decay of the weight average.")
    ] = 0.99,
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="Time limit; training ends within it, in small steps."),
    ] = None,
    validate_every: Annotated[int, typer.Option(min=1, help="Epochs between validations.")] = 1,
    patience: Annotated[
        int, typer.Option(min=1, help="Validations without improvement before training stops.")
    ] = 5,
    min_delta: Annotated[
        float, typer.Option(min=0, help="Smallest change that counts as improvement.")
    ] = 0.001,
    seed: int = 0,
    upright: UprightOption = True,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Use only this many images of each split.")
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Test on the split test at the end.")] = (
        False
    ),
    resume: Annotated[bool, typer.Option("--resume", help="Resume from the last epoch.")] = False,
    fast_dev_run: Annotated[
        bool, typer.Option("--fast-dev-run", help="Run one step of everything, as a check.")
    ] = False,
    devices: Annotated[str, typer.Option(help="Devices, as in Lightning.")] = "auto",
    strategy: Annotated[str, typer.Option(help="Strategy, as in Lightning, such as ddp.")] = "auto",
) -> None:
    """Train an explainer, which masks what a frozen classifier depends on; writes OUT/model."""
    if area_min > area_max:
        raise typer.BadParameter("--area-min must not be larger than --area-max")
    need_packages("lightning", "torchmetrics", "tensorboard")
    from emotion_core.emotions.classifier import EmotionClassifier
    from emotion_core.settings import load_settings
    from emotion_core.training.common.data import load_faces
    from emotion_core.training.explainer.config import ExplainerConfig, LossWeights
    from emotion_core.training.explainer.run import train_explainer
    from emotion_core.training.runs.origin import RunOrigin

    config = ExplainerConfig(
        backbone=backbone,
        weights=weights,
        size=size,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        targets=targets,
        background=background,
        loss=LossWeights(
            classification=classification,
            entropy=entropy,
            variation=variation,
            bound=bound,
            target_area=target_area,
            other_area=other_area,
            drawing=drawing,
            order=order,
            area_min=area_min,
            area_max=area_max,
        ),
        augment=augment,
        balance=balance,
        average=average,
        minutes=minutes,
        validate_every=validate_every,
        patience=patience,
        min_delta=min_delta,
        seed=seed,
    )
    settings = load_settings()
    name = model or settings.model
    classifier = EmotionClassifier.load(name, settings.models_dir, "cpu", exact=True)
    parts = {split: load_faces(data, split) for split in ("train", "val")}
    held_out = load_faces(data, "test") if test else None
    if limit is not None:
        parts = {split: faces.first(limit) for split, faces in parts.items()}
        held_out = None if held_out is None else held_out.first(limit)
    train, val = parts["train"], parts["val"]
    print(f"{len(train)} images for training, {len(val)} for validation")
    if train.skipped:
        print(f"Skipped: {train.skipped.describe()}")
    train, val = (turned_upright(faces, size, upright) for faces in (train, val))
    held_out = None if held_out is None else turned_upright(held_out, size, upright)
    options: dict[str, Any] = {"devices": devices, "strategy": strategy}
    options["fast_dev_run"] = fast_dev_run
    # in a file, each step of the bar would be a line
    options["enable_progress_bar"] = sys.stderr.isatty()
    origin = RunOrigin.of("explainer", data, name, limit, test, devices, strategy, upright=upright)
    folder = train_explainer(
        config,
        classifier,
        train,
        val,
        out,
        test=held_out,
        resume=resume,
        trainer_options=options,
        origin=origin,
    )
    print(f"Explainer written to {folder}")
