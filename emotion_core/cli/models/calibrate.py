"""The command ``calibrate``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from emotion_core.cli.reading import UprightOption, turned_upright
from emotion_core.errors import DatasetError
from emotion_core.types import FloatArray

if TYPE_CHECKING:
    from emotion_core.training.common.data import FaceSet


def calibrate(
    dataset: Annotated[
        list[Path], typer.Argument(help="Folders or zips; their split val is used.")
    ],
    model: Annotated[Path, typer.Option(help="Model folder, which is changed.")],
    without: Annotated[
        list[Path] | None,
        typer.Option(help="For each DATASET in turn, a model trained in the same way without it."),
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option(
            help=(
                "With --without: a model trained as those are, but on all of DATASET. The "
                "temperature allows for how much surer the model is than this one."
            )
        ),
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
    from emotion_core.training.common.data import load_faces

    if without is not None and len(without) != len(dataset):
        raise DatasetError("--without needs one model for each data set.")
    if without is not None and most_divergence is not None:
        raise DatasetError("--most-divergence and --without do not go together.")
    if like is not None and without is None:
        raise DatasetError("--like goes with --without.")
    sets = [load_faces([data], "val") for data in dataset]
    targets = [faces.targets for faces in sets]
    shift = prior_shift(np.concatenate(targets), prior)

    def read(readers: Sequence[Path]) -> list[FloatArray]:
        pairs = zip(sets, readers, strict=True)
        return [_read(faces, reader, upright) + shift for faces, reader in pairs]

    def fit_seen(reader: Path, most: float | None = None) -> float:
        logits = np.concatenate(read([reader] * len(sets)))
        return fit_temperature(logits, np.concatenate(targets), most)

    readings = read([model] * len(sets) if without is None else without)
    if without is None:
        fitted = fit_seen(model, most_divergence)
    else:
        fitted = fit_unseen_temperature(list(zip(readings, targets, strict=True)))
    surer = 1.0 if like is None else fit_seen(model) / fit_seen(like)
    temperature = fitted * surer
    fold_calibration(model, temperature, shift)
    seen = "" if without is None else " that were not seen"
    count = sum(len(faces) for faces in sets)
    print(f"Temperature {temperature:.3f}, from {count} images{seen}, stored in {model}")
    for data, logits, votes in zip(dataset, readings, targets, strict=True):
        error = error_at(fitted, logits, votes)
        print(f"Calibration error on {data.name}: {100 * error:.1f}%")


def _read(faces: FaceSet, model: Path, upright: bool) -> FloatArray:
    """(n, 7) logits of a model on some faces."""
    from emotion_core.emotions.classifier import EmotionClassifier
    from emotion_core.settings import load_settings

    settings = load_settings()
    classifier = EmotionClassifier.load(
        str(model), settings.models_dir, settings.device, exact=True
    )
    turned = turned_upright(faces, classifier.preprocessing.size, upright)
    return classifier.classify(turned.images).logits
