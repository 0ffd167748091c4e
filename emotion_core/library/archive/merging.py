"""Films and scenes of an archive merged into those of the library, so that no word is lost.

What is empty here is filled. Longer texts that differ are both kept, one below the other. Where a
short field differs, that of this library stays; the other is written below the text, and reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from emotion_core.library.archive.manifest import ArchivedFilm, ArchivedScene
from emotion_core.library.database.engine import lock_tables
from emotion_core.library.database.tables import Bookmark, Film, Scene, Tag, fold, storable
from emotion_core.library.editing import tag_names
from emotion_core.library.scenes import title_of

_NO_COLOR = "#8A7F76"
_AT_ONCE = 500
_SHORT = {
    "title": "title",
    "original_title": "other title",
    "year": "year",
    "director": "director",
    "country": "country",
    "language": "language",
    "genre": "genre",
}


@dataclass(frozen=True, slots=True)
class MergeSummary:
    """What an archive has brought.

    Attributes:
        films, scenes: how many are new.
        known_films, known_scenes: how many were here already.
        differences: a sentence for each thing that both had, and differently.
        said_lines: how many lines that somebody has said and kept are new.
        left_out: takes that are in the archive and were not taken in.
    """

    films: int
    scenes: int
    known_films: int
    known_scenes: int
    differences: tuple[str, ...]
    said_lines: int = 0
    left_out: int = 0


class Merge:
    """Merges films, then scenes, in the transaction of a session.

    All that is known is loaded at once and nobody else writes meanwhile, so that thousands of
    scenes take seconds.

    Attributes:
        moved: scenes that were here already, and have come into a film.
    """

    def __init__(self, session: Session, hashes: Sequence[str], add_only: bool = False) -> None:
        """Begin a merge.

        Args:
            session: a writing one.
            hashes: those of the clips that will come.
            add_only: whether what is here already stays as it is.
        """
        self._session, self._add_only = session, add_only
        lock_tables(session, "films", "scenes", "tags", "characters", "appearances", "takes")
        films = session.scalars(select(Film)).all()
        self._scenes = _known_scenes(session, hashes)
        self._tags = {tag.name: tag for tag in session.scalars(select(Tag))}
        self._by_uuid = {film.uuid: film for film in films}
        self._by_title = {_name(film.title, film.year): film for film in reversed(films)}
        self._counts = {"films": 0, "scenes": 0, "known_films": 0, "known_scenes": 0}
        self._differences: list[str] = []
        self.moved: set[Scene] = set()

    def film(self, archived: ArchivedFilm) -> Film:
        """The film of the library that this is; by its number, else by title and year."""
        film = self._by_uuid.get(archived.uuid)
        film = film or self._by_title.get(_name(archived.title, archived.year))
        if film is None:
            film = Film(**archived.model_dump())
            self._session.add(film)
            self._by_title[_name(film.title, film.year)] = film
            self._counts["films"] += 1
        else:
            self._counts["known_films"] += 1
            if not self._add_only:
                self._merge_film(film, archived)
        self._by_uuid[archived.uuid] = film
        return film

    def keeps(self, archived: ArchivedScene) -> bool:
        """Whether a scene is here already and stays as it is."""
        return self._add_only and archived.clip_sha256 in self._scenes

    def scene(self, archived: ArchivedScene) -> Scene:
        """The scene of the library that has the same clip, or a new one."""
        known = self._scenes.get(archived.clip_sha256)
        scene = known or _new_scene(archived)
        if known is None:
            self._session.add(scene)
            self._scenes[archived.clip_sha256] = scene
        self._counts["scenes" if known is None else "known_scenes"] += 1
        self._put_in_film(scene, archived)
        if known is not None:
            self._merge_texts(scene, archived)
        for name in tag_names(archived.tags):
            scene.tags.add(self._tags.setdefault(name, Tag(name=name)))
        present = {(mark.time, mark.end, mark.comment) for mark in scene.bookmarks}
        for mark in archived.bookmarks:
            if (mark.time, mark.end, storable(mark.comment)) not in present:
                scene.bookmarks.append(Bookmark(time=mark.time, end=mark.end, comment=mark.comment))
                present.add((mark.time, mark.end, storable(mark.comment)))
        return scene

    def differs(self, scene: Scene, label: str, ours: str, theirs: str) -> None:
        """Tell that something of a scene differs, and keep what the archive says in its notes."""
        remark = self._differs(scene.title, label, ours, theirs)
        scene.notes = both(scene.notes, remark)

    def report(self, sentence: str) -> None:
        """Tell of a difference of which both sides are kept."""
        self._differences.append(sentence)

    def summary(self) -> MergeSummary:
        """How much is new or known so far, and what differs."""
        return MergeSummary(**self._counts, differences=tuple(self._differences))

    def _merge_film(self, film: Film, archived: ArchivedFilm) -> None:
        film.looking_for = both(film.looking_for, archived.looking_for)
        for field, label in _SHORT.items():
            ours, theirs = getattr(film, field), _plain(getattr(archived, field))
            if ours in ("", None):
                setattr(film, field, theirs)
            elif theirs not in ("", None, ours):
                remark = self._differs(film.title, label, ours, theirs)
                film.looking_for = both(film.looking_for, remark)
        if film.color == _NO_COLOR:
            film.color = archived.color
        elif archived.color.lower() not in (film.color.lower(), _NO_COLOR.lower()):
            self._differs(film.title, "colour", film.color, archived.color)

    def _put_in_film(self, scene: Scene, archived: ArchivedScene) -> None:
        film = self._by_uuid.get(archived.film) if archived.film is not None else None
        if film is None:
            return
        if scene.film_id is None and scene.film is None:
            scene.film = film
            if scene.id is not None:
                self.moved.add(scene)
        elif scene.film is not film and scene.film is not None:
            self.differs(scene, "film", scene.film.title, film.title)

    def _merge_texts(self, scene: Scene, archived: ArchivedScene) -> None:
        scene.quote = both(scene.quote, archived.quote)
        scene.notes = both(scene.notes, archived.notes)
        theirs = _plain(archived.title)
        if scene.title == title_of(scene.clip_name):
            scene.title = theirs  # nobody has named it here
        elif theirs not in (scene.title, title_of(archived.clip_name)):
            self.differs(scene, "title", scene.title, theirs)

    def _differs(self, name: str, label: str, ours: Any, theirs: Any) -> str:
        """Note a difference; gives the line that keeps what the archive says."""
        self.report(f"{name}: the {label} here is {ours}, in the archive {theirs}.")
        return f"In an imported archive, the {label} is: {theirs}"


def _known_scenes(session: Session, hashes: Sequence[str]) -> dict[str, Scene]:
    """The scenes of some clips, with all that a merge looks at, by the hash of the clip."""
    parts = (Scene.film, Scene.tags, Scene.bookmarks, Scene.analyses)
    query = select(Scene).options(*(selectinload(part) for part in parts))
    found: dict[str, Scene] = {}
    for first in range(0, len(hashes), _AT_ONCE):
        wanted = Scene.clip_sha256.in_(hashes[first : first + _AT_ONCE])
        found.update({scene.clip_sha256: scene for scene in session.scalars(query.where(wanted))})
    return found


def both(ours: str, theirs: str) -> str:
    """Two texts as one, once each; importing the same again adds nothing."""
    theirs = _plain(theirs)
    if not theirs or theirs in ours:
        return ours
    return theirs if not ours or ours in theirs else f"{ours}\n\n{theirs}"


def _plain(value: Any) -> Any:
    return storable(value).strip() if isinstance(value, str) else value


def _name(title: str, year: int | None) -> tuple[str, int | None]:
    return fold(" ".join(title.split())), year


def _new_scene(archived: ArchivedScene) -> Scene:
    own: Sequence[str] = ("clip_sha256", "clip_name", "title", "quote", "notes", "duration")
    return Scene(**{name: getattr(archived, name) for name in own}, created=archived.created)
