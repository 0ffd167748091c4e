"""How a clip comes into the library: it is read, entered, and gets its strip of pictures."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from weakref import WeakSet

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from emotion_core.errors import MediaError
from emotion_core.files import to_text
from emotion_core.library.characters.entering import (
    delete_unseen,
    enter_characters,
    release_tracks,
)
from emotion_core.library.characters.hiding import count_hidden, counted_again
from emotion_core.library.database.engine import Database, find_or_add, open_database
from emotion_core.library.database.tables import Analysis, Appearance, Film, Scene
from emotion_core.library.line_index import index_changed_lines, index_lines
from emotion_core.library.recovery import recover
from emotion_core.library.statistics import SceneStatistics, copy_statistics, statistics_of
from emotion_core.library.thumbnails import thumbnails_path, write_thumbnails
from emotion_core.media.sample import build_sample_scene
from emotion_core.progress import Progress, Task
from emotion_core.scene.analysis import ClipId, SceneAnalysis
from emotion_core.scene.chunks import HandOut
from emotion_core.scene.clips.store import clips_of, identify
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore, StoredScene
from emotion_core.settings import Settings

_completed: WeakSet[Database] = WeakSet()
_completing = threading.Lock()


def open_library(settings: Settings) -> Database:
    """The library, with all that lies in the data directory entered once a process.

    What processes that were killed have left is finished or removed before.

    Raises:
        LibraryError: as :func:`~emotion_core.library.database.engine.open_database`.
    """
    database = open_database(settings)
    with _completing:
        if database not in _completed:
            store = AnalysisStore(settings.analyses_dir)
            recover(settings)
            _enter_unknown(database, store)
            _cluster_missing(database, store)
            index_changed_lines(database, settings)
            _completed.add(database)
    return database


def read_scene(
    reader: Reader,
    path: Path,
    clip: ClipId,
    film_id: int | None = None,
    *,
    anew: bool = False,
    hand_out: HandOut | None = None,
) -> Task[SceneAnalysis]:
    """Read a clip, unless that was done before, and enter it in the library.

    Args:
        reader: reads it.
        path: the clip; one of the library's own where it would lie in the data directory.
        clip: its identity.
        film_id: the film that the clip is from; ``None`` leaves a known clip where it is.
        anew: whether a reading by an earlier version of the method is done again.
        hand_out: has others read chunks, see :meth:`~emotion_core.scene.reader.Reader.read`.

    Raises:
        LibraryError: the library cannot be opened; reported before anything is read.
        MediaError: the clip cannot be read.
        ModelError: a model cannot be loaded.
        OutputError: the data directory cannot be written to.
    """
    database, store = open_database(reader.settings), reader.store
    clips = clips_of(reader.settings)
    analysis = reader.find(clip, current=anew)
    if analysis is not None:
        # renamed since: exports use the name of today; the library's own copies bear no name
        own_copy = path.resolve().is_relative_to(reader.settings.media_dir.resolve())
        if analysis.clip.name != clip.name and not own_copy:
            store.relocate(analysis.id, path, clip.name)
            analysis = replace(analysis, clip=clip)
        stored = store.read(analysis.id)
    else:
        with clips.holding(path) as file:
            analysis = yield from reader.read(file, clip, hand_out)
        stored = store.save(analysis, path)
    enter_scene(database, store, analysis.id, stored, analysis, path, film_id)
    index_lines(database, reader.settings, clip.sha256)
    strip = thumbnails_path(reader.settings.thumbnails_dir, clip.sha256)
    if not strip.exists():
        # a card without a strip is no reason to lose a reading
        with suppress(MediaError):
            write_thumbnails(clips.local(path), analysis, strip)
    return analysis


def open_sample(reader: Reader) -> Task[SceneAnalysis]:
    """The sample scene, built and read on the first call."""
    path = reader.settings.sample_clip
    if not path.is_file():
        build_sample_scene(path)
    return (yield from read_scene(reader, path, identify(path)))


def enter_scene(
    database: Database,
    store: AnalysisStore,
    address: str,
    stored: StoredScene | None = None,
    analysis: SceneAnalysis | None = None,
    source: Path | None = None,
    film_id: int | None = None,
) -> int | None:
    """Enter an analysis in the library; what the user has written of its clip stays.

    Args:
        store: where the analysis lies.
        address: its folder there.
        stored, analysis: what lies there, if it is at hand.
        source: where the clip lies now; where it lay when it was read, if ``None``.
        film_id: the film that the clip is from; ``None`` leaves a known clip where it is.

    Returns:
        The scene; ``None`` where nothing is stored at the address.
    """
    stored = stored or store.read(address)
    if stored is None:
        return None
    loaded = analysis or store.load(address)
    statistics = None if loaded is None else statistics_of(loaded)
    with database.writing() as session:
        scene = _scene_of(session, stored)
        put_analysis(scene, store, address, stored, statistics)
        if source is not None:
            scene.source = to_text(source.resolve())
            if scene.title == title_of(scene.clip_name):
                scene.title = title_of(stored.clip.name)
            scene.clip_name = stored.clip.name
        if film_id not in (None, scene.film_id) and session.get(Film, film_id) is not None:
            scene.film_id = film_id
            release_tracks(session, scene)
        session.flush()
        if loaded is not None and scene.address == address:
            enter_characters(session, scene, loaded)
        delete_unseen(session)
        scene_id = scene.id
    count_hidden(database, store, [scene_id])
    return scene_id


def recluster_scene(database: Database, store: AnalysisStore, scene_id: int) -> None:
    """Cluster the characters of a scene again, as after it has come into a film.

    What the user has said of its tracks stays.

    Args:
        store: where its analysis lies.
        scene_id: the scene; nothing happens where it or its analysis is gone.
    """
    with database.reading() as session:
        scene = session.get(Scene, scene_id)
    analysis = None if scene is None else store.load(scene.address)
    if analysis is None:
        return
    with counted_again(database, store), database.writing() as session:
        scene = session.get(Scene, scene_id, with_for_update=True)
        if scene is not None and scene.address == analysis.id:
            release_tracks(session, scene)
            enter_characters(session, scene, analysis)
            delete_unseen(session)


def put_analysis(
    scene: Scene,
    store: AnalysisStore,
    address: str,
    stored: StoredScene,
    statistics: SceneStatistics | None,
) -> None:
    """Put an analysis among those of its scene; the facts of the latest are the scene's.

    Nothing happens where the same was read anew since, by a newer version of the method.

    Args:
        store: where the analyses lie.
        address: of the analysis.
        stored, facts: what it says; no facts where its tables cannot be read any more.
    """
    now = stored.current_id
    if address != now and any(other.address == now for other in scene.analyses):
        return
    for other in list(scene.analyses):
        # the same reading by an older version of the method
        if other.address != address and _current(store, other.address) == now:
            scene.analyses.remove(other)
    if all(other.address != address for other in scene.analyses):
        name, created = stored.model.name, stored.created
        scene.analyses.append(Analysis(address=address, model=name, created=created))
    latest = max(scene.analyses, key=lambda other: other.created)
    if statistics is not None and (latest.address == address or not scene.barcode):
        copy_statistics(scene, statistics)
    scene.address, scene.model = latest.address, latest.model


def title_of(clip_name: str) -> str:
    """What a scene is called until its user names it: its file, without the ending."""
    return clip_name.rsplit(".", 1)[0] or clip_name or "Clip"


def _scene_of(session: Session, stored: StoredScene) -> Scene:
    query = select(Scene).where(Scene.clip_sha256 == stored.clip.sha256).with_for_update()
    return find_or_add(session, query, lambda: _new_scene(stored))


def _new_scene(stored: StoredScene) -> Scene:
    return Scene(
        clip_sha256=stored.clip.sha256,
        clip_name=stored.clip.name,
        source=stored.source,
        title=title_of(stored.clip.name),
        duration=stored.info.duration,
        created=stored.created,
    )


def _current(store: AnalysisStore, address: str) -> str | None:
    """The address that a stored analysis would have if it were made now."""
    stored = store.read(address)
    return None if stored is None else stored.current_id


def _enter_unknown(database: Database, store: AnalysisStore) -> None:
    """Enter what was read before there was a library, or while it could not be reached."""
    with database.reading() as session:
        known = set(session.scalars(select(Analysis.address)))
    for address in sorted(store.addresses()):
        if address not in known and _current(store, address) not in known:
            enter_scene(database, store, address)


def _cluster_missing(database: Database, store: AnalysisStore) -> None:
    """Cluster the tracks of scenes in which nobody was looked for, as in a broken-off import."""
    seen = select(Appearance.id).where(Appearance.scene_id == Scene.id).exists()
    with database.reading() as session:
        missing = session.scalars(select(Scene.id).where(Scene.faces > 0, ~seen)).all()
    for scene_id in missing:
        recluster_scene(database, store, scene_id)


def write_missing_thumbnails(
    database: Database, settings: Settings, scenes: Sequence[int]
) -> Task[None]:
    """Make the strips of scenes that were read before there were strips, where that can be.

    Args:
        scenes: their numbers.
    """
    store, clips = AnalysisStore(settings.analyses_dir), clips_of(settings)
    query = select(Scene).where(Scene.id.in_(scenes)).options(selectinload(Scene.analyses))
    with database.reading() as session:
        found = session.scalars(query).all()
    for number, scene in enumerate(found, 1):
        clip, analysis = clip_of(scene, settings), store.load(scene.address)
        if clip is not None and analysis is not None:
            strip = thumbnails_path(settings.thumbnails_dir, scene.clip_sha256)
            with suppress(MediaError):
                write_thumbnails(clips.local(clip), analysis, strip)
        yield Progress(number, len(found))


def forget_analysis(database: Database, address: str) -> None:
    """Take an analysis out of the library, whose files are gone; the scene stays."""
    with database.writing() as session:
        analysis = session.get(Analysis, address)
        if analysis is None:
            return
        scene = session.get_one(Scene, analysis.scene_id, with_for_update=True)
        scene.analyses.remove(analysis)
        latest = max(scene.analyses, key=lambda other: other.created, default=None)
        scene.address = "" if latest is None else latest.address
        scene.model = "" if latest is None else latest.model


def clip_of(scene: Scene, settings: Settings) -> Path | None:
    """Where the clip of a scene lies, if it is still there and has not been changed since.

    Nothing is fetched, see :meth:`~emotion_core.scene.clips.store.MediaStore.local`.

    Raises:
        MediaError: the place where clips lie cannot be reached.
    """
    created = max((analysis.created for analysis in scene.analyses), default=scene.created)
    return clips_of(settings).locate_clip(scene.clip_sha256, scene.source, created)
