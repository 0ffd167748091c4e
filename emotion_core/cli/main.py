"""The command line, ``eme`` or ``python -m emotion_core``: errors are one sentence.

What computes is imported inside the commands, one per job, so that ``--help`` answers at once.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from emotion_core import __version__
from emotion_core.cli.app import PASS_ON, serve
from emotion_core.cli.dataset import dataset_app
from emotion_core.cli.jobs import jobs, worker
from emotion_core.cli.library import library_app
from emotion_core.cli.lines import lines_app
from emotion_core.cli.models.calibrate import calibrate
from emotion_core.cli.models.evaluate import evaluate
from emotion_core.cli.progress import show_progress
from emotion_core.cli.scenes.analyze import analyze
from emotion_core.cli.scenes.compare import compare
from emotion_core.cli.scenes.explain import explain
from emotion_core.cli.scenes.export import export
from emotion_core.cli.train import train_app
from emotion_core.errors import EmotionCoreError

app = typer.Typer(
    name="emotion_core",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(train_app, name="train")
app.add_typer(dataset_app, name="dataset")
app.add_typer(library_app, name="library")
app.add_typer(lines_app, name="lines")
app.command("analyze")(analyze)
app.command("explain")(explain)
app.command("compare")(compare)
app.command("export")(export)
app.command("evaluate")(evaluate)
app.command("calibrate")(calibrate)
app.command("jobs")(jobs)
app.command("worker")(worker)

app.command("app", context_settings=PASS_ON)(serve)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"Eme {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Study how faces play emotion in a film scene, moment by moment."""


@app.command()
def sample() -> None:
    """Build and analyze the sample scene, so that the app has something to show.

    Two public-domain portraits. Takes a few seconds, once; skipped if you deleted it and the
    library has other scenes.
    """
    from emotion_core.library.queries.browsing import scene_entries
    from emotion_core.library.scenes import open_library, open_sample
    from emotion_core.library.sounds import hear_clip
    from emotion_core.scene.clips.store import identify
    from emotion_core.scene.reader import Reader
    from emotion_core.settings import load_settings

    settings = load_settings()
    if not settings.sample_clip.is_file() and scene_entries(open_library(settings), limit=1):
        return  # it was deleted, or never needed: there is something else to see
    show_progress(open_sample(Reader(settings)), "Reading the sample scene")
    clip = settings.sample_clip
    show_progress(hear_clip(settings, clip, identify(clip)), "Listening to the sample scene")


def main() -> None:
    """Run the command line; what a user can mend ends with one sentence and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names of files need not be UTF-8
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except EmotionCoreError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
