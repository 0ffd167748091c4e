"""The commands ``train ...``, a module each."""

from __future__ import annotations

import typer

from emotion_core.cli.train.autoencoder import train_autoencoder_command
from emotion_core.cli.train.average import average_models_command
from emotion_core.cli.train.classifier import train_classifier_command
from emotion_core.cli.train.embedder import train_embedder_command
from emotion_core.cli.train.explainer import train_explainer_command
from emotion_core.cli.train.mesh import train_mesh_command
from emotion_core.cli.train.sound import train_sound_command
from emotion_core.cli.train.voice import train_voice_command

train_app = typer.Typer(help="Train Eme's own networks.", no_args_is_help=True)
train_app.command("explainer")(train_explainer_command)
train_app.command("classifier")(train_classifier_command)
train_app.command("autoencoder")(train_autoencoder_command)
train_app.command("embedder")(train_embedder_command)
train_app.command("mesh")(train_mesh_command)
train_app.command("sound")(train_sound_command)
train_app.command("voice")(train_voice_command)
train_app.command("average")(average_models_command)


@train_app.callback()
def _train() -> None:
    """Train the project's own networks (needs requirements-train.txt)."""
