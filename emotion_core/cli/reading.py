"""What commands that read a clip or a data set share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core.cli.progress import show_progress
from emotion_core.files import printable

if TYPE_CHECKING:
    from emotion_core.scene.analysis import SceneAnalysis
    from emotion_core.scene.reader import Reader
    from emotion_core.training.common.data import FaceSet

UprightOption = Annotated[
    bool,
    typer.Option(
        "--upright/--as-they-are",
        help="Turn each face upright first, as the app does, or take images as they are.",
    ),
]


def make_reader(model: str | None, every: int = 1) -> Reader:
    """What reads the clips of a command."""
    from emotion_core.scene.reader import Reader
    from emotion_core.settings import load_settings

    return Reader(load_settings(), model, every=every)


def read_clip(reader: Reader, clip: Path, *, anew: bool = False) -> SceneAnalysis:
    """The analysis of a clip: looked up, or else read and entered in the library, and heard.

    Its tracks bear the names of their characters.
    """
    from emotion_core.library.characters.entering import with_characters
    from emotion_core.library.database.engine import open_database
    from emotion_core.library.scenes import read_scene
    from emotion_core.library.sounds import hear_clip
    from emotion_core.library.speakers import find_clip_speakers, with_sound
    from emotion_core.scene.clips.store import identify
    from emotion_core.sound.store import SoundStore

    identity = identify(clip)
    task = read_scene(reader, clip, identity, anew=anew)
    analysis = show_progress(task, f"Reading {printable(clip.name)}")
    listening = hear_clip(reader.settings, clip, identity)
    show_progress(listening, f"Listening to {printable(clip.name)}")
    sound = SoundStore(reader.settings.analyses_dir).load(identity.sha256)
    analysis = with_sound(analysis, find_clip_speakers(analysis, sound))
    return with_characters(open_database(reader.settings), analysis)


def find_scene(
    source: Path, model: str | None, *, pictured: bool
) -> tuple[SceneAnalysis, Path | None]:
    """The analysis of a clip or in a folder, and the clip if it is wanted and at hand.

    Args:
        source: a clip, or a folder that ``analyze`` has written.
        model: what the user chose, for a clip.
        pictured: whether pictures of the clip are wanted.

    Raises:
        ExportError: a model was chosen for a folder.
    """
    from emotion_core.errors import ExportError
    from emotion_core.scene.clips.store import clips_of, identify
    from emotion_core.scene.store import load_analysis
    from emotion_core.settings import load_settings

    if not source.is_dir():
        return read_clip(make_reader(model), source), source
    if model is not None:
        raise ExportError(f"{source} is already analyzed; --model works with a clip only.")
    analysis, lay = load_analysis(source)
    if not pictured:
        return analysis, None
    kept = clips_of(load_settings()).find(analysis.clip.sha256)
    if kept is None and lay is not None and lay.is_file() and identify(lay) == analysis.clip:
        kept = lay
    return analysis, kept


def turned_upright(faces: FaceSet, size: int, upright: bool) -> FaceSet:
    """A set with its faces turned upright, where that is wanted.

    Args:
        faces: as they are.
        size: side of the new pictures in pixels.
        upright: what the user chose.
    """
    if not upright:
        return faces
    from emotion_core.emotions.classifier import choose_device
    from emotion_core.faces.mesh.mesh import DEFAULT_MESH, load_mesh_reader
    from emotion_core.settings import load_settings
    from emotion_core.training.common.upright import turn_set_upright

    settings = load_settings()
    device = choose_device(settings.device)
    mesh = load_mesh_reader(DEFAULT_MESH, settings.models_dir, device)
    return turn_set_upright(faces, mesh, size)
