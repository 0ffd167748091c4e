"""The command ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
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
    prior: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="How far emotions common in DATASET are read more readily."
        ),
    ] = 0.0,
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
        error_at,
        fit_temperature,
        fit_unseen_temperature,
        fold_calibration,
        prior_shift,
    )

    if without is not None and len(without) != len(dataset):
        raise DatasetError("--without needs one model for each data set.")
    if without is not None and most_divergence is not None:
        raise DatasetError("--most-divergence and --without do not go together.")
    readers = [model] * len(dataset) if without is None else without
    read = [_read(data, reader, upright) for data, reader in zip(dataset, readers, strict=True)]
    targets = np.concatenate([part for _, part in read])
    shift = prior_shift(targets, prior)
    shifted = [(logits + shift, part) for logits, part in read]
    if without is None:
        logits = np.concatenate([part for part, _ in shifted])
        temperature = fit_temperature(logits, targets, most_divergence)
    else:
        temperature = fit_unseen_temperature(shifted)
    fold_calibration(model, temperature, shift)
    seen = "" if without is None else " that were not seen"
    print(f"Temperature {temperature:.3f}, from {len(targets)} images{seen}, stored in {model}")
    for data, each in zip(dataset, shifted, strict=True):
        print(f"Calibration error on {data.name}: {100 * error_at(temperature, *each):.1f}%")


def _read(data: Path, model: Path, upright: bool) -> tuple[FloatArray, FloatArray]:
    """(n, 7) logits of a model on the split val of some data, and the (n, 7) votes."""
    from emotion_core.emotions.classifier import EmotionClassifier
    from emotion_core.settings import load_settings
    from emotion_core.training.common.data import load_faces

    settings = load_settings()
    classifier = EmotionClassifier.load(
        str(model), settings.models_dir, settings.device, exact=True
    )
    faces = load_faces([data], "val")
    faces = turned_upright(faces, classifier.preprocessing.size, upright)
    return classifier.classify(faces.images).logits, faces.targets
