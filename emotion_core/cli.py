"""The command line, ``python -m emotion_core``: one command per job, errors in one sentence."""

from __future__ import annotations

import sys

import typer

from emotion_core.errors import EmotionCoreError
from emotion_core.training.cli import evaluate, train_app

app = typer.Typer(
    name="emotion_core",
    help="Study how faces play emotion in a film scene, moment by moment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(train_app, name="train")
app.command("evaluate")(evaluate)


def main() -> None:
    """Run the command line; what a user can mend ends with one sentence and exit code 2."""
    try:
        app()
    except EmotionCoreError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
