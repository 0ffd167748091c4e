"""The command ``train sound``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion_core.optional import need_packages


def train_sound_command(
    data: Annotated[Path, typer.Option(help="File from `dataset sounds`.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    weights: Annotated[
        Path | None, typer.Option(help="Folder of a network of sounds to continue from.")
    ] = None,
    width: Annotated[int, typer.Option(min=8, help="Numbers a tenth of a second.")] = 96,
    epochs: Annotated[int, typer.Option(min=1)] = 60,
    batch: Annotated[int, typer.Option(min=2, help="Mixes a step.")] = 32,
    learning_rate: float = 3e-3,
    above: Annotated[
        float, typer.Option(min=0, help="Weight of the level of music below speech in the loss.")
    ] = 0.3,
    average: Annotated[float, typer.Option(help="Decay of the weight average.")] = 0.99,
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="Time limit; training ends within it, in small steps."),
    ] = None,
    validate_every: Annotated[int, typer.Option(min=1, help="Epochs between validations.")] = 1,
    patience: int = 20,
    seed: int = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Resume from the last epoch.")] = False,
) -> None:
    """Train the network that hears speech, music and other sound; writes OUT/model.

    OUT/figures.json holds its errors on speakers and scores for validation.
    """
    need_packages("lightning")
    from emotion_core.training.sound.data import SoundBatches
    from emotion_core.training.sound.module import SoundConfig, train_sounds
    from emotion_core.training.sound.prepared import read_prepared

    config = SoundConfig(
        width=width,
        weights=weights,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        above=above,
        average=average,
        minutes=minutes,
        validate_every=validate_every,
        patience=patience,
        seed=seed,
    )
    prepared = read_prepared(data)
    print(f"{len(prepared.stems)} stems of each kind, {len(prepared.mixes)} mixes for validation")
    batches = SoundBatches(prepared, batch, seed)
    print(f"Network of sounds written to {train_sounds(config, batches, out, resume=resume)}")
