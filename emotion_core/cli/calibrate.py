"""The command ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


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
