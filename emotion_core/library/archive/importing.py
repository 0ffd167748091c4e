"""An archive brought into the library: checked, unpacked beside it, then merged in one go.

Nothing is trusted that an archive says: only files are taken whose names it must have, clips must
hash to their names, and what a card shows is computed anew from the analyses.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from emotion_core.errors import LibraryError
from emotion_core.files import Room, cannot_write
from emotion_core.library.archive.character_merging import merge_archived_characters
from emotion_core.library.archive.exporting import CHUNK
from emotion_core.library.archive.manifest import ArchivedScene, Manifest, analysis_files
from emotion_core.library.archive.merging import Merge, MergeSummary
from emotion_core.library.archive.opening import (
    BROKEN,
    Deadline,
    check_members,
    damaged,
    open_archive,
    read_manifest,
)
from emotion_core.library.archive.sounds import drop_damaged_sounds, unknown_sounds
from emotion_core.library.archive.takes import find_models, merge_takes, without_takes
from emotion_core.library.archive.voices import (
    check_said_line_sizes,
    check_said_lines,
    put_said_lines,
    unknown_said_lines,
)
from emotion_core.library.characters.hiding import count_hidden
from emotion_core.library.database.engine import Database
from emotion_core.library.line_index import index_lines
from emotion_core.library.scenes import put_analysis, recluster_scene
from emotion_core.library.statistics import SceneStatistics, statistics_of
from emotion_core.library.thumbnails import TILE_HEIGHT, TILE_WIDTH, TILES
from emotion_core.progress import Progress, Task
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.clips.store import clips_of
from emotion_core.scene.store import AnalysisStore, StoredScene
from emotion_core.settings import Settings
from emotion_core.unfinished import Note, TemporaryFolder, placing


@dataclass(frozen=True, slots=True)
class _Staged:
    """An analysis that was unpacked."""

    address: str
    stored: StoredScene
    statistics: SceneStatistics | None


def import_library(
    database: Database,
    settings: Settings,
    path: Path,
    *,
    add_only: bool = False,
    takes: bool = True,
) -> Task[MergeSummary]:
    """Merge an archive into the library: all of it, or on any error nothing.

    Args:
        path: the file.
        add_only: whether films and scenes that are here already stay as they are.
        takes: whether takes come along, before the camera and of the voice alone: they are private,
            so others must not be able to open this library.

    Raises:
        LibraryError: it is no archive of a library, damaged, needs more room than there is, or
            takes longer than the settings allow.
        MediaError: the place where clips are kept cannot be reached.
        OutputError: that or the data directory cannot be written to, or too little is left on its
            disk.
    """
    deadline = Deadline(settings.max_import_minutes)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with (
            open_archive(path) as archive,
            TemporaryFolder(".import-", settings.home) as stage,
        ):
            manifest, left_out = read_manifest(archive), 0
            if not takes:
                manifest, left_out = without_takes(manifest)
            known = {place.name.partition(".")[0]: place for place in clips_of(settings).kept()}
            members = _wanted(archive, manifest, settings, known)
            yield from _unpack(archive, members, stage, deadline)
            staged: dict[str, list[_Staged]] = {}
            for number, scene in enumerate(manifest.scenes):
                deadline.check()
                staged[scene.clip_sha256] = _check_scene(scene, stage, settings, known)
                yield Progress(0.9 + 0.1 * number / len(manifest.scenes))
            check_said_lines(stage, settings)
            with placing() as note:
                # before the library is locked, since they may have a long way to go
                for clip in stage.glob("media/*"):
                    deadline.check()
                    clips_of(settings).put(clip, clip.name, note)
                    yield Progress(1)
                summary, scenes, changed = _put_in_place(
                    database, settings, manifest, staged, stage, deadline, add_only, note
                )
            said_lines = put_said_lines(stage, settings)
        _settle(database, settings, manifest, scenes, changed)
    except OSError as error:
        raise cannot_write(settings.home, error) from error
    return replace(summary, said_lines=said_lines, left_out=left_out)


def _settle(
    database: Database,
    settings: Settings,
    manifest: Manifest,
    scenes: Sequence[int],
    changed: Sequence[int],
) -> None:
    """Find anew what is found of scenes; they are in place, so there is no step to stop it at."""
    store = AnalysisStore(settings.analyses_dir)
    for scene_id in changed:  # one by one, so that others who write need not wait for all
        recluster_scene(database, store, scene_id)
    count_hidden(database, store, scenes)
    for sha in dict.fromkeys(scene.clip_sha256 for scene in manifest.scenes):
        index_lines(database, settings, sha, seen=False)
    find_models(database, manifest.scenes)


def _wanted(
    archive: zipfile.ZipFile, manifest: Manifest, settings: Settings, known: Mapping[str, Path]
) -> list[zipfile.ZipInfo]:
    """The files that are to be unpacked: only those that must be there, and are not here yet.

    Args:
        archive, manifest, settings: what is imported, and where to.
        known: the clips that are here, by their hash.
    """
    names: list[str] = []
    for scene in manifest.scenes:
        sha = scene.clip_sha256
        if scene.clip and Path(scene.clip).stem != sha:
            raise damaged(scene.clip)
        if scene.clip and sha not in known:
            names.append(scene.clip)
        optional = [f"previews/{sha}.mp4", f"thumbnails/{sha}.webp"]
        names += [
            name
            for name in optional
            if name in archive.NameToInfo and not (settings.home / name).exists()
        ]
        names += unknown_sounds(sha, archive.NameToInfo, settings)
        for address in scene.analyses:
            if not address.startswith(sha):
                raise damaged(address)
            if not (settings.analyses_dir / address).exists():
                names += analysis_files(address, archive.NameToInfo)
    names += unknown_said_lines(manifest.said_lines, settings)
    missing = next((name for name in names if name not in archive.NameToInfo), None)
    if missing is not None:
        raise LibraryError(f"The archive is damaged: {missing} is missing.")
    members = [archive.getinfo(name) for name in dict.fromkeys(names)]
    needed = sum(member.file_size for member in members)
    check_members(members)
    check_said_line_sizes(members)
    Room(settings.home).check(needed)
    return members


def _unpack(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], stage: Path, deadline: Deadline
) -> Task[None]:
    room = Room(stage)
    total = sum(member.file_size for member in members) or 1
    done = 0
    for member in members:
        target = stage / member.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        try:
            with archive.open(member) as source, target.open("wb") as copy:
                while piece := source.read(CHUNK):
                    deadline.check()
                    room.check()
                    digest.update(piece)
                    copy.write(piece)
                    done += len(piece)
                    yield Progress(0.9 * done / total)
        except BROKEN as error:
            raise damaged(member.filename) from error
        is_clip = target.parent.name == "media"
        if is_clip and digest.hexdigest() != target.stem:
            raise damaged(member.filename)


def _check_scene(
    scene: ArchivedScene, stage: Path, settings: Settings, known: Mapping[str, Path]
) -> list[_Staged]:
    """What was unpacked for a scene, once it has been looked at; broken pictures are dropped."""
    strip = stage / "thumbnails" / f"{scene.clip_sha256}.webp"
    if strip.exists() and not _is_strip(strip):
        strip.unlink()
    drop_damaged_sounds(scene.clip_sha256, stage)
    clip = known.get(scene.clip_sha256)
    if clip is None and scene.clip:
        clip = settings.home / scene.clip
    found = []
    for address in scene.analyses:
        new = (stage / "analyses" / address).exists()
        store = AnalysisStore(stage / "analyses" if new else settings.analyses_dir)
        if new:  # what it names as its source is a file of another machine, or of anybody's here
            store.relocate(address, clip)
        stored = store.read(address)
        if stored is None or stored.clip.sha256 != scene.clip_sha256:
            raise damaged(f"analyses/{address}")
        loaded = _load_new(store, address) if new else store.load(address)
        found.append(_Staged(address, stored, None if loaded is None else statistics_of(loaded)))
    return found


def _load_new(store: AnalysisStore, address: str) -> SceneAnalysis | None:
    """An analysis that was unpacked; ``None`` for one of an early version, which is kept."""
    try:
        loaded = store.load_checked(address)
    except (OSError, ValueError) as error:
        raise damaged(f"analyses/{address}") from error
    if loaded is not None and loaded.id != address:
        raise damaged(f"analyses/{address}")
    return loaded


def _is_strip(path: Path) -> bool:
    try:
        with Image.open(path, formats=["WEBP"]) as picture:
            fits = picture.size == (TILES * TILE_WIDTH, TILE_HEIGHT)
            if fits:
                picture.load()
            return bool(fits)
    except (OSError, ValueError, Image.DecompressionBombError):
        return False


def _put_in_place(
    database: Database,
    settings: Settings,
    manifest: Manifest,
    staged: dict[str, list[_Staged]],
    stage: Path,
    deadline: Deadline,
    add_only: bool,
    note: Note,
) -> tuple[MergeSummary, list[int], list[int]]:
    """Move the files to where they belong and write all rows; what is new is noted.

    Returns:
        What was merged, its scenes, and those whose tracks are still to be clustered.
    """
    store = AnalysisStore(settings.analyses_dir)
    with database.writing() as session:
        merge = Merge(session, list(staged), add_only)
        taken = [scene for scene in manifest.scenes if not merge.keeps(scene)]
        for film in manifest.films:
            deadline.check()
            merge.film(film)
        targets = {path: settings.home / path.relative_to(stage) for path in _movable(stage)}
        new = {path: target for path, target in targets.items() if not target.exists()}
        note.unless_known(*targets.values())
        for path, target in new.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        rows, read_anew = [], set()
        for scene in taken:
            deadline.check()
            rows.append(row := merge.scene(scene))
            before = row.address
            for one in staged[scene.clip_sha256]:
                put_analysis(row, store, one.address, one.stored, one.statistics)
            if row.address != before:
                read_anew.add(row)
        session.flush()
        scenes = list(zip(rows, taken, strict=True))
        merge_takes(session, scenes)
        changed = merge_archived_characters(session, store, merge, scenes, read_anew)
        deadline.check()
    return merge.summary(), [row.id for row in rows], changed


def _movable(stage: Path) -> list[Path]:
    """Single files, and each analysis as a whole."""
    files = [path for kind in ("previews", "thumbnails") for path in stage.glob(f"{kind}/*")]
    return [*files, *stage.glob("analyses/*/*")]
