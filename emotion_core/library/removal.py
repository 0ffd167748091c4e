"""Taking scenes and films out of the library, with all that belongs to them.

A file outside of the data directory is the user's own: it is never touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from emotion_core.errors import LibraryError, MediaError, OutputError
from emotion_core.files import from_text
from emotion_core.library.characters.entering import delete_unseen, release_tracks
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Film, Job, Scene
from emotion_core.library.editing import drop_unused_tags
from emotion_core.library.queries.browsing import scene_numbers
from emotion_core.library.scenes import recluster_scene
from emotion_core.library.thumbnails import thumbnails_path
from emotion_core.scene.clips.store import clips_of
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.unfinished import Note

Busy = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a deletion takes along.

    Attributes:
        scenes: titles.
        clip_bytes: size of the clips that the app keeps.
        kept: clips that lie elsewhere and stay there.
        models: names of those that read them.
        bookmarks: how many.
    """

    scenes: tuple[str, ...]
    clip_bytes: int
    kept: tuple[str, ...]
    models: tuple[str, ...]
    bookmarks: int


def what_leaves(database: Database, settings: Settings, scenes: Iterable[int]) -> Leaving:
    """What goes when some scenes are deleted, to be said before it is done.

    Raises:
        LibraryError: it cannot be known, since the place where clips lie cannot be reached.
    """
    found = _scenes(database, scenes)
    clips = _own_clips(found, settings)
    return Leaving(
        scenes=tuple(scene.title for scene in found),
        clip_bytes=sum(sum(sizes.values()) for sizes in clips),
        kept=tuple(
            scene.source
            for scene, sizes in zip(found, clips, strict=True)
            if not sizes and scene.source
        ),
        models=tuple(sorted({one.model for scene in found for one in scene.analyses})),
        bookmarks=sum(len(scene.bookmarks) for scene in found),
    )


def delete_scenes(
    database: Database, settings: Settings, scenes: Iterable[int], busy: Busy
) -> None:
    """Delete scenes with their clips, copies, pictures, analyses, tags and bookmarks.

    Args:
        busy: says of the SHA-256 of a clip whether something reads it right now.

    Raises:
        LibraryError: a clip is being read, or the place where clips lie cannot be reached, then
            nothing is deleted; or a file cannot be deleted.
    """
    found = _scenes(database, scenes)
    for scene in found:
        if busy(scene.clip_sha256):
            raise LibraryError(
                f"{scene.title} is being analyzed. Stop that, or wait until it is done."
            )
    clips = _own_clips(found, settings)
    files = [path for one in zip(found, clips, strict=True) for path in _files(*one, settings)]
    note = Note()
    note.unless_known(*files)  # who is killed on the way leaves it to the next to go on
    with database.writing() as session:
        session.execute(delete(Scene).where(Scene.id.in_([scene.id for scene in found])))
        drop_unused_tags(session)
        delete_unseen(session)
    _forget_jobs(settings, found)
    left = [path for path in files if not _remove(path, settings)]
    note.close()
    if left:
        raise LibraryError(
            f"The scene is gone from the library, but {left[0]} could not be deleted."
        )


def delete_film(
    database: Database, settings: Settings, film_id: int, with_scenes: bool, busy: Busy
) -> None:
    """Delete a film; its scenes go too, or stay as scenes without a film and meet the others.

    Args: as for :func:`delete_scenes`.
    """
    scenes = scene_numbers(database, film_id)
    if with_scenes:
        delete_scenes(database, settings, scenes, busy)
    with database.writing() as session:
        session.execute(delete(Film).where(Film.id == film_id))
        # all at once: they are nearer to each other than to those whom they are to meet
        for scene in session.scalars(select(Scene).where(Scene.id.in_(scenes))):
            release_tracks(session, scene)
    store = AnalysisStore(settings.analyses_dir)
    for number in () if with_scenes else scenes:
        recluster_scene(database, store, number)


def _scenes(database: Database, ids: Iterable[int]) -> list[Scene]:
    query = select(Scene).where(Scene.id.in_(list(ids))).order_by(Scene.id)
    query = query.options(selectinload(Scene.analyses), selectinload(Scene.bookmarks))
    with database.reading() as session:
        return list(session.scalars(query))


def _forget_jobs(settings: Settings, scenes: Iterable[Scene]) -> None:
    """Forget what was done about scenes: it names them, and where they lay."""
    with open_database(settings.library_of("")).writing() as session:
        for scene in scenes:
            about = Job.subject.contains(scene.clip_sha256, autoescape=True)
            session.execute(delete(Job).where(about, Job.library == settings.library))


def _own_clips(scenes: Sequence[Scene], settings: Settings) -> list[dict[Path, int]]:
    """The copies of each clip that the app has put somewhere, with their sizes."""
    try:
        # one question, however many they are
        kept = clips_of(settings).kept(scenes[0].clip_sha256 if len(scenes) == 1 else "")
    except MediaError as error:
        raise LibraryError(str(error)) from error
    found = [
        {path: size for path, size in kept.items() if path.name.startswith(scene.clip_sha256)}
        for scene in scenes
    ]
    sample = settings.sample_clip
    for scene, own in zip(scenes, found, strict=True):
        if scene.source and from_text(scene.source) == sample.resolve() and sample.is_file():
            own[sample] = sample.stat().st_size
    return found


def _files(scene: Scene, clips: Iterable[Path], settings: Settings) -> list[Path]:
    """All that belongs to a scene; the clip last, since it alone cannot be made again."""
    sha = scene.clip_sha256
    return [
        settings.analyses_dir / sha,
        settings.previews_dir / f"{sha}.mp4",
        thumbnails_path(settings.thumbnails_dir, sha),
        *sorted(clips),
    ]


def _remove(path: Path, settings: Settings) -> bool:
    """Delete a clip, a file or a folder; a link goes, and what it leads to stays."""
    try:
        if path.parent == settings.media_dir:
            clips_of(settings).discard(path)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        return True
    except (OSError, OutputError):
        return False
