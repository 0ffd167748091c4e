"""What a user writes in the library, also while another writes in it too.

A form knows what it has shown. Only the fields that were changed in it are written, so that two
people who edit different fields lose nothing; where both have changed the same field, the second
is reported and nothing of the first is overwritten.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from emotion_core.errors import LibraryError
from emotion_core.library.database.engine import Database, find_or_add
from emotion_core.library.database.tables import (
    Bookmark,
    Film,
    Scene,
    Tag,
    scene_tags,
    storable,
)

FILM_FIELDS = (
    *("title", "original_title", "year", "director"),
    *("country", "language", "genre", "color", "looking_for"),
)
SCENE_FIELDS = ("film_id", "title", "quote", "notes")
_LISTS = ("country", "language", "genre")
_GONE = "This has been deleted by someone else."


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two have changed: what the other has written, and what was not."""

    field: str
    theirs: Any
    yours: Any


def film_fields(film: Film) -> dict[str, Any]:
    """What a form shows of a film."""
    return {name: getattr(film, name) for name in FILM_FIELDS}


def scene_fields(scene: Scene) -> dict[str, Any]:
    """What a form shows of a scene, but for its tags."""
    return {name: getattr(scene, name) for name in SCENE_FIELDS}


def add_film(database: Database, fields: Mapping[str, Any]) -> Film:
    """Add a film.

    Args:
        fields: some of :data:`FILM_FIELDS`, the title among them.

    Raises:
        LibraryError: it has no title.
    """
    with database.writing() as session:
        film = Film(**_cleaned(fields))
        session.add(film)
    return film


def edit_film(
    database: Database, film_id: int, shown: Mapping[str, Any], wanted: Mapping[str, Any]
) -> tuple[Conflict, ...]:
    """Write what was changed in a form.

    Args:
        film_id: the film.
        shown: what the form showed.
        wanted: what it holds now, the same fields.

    Returns:
        The fields that another has changed meanwhile; all others are written.

    Raises:
        LibraryError: the film is gone, or would have no title.
    """
    with database.writing() as session:
        film = session.get(Film, film_id, with_for_update=True)
        if film is None:
            raise LibraryError(_GONE)
        return _merge(film, shown, _cleaned(wanted))


def edit_scene(
    database: Database,
    scene_id: int,
    shown: Mapping[str, Any],
    wanted: Mapping[str, Any],
    tags_shown: Collection[str] = (),
    tags_wanted: Collection[str] = (),
) -> tuple[Conflict, ...]:
    """Write what was changed in a form; tags are added and taken off one by one.

    Args: as for :func:`edit_film`, and the tags before and now.
    """
    with database.writing() as session:
        scene = session.get(Scene, scene_id, with_for_update=True)
        if scene is None:
            raise LibraryError(_GONE)
        film = wanted.get("film_id")
        if film is not None and session.get(Film, film) is None:
            raise LibraryError("The film has been deleted by someone else. Choose another.")
        conflicts = _merge(scene, shown, _cleaned(wanted))
        before, now = tag_names(tags_shown), tag_names(tags_wanted)
        for tag in [tag for tag in scene.tags if tag.name in before - now]:
            scene.tags.remove(tag)
        put_tags(session, scene, now - before)
        drop_unused_tags(session)
    return conflicts


def put_tags(session: Session, scene: Scene, names: Collection[str]) -> None:
    """Tag a scene."""
    for name in sorted(names):
        query = select(Tag).where(Tag.name == name)
        scene.tags.add(find_or_add(session, query, lambda name=name: Tag(name=name)))  # type: ignore[misc]


def drop_unused_tags(session: Session) -> None:
    """Remove the tags that no scene has any more, so that nobody filters by them."""
    session.flush()
    session.execute(delete(Tag).where(Tag.id.not_in(select(scene_tags.c.tag_id))))


def add_bookmark(
    database: Database, scene_id: int, time: float, comment: str = "", end: float | None = None
) -> None:
    """Remember a moment of a scene, or a stretch up to ``end``, in seconds.

    Raises:
        LibraryError: the scene is gone, or the times are not in it.
    """
    with database.writing() as session:
        scene = session.get(Scene, scene_id)
        if scene is None:
            raise LibraryError(_GONE)
        _check_times(scene, time, end)
        session.add(Bookmark(scene_id=scene_id, time=time, end=end, comment=_text(comment)))


def edit_bookmark(database: Database, bookmark_id: int, comment: str, end: float | None) -> None:
    """Write what a bookmark says, and how far it reaches, in seconds.

    Raises:
        LibraryError: it is gone, or the end is before its time or not in the scene.
    """
    with database.writing() as session:
        mark = session.get(Bookmark, bookmark_id)
        if mark is None:
            raise LibraryError("Someone has deleted this bookmark.")
        scene = session.get_one(Scene, mark.scene_id)
        _check_times(scene, mark.time, end)
        mark.comment, mark.end = _text(comment), end


def delete_bookmark(database: Database, bookmark_id: int) -> None:
    """Forget a moment; nothing happens where another has done so."""
    with database.writing() as session:
        session.execute(delete(Bookmark).where(Bookmark.id == bookmark_id))


def _check_times(scene: Scene, time: float, end: float | None) -> None:
    for moment in (time, end):
        if moment is not None and not 0 <= moment <= scene.duration + 0.05:
            raise LibraryError(
                f"The scene is {scene.duration:.1f} s long and does not include {moment:.1f} s."
            )
    if end is not None and end <= time:
        raise LibraryError(f"The bookmark begins at {time:.1f} s, so it must end after that.")


def listed(text: str) -> list[str]:
    """What a list with commas holds: ``Comedy, drama`` is two."""
    return [part for part in (" ".join(piece.split()) for piece in text.split(",")) if part]


def tag_names(names: Collection[str]) -> set[str]:
    """The tags that are meant by what was written, each once."""
    cleaned = (" ".join(storable(name).split())[:100] for name in names)
    return {name for name in cleaned if name}


def _text(text: str) -> str:
    return storable(text).strip()


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {k: _text(v) if isinstance(v, str) else v for k, v in fields.items()}
    for name in _LISTS:
        if name in cleaned:
            cleaned[name] = ", ".join(listed(cleaned[name]))
    if "title" in cleaned:
        cleaned["title"] = " ".join(cleaned["title"].split())
        if not cleaned["title"]:
            raise LibraryError("Enter a title.")
    return cleaned


def _merge(
    row: Film | Scene, shown: Mapping[str, Any], wanted: Mapping[str, Any]
) -> tuple[Conflict, ...]:
    conflicts = []
    for name, value in wanted.items():
        current = getattr(row, name)
        if value in (shown[name], current):
            continue
        if current != shown[name]:
            conflicts.append(Conflict(name, current, value))
        else:
            setattr(row, name, value)
    return tuple(conflicts)
