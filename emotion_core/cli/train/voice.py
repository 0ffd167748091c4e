"""The command ``train voice``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion_core.cli.progress import show_progress


def train_voice_command(
    data: Annotated[
        list[Path],
        typer.Option(
            help="Acted speech, <emotion>/<speaker>_<anything>: folder or zip. Can be repeated."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    conditions: Annotated[
        int,
        typer.Option(min=0, help="Made-up scenes a speaker, with rooms, codecs, noise, music."),
    ] = 5,
    strength: Annotated[float, typer.Option(min=0, help="Weight of large coefficients.")] = 0.01,
    draws: Annotated[
        int, typer.Option(min=1, help="How often the usual of each speaker is drawn.")
    ] = 5,
    folds: Annotated[
        int, typer.Option(min=2, help="Parts of the speakers that are left out in turn.")
    ] = 6,
    everyone: Annotated[
        bool, typer.Option("--everyone", help="Learn from the speakers of the test too.")
    ] = False,
    seed: int = 0,
    limit: Annotated[int, typer.Option(min=0, help="Maximum of each set; 0 for all.")] = 0,
) -> None:
    """Train the network that reads how lines are spoken; writes OUT/model.

    A fifth of the speakers of each set is left for the test. OUT/figures.json says how well
    speakers and sets are read that were left out in turn.
    """
    from emotion_core.training.voice.data import (
        held_out_speakers,
        load_utterances,
        measure_scenes,
    )
    from emotion_core.training.voice.run import VoiceConfig, train_voice

    utterances = [one for source in data for one in load_utterances(source, limit)]
    speakers = {one.speaker for one in utterances}
    if not everyone:
        speakers -= held_out_speakers(sorted(speakers))
        utterances = [one for one in utterances if one.speaker in speakers]
    print(f"{len(utterances)} utterances of {len(speakers)} speakers")
    examples = show_progress(
        measure_scenes(utterances, conditions, seed), "Putting the voices into scenes"
    )
    config = VoiceConfig(strength=strength, draws=draws, folds=folds, seed=seed)
    print(f"Voice network written to {train_voice(config, examples, out)}")
