"""What other programs use of Eme, under the names that ``emotion_core`` itself offers.

Settings come from the environment, as for the command line, and what was read once is kept in the
same data directory. Whatever goes wrong with a file or a model is an
:class:`~emotion_core.errors.EmotionCoreError` of one sentence.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path

from emotion_core.errors import ComparisonError
from emotion_core.explanation.found_faces import (
    FoundFace,
    attribute_faces,
    find_faces,
    find_in_picture,
)
from emotion_core.explanation.methods.registry import build_method, default_method
from emotion_core.export.tables import write_tables
from emotion_core.files import completed_folder
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import open_database
from emotion_core.library.deliveries import scene_sound
from emotion_core.library.scenes import read_scene
from emotion_core.library.sounds import hear_clip
from emotion_core.library.speakers import find_clip_speakers, with_sound
from emotion_core.media import pictures
from emotion_core.performance.comparison import comparison
from emotion_core.performance.performance import choose_performance
from emotion_core.progress import finish
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import load_analysis as load_stored
from emotion_core.settings import Settings, load_settings
from emotion_core.sound.store import SoundStore
from emotion_core.types import Attribution, EmotionScores

StrPath = str | os.PathLike[str]


def analyze(
    clip: StrPath, model: str | None = None, every: int = 1, out: StrPath | None = None
) -> SceneAnalysis:
    """Read who plays what in a clip, as ``eme analyze`` does, unless it was read before.

    Args:
        clip: a film clip, in any format that FFmpeg reads.
        model: built-in model, folder or hub name; that of the settings if ``None``.
        every: read every n-th frame only.
        out: folder in which a folder with the clip's name is written, with ``faces.parquet``,
            ``faces.csv``, ``movements.csv``, ``frames.parquet``, ``summary.json`` and, of the
            sound, ``lines.csv``, ``utterances.csv`` and ``sound.csv``; nothing is if ``None``.

    Returns:
        The tables of the scene. Its tracks bear the names of their characters.

    Raises:
        MediaError: the clip cannot be read.
        ModelError: the model cannot be loaded.
        OutputError: the data directory or ``out`` cannot be written to.
        LibraryError: the library cannot be opened.
    """
    reader, path = _reader(model, every=every), Path(clip)
    read = finish(read_scene(reader, path, identify(path)))
    finish(hear_clip(reader.settings, path, read.clip))
    sound = SoundStore(reader.settings.analyses_dir).load(read.clip.sha256)
    read = with_sound(read, find_clip_speakers(read, sound))
    analysis = with_characters(open_database(reader.settings), read)
    if out is not None:
        with completed_folder(Path(out) / path.stem) as work:
            write_tables(analysis, work, scene_sound(reader.settings, analysis))
    return analysis


def read_picture(
    picture: StrPath, model: str | None = None
) -> tuple[list[FoundFace], EmotionScores]:
    """Read the faces of a photograph.

    Args:
        picture: a file of one of the formats that :mod:`emotion_core.media.pictures` reads.
        model: as for :func:`analyze`.

    Returns:
        The faces from left to right, and their (n, 7) scores in the same order.

    Raises:
        MediaError: the picture cannot be read.
        ModelError: the model cannot be loaded.
    """
    image = pictures.read_picture(Path(picture))
    reader = _reader(model)
    faces = find_in_picture(
        image, reader.detector, reader.mesh, reader.classifier.preprocessing.size
    )
    return faces, reader.classifier.classify([face.crop for face in faces])


def explain(
    source: StrPath, model: str | None = None, method: str | None = None, every: int = 25
) -> tuple[list[FoundFace], Attribution]:
    """Find where in each face of a photograph or a clip the model sees each emotion.

    All masks are held at once, 1.4 MB a face; ``eme explain`` writes those of a long clip to disk
    as they come.

    Args:
        source: a photograph or a film clip.
        model: as for :func:`analyze`.
        method: one of :data:`~emotion_core.explanation.methods.registry.ALL_METHODS`; the
            explainer that was trained for the model if ``None``, or occlusion if there is none.
        every: of a clip, every n-th frame only.

    Returns:
        The faces as they come, in a picture from left to right, and their (n, 7, H, W) masks.

    Raises:
        MediaError: the source cannot be read.
        ModelError: the model or the method cannot be had.
    """
    reader = _reader(model, exact=True)
    classifier, explainers = reader.classifier, reader.settings.explainer_folders()
    name = method or default_method(classifier.identity, explainers)
    chosen = build_method(name, classifier, explainers)
    size = classifier.preprocessing.size
    batches = find_faces(Path(source), reader.detector, reader.mesh, size, every)
    faces = list(chain.from_iterable(found for found, _ in batches))
    return faces, finish(attribute_faces(faces, chosen))


def load_analysis(folder: StrPath) -> SceneAnalysis:
    """The analysis in a folder that :func:`analyze`, ``eme analyze`` or the app has written.

    Raises:
        ExportError: there is none, or it cannot be read.
    """
    return load_stored(Path(folder))[0]


def compare(
    *scenes: SceneAnalysis, characters: Sequence[str] | None = None
) -> comparison.Comparison:
    """Align performances in two to six scenes and measure how they differ.

    Args:
        scenes: the reference first.
        characters: whom to take from each scene; whoever is in view longest if ``None``.

    Raises:
        ComparisonError: too few or too many scenes, or no such character in one of them.
    """
    names: Sequence[str | None] = characters or [None] * len(scenes)
    if len(names) != len(scenes):
        raise ComparisonError(f"{len(scenes)} scenes take as many characters, not {len(names)}.")
    chosen = [
        choose_performance(scene, scene.clip.name, name)
        for scene, name in zip(scenes, names, strict=True)
    ]
    models = [f"{scene.model.name} ({scene.model.fingerprint})" for scene in scenes]
    return comparison.compare(chosen, models=models)


def _reader(model: str | None, *, every: int = 1, exact: bool = False) -> Reader:
    """What reads with a model under the settings of now."""
    return _kept_reader(load_settings().model_dump_json(), model, every, exact)


@lru_cache(maxsize=2)
def _kept_reader(settings: str, model: str | None, every: int, exact: bool) -> Reader:
    """The same for the same arguments: loading a model takes longer than reading a picture."""
    return Reader(Settings.model_validate_json(settings), model, every=every, exact=exact)
