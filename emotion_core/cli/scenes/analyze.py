"""The command ``analyze``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core.cli.jobs import read_on_cluster
from emotion_core.cli.progress import show_progress
from emotion_core.cli.reading import make_reader, read_clip
from emotion_core.errors import EmotionCoreError, MediaError

if TYPE_CHECKING:
    from emotion_core.performance.delivery.scene_sound import SceneSound
    from emotion_core.render.video.mask_overlay import MaskOverlay
    from emotion_core.scene.analysis import SceneAnalysis
    from emotion_core.scene.reader import Reader

_SHOWN = 10


def analyze(
    clips: Annotated[
        list[Path],
        typer.Argument(help="Clips in any format that FFmpeg reads, or folders of them."),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder in which a folder with each clip's name is written.")
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
    lanes: Annotated[
        bool,
        typer.Option(
            help="Show what is heard in the video: the line that is said, voice, speaker, music."
        ),
    ] = True,
    again: Annotated[
        bool, typer.Option("--again", help="Read anew what an earlier version of Eme has read.")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Have clips read by the Dask cluster at this address: tcp://host:8786."),
    ] = None,
) -> None:
    """Read the faces in CLIPS: tables, a summary and, with --video, an annotated video.

    Writes faces.parquet, faces.csv, movements.csv, frames.parquet, summary.json, of the sound
    lines.csv, utterances.csv and sound.csv and, with --video, annotated.mp4 to OUT/<clip name>/.
    The video shows what is heard and said below the picture, unless you say --no-lanes. With
    --masks it also shows where in each face the model finds the emotion. A clip that
    was analyzed before is not analyzed again, unless an earlier version of Eme did it and you say
    --again; one that was broken off goes on where it stopped. A clip that cannot be read does not
    keep the others from being read. Workers of a cluster, see the command worker, must find the
    clips and the data directory in the same places as this machine.
    """
    if masks and not video:
        raise EmotionCoreError("--masks draws into the video, so it needs --video.")
    found = list(_clips(clips))
    twice = [name for name, count in Counter(clip.stem for clip in found).items() if count > 1]
    if twice:
        raise EmotionCoreError(
            f"Two clips would be written to {out / twice[0]}. Analyze them one by one, each with "
            "its own --out."
        )
    refused: dict[Path, str] = {}
    if scheduler is not None:
        if every > 1:
            raise EmotionCoreError("A cluster reads every frame: leave out --every or --scheduler.")
        refused = show_progress(read_on_cluster(found, model, scheduler, anew=again), "Reading")
    reader = make_reader(model, every)
    overlay = _load_masks(reader) if masks else None
    failed = 0
    for clip in found:
        try:
            if clip in refused:
                raise MediaError(refused[clip])
            _analyze(reader, clip, out / clip.stem, video, overlay, lanes=lanes, again=again)
        except EmotionCoreError as error:
            if len(found) == 1:
                raise
            failed += 1
            print(f"Error: {clip}: {error}", file=sys.stderr)
    if failed:
        raise EmotionCoreError(f"{failed} of {len(found)} clips were not analyzed.")


def _clips(paths: Sequence[Path]) -> Iterator[Path]:
    """The clips that were named, and those in folders that were."""
    from emotion_core.media.opening import clips_in

    for path in paths:
        if path.is_dir():
            yield from clips_in(path)
        else:
            yield path


def _analyze(
    reader: Reader,
    clip: Path,
    target: Path,
    video: bool,
    overlay: MaskOverlay | None,
    *,
    lanes: bool,
    again: bool,
) -> None:
    from emotion_core.export.tables import write_tables
    from emotion_core.files import completed_folder
    from emotion_core.library.deliveries import scene_sound

    with completed_folder(target) as work:
        analysis = read_clip(reader, clip, anew=again)
        sound = scene_sound(reader.settings, analysis)
        write_tables(analysis, work, sound)
        if video:
            shown = sound if lanes else None
            _draw_video(clip, analysis, work / "annotated.mp4", overlay, shown)
        else:  # one that an earlier reading left would not match the new tables
            (target / "annotated.mp4").unlink(missing_ok=True)
    _print_summary(analysis, target)


def _load_masks(reader: Reader) -> MaskOverlay:
    from emotion_core.render.video.mask_overlay import MaskOverlay

    folders = reader.settings.explainer_folders()
    return MaskOverlay.load(reader.classifier, folders, reader.parameters.every)


def _draw_video(
    clip: Path,
    analysis: SceneAnalysis,
    path: Path,
    overlay: MaskOverlay | None,
    heard: SceneSound | None,
) -> None:
    from emotion_core.render.video.annotated import write_annotated_video

    every = analysis.parameters.every
    task = write_annotated_video(
        clip, analysis.faces, path, every=every, overlay=overlay, heard=heard
    )
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
