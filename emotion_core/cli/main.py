"""The command line, ``eme`` or ``python -m emotion_core``: errors are one sentence.

What computes is imported inside the commands, one per job, so that ``--help`` answers at once.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core import __version__
from emotion_core.cli.app import PASS_ON, serve
from emotion_core.cli.compare import compare
from emotion_core.cli.dataset import dataset_app
from emotion_core.cli.evaluate import evaluate
from emotion_core.cli.explain import explain
from emotion_core.cli.export import export
from emotion_core.cli.library import library_app
from emotion_core.cli.progress import show_progress
from emotion_core.cli.reading import make_reader, read_clip
from emotion_core.cli.train import calibrate, train_app
from emotion_core.errors import EmotionCoreError

if TYPE_CHECKING:
    from emotion_core.render.video.mask_overlay import MaskOverlay
    from emotion_core.scene.analysis import SceneAnalysis
    from emotion_core.scene.reader import Reader

app = typer.Typer(
    name="emotion_core",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(train_app, name="train")
app.add_typer(dataset_app, name="dataset")
app.add_typer(library_app, name="library")
app.command("explain")(explain)
app.command("compare")(compare)
app.command("export")(export)
app.command("evaluate")(evaluate)
app.command("calibrate")(calibrate)

app.command("app", context_settings=PASS_ON)(serve)

_SHOWN = 10


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
def analyze(
    clip: Annotated[Path, typer.Argument(help="A clip, in any format that FFmpeg reads.")],
    out: Annotated[
        Path, typer.Option(help="Folder in which a folder with the clip's name is written.")
    ] = Path("results"),
    model: Annotated[
        str | None,
        typer.Option(help="Built-in model, folder, or hub name such as OWNER/NAME."),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Read every Nth frame only.")] = 1,
    video: Annotated[
        bool, typer.Option("--video", help="Also write the clip with the readings drawn into it.")
    ] = False,
    masks: Annotated[
        bool,
        typer.Option(
            "--masks",
            help="Draw masks over the faces in the video: where the model finds each emotion.",
        ),
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Read anew what an earlier version of Eme has read.")
    ] = False,
) -> None:
    """Read the faces in CLIP: tables, a summary and, with --video, an annotated video.

    Writes faces.parquet, faces.csv, frames.parquet, summary.json and, with --video, annotated.mp4
    to OUT/<clip name>/. With --masks the video also shows where in each face the model finds the
    emotion. A clip that was analyzed before is not analyzed again, unless an earlier version of Eme
    did it and you say --again.
    """
    from emotion_core.export.tables import write_tables
    from emotion_core.files import completed_folder

    if masks and not video:
        raise EmotionCoreError("--masks draws into the video, so it needs --video.")
    target, reader = out / clip.stem, make_reader(model, every)
    with completed_folder(target) as work:
        overlay = _load_masks(reader) if masks else None
        analysis = read_clip(reader, clip, anew=again)
        write_tables(analysis, work)
        if video:
            _draw_video(clip, analysis, work / "annotated.mp4", overlay)
        else:  # one that an earlier reading left would not match the new tables
            (target / "annotated.mp4").unlink(missing_ok=True)
    _print_summary(analysis, target)


@app.command()
def sample() -> None:
    """Build and analyze the sample scene, so that the app has something to show.

    Two public-domain portraits. Takes a few seconds, once; skipped if you deleted it and the
    library has other scenes.
    """
    from emotion_core.library.queries.browsing import scene_entries
    from emotion_core.library.scenes import open_library, open_sample
    from emotion_core.scene.reader import Reader
    from emotion_core.settings import load_settings

    settings = load_settings()
    if not settings.sample_clip.is_file() and scene_entries(open_library(settings), limit=1):
        return  # it was deleted, or never needed: there is something else to see
    show_progress(open_sample(Reader(settings)), "Reading the sample scene")


def _load_masks(reader: Reader) -> MaskOverlay:
    from emotion_core.render.video.mask_overlay import MaskOverlay

    folders = reader.settings.explainer_folders()
    return MaskOverlay.load(reader.classifier, folders, reader.parameters.every)


def _draw_video(
    clip: Path, analysis: SceneAnalysis, path: Path, overlay: MaskOverlay | None
) -> None:
    from emotion_core.render.video.annotated import write_annotated_video

    every = analysis.parameters.every
    task = write_annotated_video(clip, analysis.faces, path, every=every, overlay=overlay)
    show_progress(task, f"Drawing {path.name}")


def _print_summary(analysis: SceneAnalysis, folder: Path) -> None:
    """What a student wants to know first, in words."""
    from emotion_core.emotions.labels import describe
    from emotion_core.emotions.uncertainty import describe_moment
    from emotion_core.scene.summary import describe_uncertainty, summarize
    from emotion_core.text import format_time

    summary, info = summarize(analysis), analysis.info
    shots = f"{summary.shots} shot" + "s" * (summary.shots != 1)
    print(f"\n{analysis.clip.name}: {info.duration:.1f} s, {shots}, {info.width}x{info.height}")
    if summary.characters:
        print(f"A face is in view {summary.face_share:.0%} of the time.")
        if unsure := describe_uncertainty(summary):
            print(unsure)
    else:
        print("No usable face was found in this clip.")
    for one in summary.characters[:_SHOWN]:
        span = f"{format_time(one.start)} to {format_time(one.end)}"
        print(f"  {one.name:<10} {span:<18} {describe(dict(one.shares))}")
    if len(summary.characters) > _SHOWN:
        print(f"  and {len(summary.characters) - _SHOWN} others with less time in view")
    if summary.moments:
        print("Strongest moments:")
    for moment in summary.moments:
        reading = describe_moment(moment.emotion, moment.probability, moment.uncertainty)
        print(f"  {format_time(moment.time):<10} {moment.name:<10} {reading}")
    for warning in analysis.warnings:
        print(f"Note: {warning}")
    print(f"Model: {analysis.model.name}. This is a performed expression, not what anyone feels.")
    print(f"Written to {folder}")


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
