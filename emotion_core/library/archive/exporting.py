"""The whole library, or one film of it, written as one ZIP file.

What is in it is described by :mod:`emotion_core.library.archive.manifest`.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import defer, selectinload

from emotion_core.errors import LibraryError
from emotion_core.files import Room, cannot_write, whole_file
from emotion_core.library.archive.manifest import (
    ANALYSIS_FILES,
    MANIFEST,
    NEEDED_FILES,
    ArchivedBookmark,
    ArchivedCharacter,
    ArchivedFilm,
    ArchivedScene,
    ArchivedTake,
    ArchivedTrack,
    Manifest,
)
from emotion_core.library.archive.sounds import sounds_to_archive
from emotion_core.library.archive.takes import archived_takes, archived_track
from emotion_core.library.archive.voices import add_said_lines, said_lines_size
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Character, Film, Scene, now
from emotion_core.library.scenes import clip_of
from emotion_core.library.thumbnails import thumbnails_path
from emotion_core.progress import Progress, Task
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import Settings
from emotion_core.validation import first_problem

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What was written.

    Attributes:
        films, scenes: how many.
        without_clip: the scenes whose clip was not found.
        said_lines: how many lines that the user has said and kept.
        damaged_lines: how many of them are damaged, and were left out.
    """

    films: int
    scenes: int
    without_clip: tuple[str, ...]
    said_lines: int = 0
    damaged_lines: int = 0


def export_library(
    database: Database,
    settings: Settings,
    out: Path,
    film_id: int | None = None,
    *,
    only: Sequence[int] | None = None,
) -> Task[ExportSummary]:
    """Write an archive; a clip passes through in pieces, whatever its size.

    That of the whole library holds the lines that the user has said and kept; takes before the
    camera are scenes, and go with their film.

    Args:
        out: the file; it appears whole or not at all.
        film_id: only this film and its scenes.
        only: only these scenes with their films, and without clips, copies and pictures: for
            another library of the same data directory.

    Raises:
        MediaError: a clip cannot be fetched from where it is kept.
        LibraryError: the film is gone, a clip has been changed since it was read, or a text is
            longer than an archive may hold.
        OutputError: the file cannot be written, or would leave too little on the disk.
    """
    films, scenes, said, takes = _rows(database, film_id, only)
    numbers = {film.id: film.uuid for film in films}
    store, clips = clips_of(settings), dict.fromkeys((scene.id for scene in scenes), None)
    if only is None:
        store.kept()  # asked once for all
        clips = {scene.id: clip_of(scene, settings) for scene in scenes}
    needed = sum(store.size(path) for path in clips.values() if path is not None)
    whole = film_id is None and only is None
    needed += said_lines_size(settings) if whole else 0
    room, total = Room(out.parent), needed or 1
    room.check(needed)
    done, archived = 0, []
    with whole_file(out) as work:
        try:
            with zipfile.ZipFile(work, "w", zipfile.ZIP_DEFLATED) as archive:
                for scene in scenes:
                    clip = clips[scene.id]
                    name = "" if clip is None else f"media/{scene.clip_sha256}{_ending(clip)}"
                    if clip is not None:
                        with store.holding(clip) as file:
                            for size in _copy(archive, file, name, scene):
                                done += size
                                room.check()
                                yield Progress(done, total)
                    if only is None:
                        _add_pictures(archive, scene, settings)
                    addresses = _add_analyses(archive, scene, settings)
                    people = _archived_characters(said.get(scene.id, ()))
                    take = takes.get(scene.id)
                    archived.append(_archived_scene(scene, numbers, name, addresses, people, take))
                lines, damaged_lines = add_said_lines(archive, settings) if whole else ([], 0)
                named = [_archived_film(film) for film in films]
                manifest = Manifest(created=now(), films=named, scenes=archived, said_lines=lines)
                archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        except ValidationError as error:
            raise LibraryError(
                f"The library has something that no archive can hold: {first_problem(error)}."
            ) from error
        except OSError as error:
            raise cannot_write(out, error) from error
    missing = tuple(scene.title for scene in scenes if clips[scene.id] is None)
    return ExportSummary(len(films), len(scenes), missing, len(lines), damaged_lines)


def _rows(
    database: Database, film_id: int | None, only: Sequence[int] | None
) -> tuple[list[Film], list[Scene], dict[int, list[Appearance]], dict[int, ArchivedTake]]:
    """The films and the scenes; by scene, the tracks that the user has named, and its take."""
    films, scenes = select(Film).order_by(Film.id), select(Scene).order_by(Scene.id)
    if film_id is not None:
        films, scenes = films.where(Film.id == film_id), scenes.where(Scene.film_id == film_id)
    elif only is not None:
        films = films.where(Film.id.in_(select(Scene.film_id).where(Scene.id.in_(only))))
    if only is not None:
        scenes = scenes.where(Scene.id.in_(only))
    fixed = select(Appearance).where(Appearance.fixed).order_by(Appearance.start, Appearance.id)
    numbers = scenes.with_only_columns(Scene.id).order_by(None)
    fixed = fixed.where(Appearance.scene_id.in_(numbers))
    unused = (Appearance.portrait, Appearance.vector)
    fixed = fixed.options(selectinload(Appearance.character), *(defer(part) for part in unused))
    parts = (Scene.tags, Scene.bookmarks, Scene.analyses)
    with database.reading() as session:
        found = list(session.scalars(films))
        if film_id is not None and not found:
            raise LibraryError("The film has been deleted by someone else.")
        loaded = scenes.options(*(selectinload(part) for part in parts))
        said: dict[int, list[Appearance]] = {}
        for one in session.scalars(fixed):
            said.setdefault(one.scene_id, []).append(one)
        return found, list(session.scalars(loaded)), said, archived_takes(session, numbers)


def _archived_film(film: Film) -> ArchivedFilm:
    return ArchivedFilm.model_validate(film, from_attributes=True)


def _archived_scene(
    scene: Scene,
    films: dict[int, str],
    clip: str,
    addresses: list[str],
    characters: list[ArchivedCharacter],
    take: ArchivedTake | None,
) -> ArchivedScene:
    return ArchivedScene(
        clip_sha256=scene.clip_sha256,
        clip_name=scene.clip_name,
        clip=clip,
        film=None if scene.film_id is None else films.get(scene.film_id),
        title=scene.title,
        quote=scene.quote,
        notes=scene.notes,
        duration=scene.duration,
        created=scene.created,
        tags=sorted(tag.name for tag in scene.tags),
        bookmarks=[
            ArchivedBookmark(time=m.time, end=m.end, comment=m.comment) for m in scene.bookmarks
        ],
        analyses=addresses,
        characters=characters,
        take=take,
    )


def _archived_characters(appearances: Iterable[Appearance]) -> list[ArchivedCharacter]:
    own: dict[Character, list[ArchivedTrack]] = {}
    for one in appearances:
        own.setdefault(one.character, []).append(archived_track(one))
    return [
        ArchivedCharacter(
            uuid=c.uuid, name=c.name, number=c.number, hidden=bool(c.hidden), tracks=tracks
        )
        for c, tracks in own.items()
    ]


def _ending(clip: Path) -> str:
    """The ending of a file if it is a plain one."""
    ending = clip.suffix.lower()
    return ending if ending[1:].isalnum() and ending.isascii() and len(ending) <= 11 else ""


def _copy(archive: zipfile.ZipFile, clip: Path, name: str, scene: Scene) -> Iterator[int]:
    """Copy a clip in, as it is; gives the size of each piece."""
    digest = hashlib.sha256()
    member = zipfile.ZipInfo(name)
    with clip.open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
        while piece := source.read(CHUNK):
            digest.update(piece)
            target.write(piece)
            yield len(piece)
    if digest.hexdigest() != scene.clip_sha256:
        raise LibraryError(f"The clip of {scene.title} has changed since it was analyzed: {clip}.")


def _add_pictures(archive: zipfile.ZipFile, scene: Scene, settings: Settings) -> None:
    """Add what was drawn of a clip."""
    sha = scene.clip_sha256
    preview = settings.previews_dir / f"{sha}.mp4"
    if preview.is_file():
        archive.write(preview, f"previews/{sha}.mp4", zipfile.ZIP_STORED)
    strip = thumbnails_path(settings.thumbnails_dir, sha)
    if strip.is_file():
        archive.write(strip, f"thumbnails/{strip.name}", zipfile.ZIP_STORED)


def _add_analyses(archive: zipfile.ZipFile, scene: Scene, settings: Settings) -> list[str]:
    """Add the analyses of a scene and what was heard of it; gives the addresses."""
    addresses = []
    for analysis in scene.analyses:
        folder = settings.analyses_dir / analysis.address
        present = [name for name in ANALYSIS_FILES if (folder / name).is_file()]
        if set(present) >= set(NEEDED_FILES):
            for name in present:
                archive.write(folder / name, f"analyses/{analysis.address}/{name}")
            addresses.append(analysis.address)
    for name, path in sounds_to_archive(scene.clip_sha256, settings).items():
        archive.write(path, name)
    return addresses
