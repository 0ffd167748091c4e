"""The command ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion_core.cli.reading import UprightOption, turned_upright
from emotion_core.errors import DatasetError
from emotion_core.types import FloatArray


def calibrate(
    dataset: Annotated[
        list[Path], typer.Argument(help="Folders or zips; their split val is used.")
    ],
    model: Annotated[Path, typer.Option(help="Model folder, which is changed.")],
    without: Annotated[
        list[Path] | None,
        typer.Option(help="For each DATASET in turn, a model trained in the same way without it."),
    ] = None,
    most_divergence: Annotated[
        float | None,
        typer.Option(min=0, help="Largest mean divergence from the votes, in nats."),
    ] = None,
    upright: UprightOption = True,
) -> None:
    """Fit a temperature on the split val of DATASET and store it in the last layer of the model.

    With --without, the temperature is that with the smallest calibration error on data sets that a
    model has not seen, as the films of a user are.
    """
    from emotion_core.training.classifier.calibration import (
        fit_temperature,
        fit_unseen_temperature,
        fold_temperature,
    )

    if without is None:
        logits, targets = _read(dataset, model, upright)
        temperature = fit_temperature(logits, targets, most_divergence)
        fitted_on = f"{len(targets)} images"
    else:
        if len(without) != len(dataset):
            raise DatasetError("--without needs one model for each data set.")
        if most_divergence is not None:
            raise DatasetError("--most-divergence and --without do not go together.")
        unseen = [
            _read([data], other, upright) for data, other in zip(dataset, without, strict=True)
        ]
        temperature = fit_unseen_temperature(unseen)
        fitted_on = f"{sum(len(targets) for _, targets in unseen)} images that were not seen"
    fold_temperature(model, temperature)
    print(f"Temperature {temperature:.3f}, from {fitted_on}, stored in {model}")


def _read(data: list[Path], model: Path, upright: bool) -> tuple[FloatArray, FloatArray]:
    """(n, 7) logits of a model on the split val of some data, and the (n, 7) votes."""
    from emotion_core.emotions.classifier import EmotionClassifier
    from emotion_core.settings import load_settings
    from emotion_core.training.common.data import load_faces

    settings = load_settings()
    classifier = EmotionClassifier.load(
        str(model), settings.models_dir, settings.device, exact=True
    )
    faces = load_faces(data, "val")
    faces = turned_upright(faces, classifier.preprocessing.size, upright)
    return classifier.classify(faces.images).logits, faces.targets
