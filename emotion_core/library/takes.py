"""Takes: how a recording becomes a scene of the library, is found again, and goes.

A take is entered before it is read, so that none is lost where its reading fails or is stopped;
:func:`~emotion_core.library.scenes.reading_phases` reads it as any other clip. Until it is kept,
a recording lies outside of the data directory.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from emotion_core.errors import LibraryError, MediaError
from emotion_core.files import to_text
from emotion_core.library.database.engine import Database, lock_tables, open_database
from emotion_core.library.database.tables import Character, Film, Scene, Take, now, storable
from emotion_core.library.queries.performances import PerformanceEntry, performance_entries
from emotion_core.library.removal import Busy, delete_scenes
from emotion_core.media.probe import probe
from emotion_core.scene.analysis import ClipId
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import Settings
from emotion_core.unfinished import placing

FILM_OF_TAKES = "Takes"
_LOOKING_FOR = (
    "Your own takes from the page Practice. Compare two of them, or one with the performance "
    "that you played along with. Which face moves first, which one holds longer, and which part "
    "of the face shows it?"
)
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class TakeNote:
    """What was played.

    Attributes:
        title: in words, ``Hold sad``.
        exercise: JSON of the practice room; empty for free play.
        model_scene_id, model_character_id: the performance that was played along, if one was.
    """

    title: str
    exercise: str = ""
    model_scene_id: int | None = None
    model_character_id: int | None = None


@dataclass(frozen=True, slots=True)
class KeptTake:
    """A take in the library: its scene, and the clip to be read, where it is written down."""

    scene_id: int
    path: Path
    clip: ClipId


@dataclass(frozen=True, slots=True)
class TakeEntry:
    """A take with what the library knows of it.

    Attributes:
        scene_id, title: the scene.
        number, played: which take, and what was played, as when it was kept.
        recorded: when.
        duration: seconds.
        exercise: as in :class:`TakeNote`.
        address, model: of the latest analysis; empty where the take is not read yet.
        model_scene_id, model_character_id: the performance that was played along; both ``None``
            without one, or once it is gone.
        performance: of the one who is longest in view, taken for the player; ``None`` where the
            take is not read yet, or nobody is seen.
    """

    scene_id: int
    title: str
    number: int
    played: str
    recorded: datetime
    duration: float
    exercise: str
    address: str
    model: str
    model_scene_id: int | None
    model_character_id: int | None
    performance: PerformanceEntry | None

    @property
    def character_id(self) -> int | None:
        """The character who is the player."""
        return None if self.performance is None else self.performance.character_id


def keep_take(recording: Path, settings: Settings, about: TakeNote) -> KeptTake:
    """Move a finished recording into the library, as a scene that is not read yet.

    On any error the recording stays where it is, and nothing else is left.

    Args:
        recording: the file; gone afterwards.
        settings: where things are kept.
        about: what was played.

    Raises:
        LibraryError: the library cannot be reached or written to, or has the clip as a scene.
        MediaError: there is no such recording, or it cannot be read.
        OutputError: the data directory, or where clips are kept, cannot be written to.
    """
    database, media = open_database(settings), clips_of(settings)
    duration = probe(recording).duration
    with placing() as note:
        try:
            with recording.open("rb") as file:
                path, clip = media.add(file, recording.name, note)
        except FileNotFoundError as error:
            raise MediaError("The recording is missing.") from error
        with database.writing() as session:
            scene = _enter(session, clip.sha256, recording.suffix, duration, about)
            scene.source = to_text(path.resolve())
    with suppress(OSError):
        recording.unlink()
    return KeptTake(scene.id, path, ClipId(clip.sha256, scene.clip_name))


def take_entries(database: Database) -> list[TakeEntry]:
    """All takes, the newest first; three queries, however many there are."""
    query = (
        select(Take, Scene)
        .join(Scene, Scene.id == Take.scene_id)
        .order_by(Take.recorded.desc(), Take.number.desc(), Take.scene_id.desc())
    )
    with database.reading() as session:
        found = session.execute(query).all()
    players: dict[int, PerformanceEntry] = {}
    for entry in performance_entries(database, [take.scene_id for take, _ in found]):
        players.setdefault(entry.scene_id, entry)
    return [_entry(take, scene, players.get(scene.id)) for take, scene in found]


def takes_among(database: Database, scene_ids: Iterable[int]) -> set[int]:
    """Those of some scenes that are takes."""
    query = select(Take.scene_id).where(Take.scene_id.in_(list(scene_ids)))
    with database.reading() as session:
        return set(session.scalars(query))


def delete_takes(
    database: Database, settings: Settings, scene_ids: Iterable[int], busy: Busy
) -> None:
    """Delete takes with their clips, pictures and analyses; scenes that are none stay.

    Args:
        scene_ids: their scenes.
        busy: says of the SHA-256 of a clip whether something reads it right now.

    Raises:
        LibraryError: a take is being read, then nothing is deleted; or a file cannot be deleted.
    """
    delete_scenes(database, settings, sorted(takes_among(database, scene_ids)), busy)


def _enter(session: Session, sha256: str, suffix: str, duration: float, about: TakeNote) -> Scene:
    """The scene of a take, and what it is; of a take that is there already nothing changes."""
    lock_tables(session, "films", "scenes", "characters", "takes")
    scene = session.scalars(select(Scene).where(Scene.clip_sha256 == sha256)).first()
    if scene is not None and session.get(Take, scene.id) is not None:
        return scene
    if scene is not None:  # deleting takes would delete what was studied
        raise LibraryError(
            f"This clip is in the library already, as the scene {scene.title or scene.clip_name}, "
            "and stays one. Compare it with your takes on the page Compare."
        )
    number = (session.scalar(select(func.max(Take.number))) or 0) + 1
    played = " ".join(storable(about.title).split())[:_LONGEST_TITLE]
    title = f"Take {number} · {played}" if played else f"Take {number}"
    recorded = now()
    scene = Scene(
        film=_film_of_takes(session),
        clip_sha256=sha256,
        clip_name=f"{title}{suffix}",
        title=title,
        duration=duration,
        created=recorded,
    )
    session.add(scene)
    session.flush()
    take = Take(
        scene_id=scene.id, number=number, title=played, recorded=recorded, exercise=about.exercise
    )
    model_scene = _present(session, Scene, about.model_scene_id)
    model_character = _present(session, Character, about.model_character_id)
    if model_scene is not None and model_character is not None:
        take.model_scene_id, take.model_character_id = model_scene, model_character
    session.add(take)
    session.flush()
    return scene


def _film_of_takes(session: Session) -> Film:
    """Where takes go: the film of that name, else where most of them lie, else a new one."""
    named = select(Film).where(Film.title == FILM_OF_TAKES).order_by(Film.id)
    film = session.scalars(named).first()
    if film is not None:
        return film
    lying = (
        select(Scene.film_id)
        .join(Take, Take.scene_id == Scene.id)
        .where(Scene.film_id.is_not(None))
        .group_by(Scene.film_id)
        .order_by(func.count().desc(), func.max(Take.number).desc())
    )
    number = session.scalars(lying).first()
    film = None if number is None else session.get(Film, number)
    if film is None:
        film = Film(title=FILM_OF_TAKES, color="#7F6BA8", looking_for=_LOOKING_FOR)
        session.add(film)
    return film


def _present(session: Session, kind: type[Scene | Character], number: int | None) -> int | None:
    """The number of a row that is still there."""
    return None if number is None else session.scalar(select(kind.id).where(kind.id == number))


def _entry(take: Take, scene: Scene, performance: PerformanceEntry | None) -> TakeEntry:
    gone = take.model_scene_id is None or take.model_character_id is None
    return TakeEntry(
        scene_id=scene.id,
        title=scene.title,
        number=take.number,
        played=take.title,
        recorded=take.recorded,
        duration=scene.duration,
        exercise=take.exercise,
        address=scene.address,
        model=scene.model,
        model_scene_id=None if gone else take.model_scene_id,
        model_character_id=None if gone else take.model_character_id,
        performance=performance,
    )
