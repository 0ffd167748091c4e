"""Scenes of one library copied into another one of the same data directory.

Goes the way of an archive, without its bytes: clips and what was drawn of them are linked from one
folder to the other, or copied where the disk knows no links; clips on object storage are copied
there. Takes are never copied: they are private to whoever has played them.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from emotion_core.errors import LibraryError
from emotion_core.files import cannot_write, link_whole
from emotion_core.library.archive.exporting import export_library
from emotion_core.library.archive.importing import import_library
from emotion_core.library.archive.merging import MergeSummary, both
from emotion_core.library.database.engine import open_database
from emotion_core.library.database.tables import Scene, Take, storable
from emotion_core.library.scenes import clip_of
from emotion_core.library.thumbnails import thumbnails_path
from emotion_core.progress import Task
from emotion_core.scene.clips.store import MediaStore, clips_of
from emotion_core.settings import Settings
from emotion_core.unfinished import Note, TemporaryFolder, placing


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is copied: a scene, or a film with its scenes."""

    scene_id: int | None = None
    film_id: int | None = None


def copy_scenes(
    source: Settings, target: Settings, chosen: Chosen, *, add_only: bool, by: str = ""
) -> Task[MergeSummary]:
    """Copy scenes with all that is said of them: all of them, or on any error nothing.

    Args:
        source: of the library that they are in.
        target: of the other one.
        chosen: which.
        add_only: whether films and scenes that the other one has already stay as they are there.
        by: who shares them, as the notes of what is new there say.

    Raises:
        LibraryError: they are gone, takes, or cannot be copied.
        MediaError: the place where clips lie cannot be reached.
        OutputError: the other library cannot be written to.
    """
    scenes = _scenes(source, chosen)
    there = _known(target, scenes)
    known = there if add_only else set()
    wanted = [scene for scene in scenes if scene.clip_sha256 not in known]
    if not wanted and chosen.film_id is None:
        return MergeSummary(0, 0, 0, len(known), ())
    try:
        target.home.mkdir(parents=True, exist_ok=True)
        with placing() as note, TemporaryFolder(".copy-", target.home) as folder:
            archive = folder / "copy.zip"
            for scene in wanted:
                _link_files(scene, source, target, note)
            ids = [scene.id for scene in wanted]
            yield from export_library(
                open_database(source), source, archive, chosen.film_id, only=ids
            )
            summary = yield from import_library(
                open_database(target), target, archive, add_only=add_only
            )
    except OSError as error:
        raise cannot_write(target.home, error) from error
    if by:
        _sign(target, {scene.clip_sha256 for scene in wanted} - there, by)
    return replace(summary, known_scenes=summary.known_scenes + len(known))


def _scenes(source: Settings, chosen: Chosen) -> list[Scene]:
    query = select(Scene).where(Scene.id.not_in(select(Take.scene_id))).order_by(Scene.id)
    if chosen.film_id is not None:
        query = query.where(Scene.film_id == chosen.film_id)
    else:
        query = query.where(Scene.id == chosen.scene_id)
    with open_database(source).reading() as session:
        found = list(session.scalars(query.options(selectinload(Scene.analyses))))
    if not found and chosen.film_id is None:
        raise LibraryError("This scene cannot be copied: it has been deleted, or is a take.")
    return found


def _known(target: Settings, scenes: Sequence[Scene]) -> set[str]:
    """The clips that the other library has as scenes already."""
    hashes = [scene.clip_sha256 for scene in scenes]
    with open_database(target).reading() as session:
        return set(session.scalars(select(Scene.clip_sha256).where(Scene.clip_sha256.in_(hashes))))


def _sign(target: Settings, hashes: Set[str], by: str) -> None:
    """Say of new scenes who has shared them."""
    with open_database(target).writing() as session:
        for scene in session.scalars(select(Scene).where(Scene.clip_sha256.in_(hashes))):
            scene.notes = both(scene.notes, f"Shared by {storable(by)}.")


def _link_files(scene: Scene, source: Settings, target: Settings, note: Note) -> None:
    """Put the clip of a scene and what was drawn of it in place, where that is not there yet."""
    sha, clips = scene.clip_sha256, clips_of(target)
    if not clips.kept(sha) and not clips.copy_from(clips_of(source), sha, note):
        clip = clip_of(scene, source)
        if clip is not None:  # somebody's own file, which they may change
            _copy(clip, scene, clips, note)
    for path in (source.previews_dir / f"{sha}.mp4", thumbnails_path(source.thumbnails_dir, sha)):
        place = target.home / path.relative_to(source.home)
        if path.is_file() and not place.exists():
            note.unless_known(place)
            link_whole(path, place)


def _copy(clip: Path, scene: Scene, target: MediaStore, note: Note) -> None:
    with clip.open("rb") as file:
        _, identity = target.add(file, clip.name, note)
    if identity.sha256 != scene.clip_sha256:
        raise LibraryError(f"The clip of {scene.title} has changed since it was analyzed.")
