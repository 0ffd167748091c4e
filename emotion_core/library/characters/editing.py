"""What a user changes in who is in a scene: names, merges, whose face a track is.

Whoever changes a character has seen all its tracks, so a change fixes all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from emotion_core.errors import LibraryError
from emotion_core.library.characters.entering import delete_unseen, next_number
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import (
    Appearance,
    Character,
    Scene,
    Take,
    fold,
    storable,
)


class TogetherError(LibraryError):
    """Two who are on screen at the same moment were to become one.

    Attributes:
        kept, joined: who; as for :func:`merge_characters`, which may do it all the same.
    """

    def __init__(self, kept: Character, joined: Character) -> None:
        super().__init__(
            f"{kept.label} and {joined.label} are on screen together. Merge them only if one "
            "person is there twice, as in a mirror, a split screen or a double role."
        )
        self.kept, self.joined = kept.id, joined.id


_GONE = "Someone else has changed these characters. Check them and try again."


def rename_character(database: Database, character_id: int, name: str) -> int:
    """Give a character a name; one of the same film who has it already is the same person.

    Args:
        name: empty takes the name away.

    Returns:
        The character who has the name now.

    Raises:
        TogetherError: they are on screen together with the one of that name.
        LibraryError: the character is gone.
    """
    name = " ".join(storable(name).split())[:100]
    with database.writing() as session:
        character = _get(session, character_id)
        same = select(Character).where(
            Character.search == fold(name),
            Character.id != character_id,
            Character.id.in_(_beside(character_id)),
        )
        other = session.scalars(same).first() if name else None
        if other is not None:
            _join(session, other, character)
            return other.id
        character.name = name
        _fix(character)
        return character.id


def hide_character(database: Database, character_id: int, hidden: bool) -> None:
    """Leave a character out of figures, comparisons and exports, or show them again.

    Args:
        hidden: whether they are left out.

    Raises:
        LibraryError: the character is gone.
    """
    with database.writing() as session:
        character = _get(session, character_id)
        character.hidden = hidden
        _fix(character)


def merge_characters(
    database: Database, kept: int, joined: int, *, even_together: bool = False
) -> None:
    """Say that two characters are one.

    Args:
        kept: keeps its name, or gets that of the other if it has none.
        joined: goes.
        even_together: also where both are on screen in the same moment, as in a mirror, a split
            screen or a double role.

    Raises:
        TogetherError: they are on screen together.
        LibraryError: one of them is gone.
    """
    with database.writing() as session:
        _join(session, _get(session, kept), _get(session, joined), even_together)


@dataclass(frozen=True, slots=True)
class Merge:
    """What it takes to part two characters again.

    Attributes:
        kept: who goes on.
        kept_name: what they were called before; empty for nothing.
        joined_name, joined_label: what the one was called who has gone.
        tracks: whose they were.
    """

    kept: int
    kept_name: str
    joined_name: str
    joined_label: str
    tracks: tuple[int, ...]


def plan_merge(database: Database, kept: int, joined: int) -> Merge:
    """What :func:`undo_merge` needs, as long as the two are apart.

    Raises:
        LibraryError: one of them is gone.
    """
    with database.reading() as session:
        one, other = session.get(Character, kept), session.get(Character, joined)
        if one is None or other is None:
            raise LibraryError(_GONE)
        tracks = tuple(appearance.id for appearance in other.appearances)
        return Merge(kept, one.name, other.name, other.label, tracks)


def undo_merge(database: Database, merge: Merge) -> int:
    """Part two characters again, each with the name it had.

    Returns:
        The character who was gone, under a new id.

    Raises:
        LibraryError: someone has changed them meanwhile.
    """
    parted = move_tracks(database, merge.tracks)
    with database.writing() as session:
        _get(session, merge.kept).name = merge.kept_name
        _get(session, parted).name = merge.joined_name
    return parted


def move_tracks(
    database: Database, appearances: Collection[int], character_id: int | None = None
) -> int:
    """Say that some tracks are someone else's.

    Args:
        appearances: the tracks.
        character_id: whose they are; ``None`` for someone new.

    Returns:
        The character whose they are now.

    Raises:
        LibraryError: someone has changed them meanwhile, or the character is on screen together
            with one of the tracks.
    """
    with database.writing() as session:
        query = select(Appearance).where(Appearance.id.in_(appearances))
        moved = session.scalars(query.options(selectinload(Appearance.character))).all()
        if not moved or len(moved) != len(set(appearances)):
            raise LibraryError(_GONE)
        before = {one.character_id for one in moved}
        if character_id is None:
            scene = session.get_one(Scene, moved[0].scene_id)
            target = Character(number=next_number(session, scene))
            session.add(target)
            session.flush()
        else:
            target = _get(session, character_id)
            if _are_together(target, moved):
                raise LibraryError(
                    f"{target.label} and one of these tracks are on screen together. Merge the two "
                    "characters if one person is there twice."
                )
        for one in moved:
            one.character_id, one.fixed = target.id, True
        session.flush()
        for number in before | {target.id}:
            session.expire(session.get_one(Character, number), ["appearances"])
            _fix(session.get_one(Character, number))
        session.flush()
        delete_unseen(session)
        return target.id


def _beside(character_id: int) -> Select[Any]:
    """Characters who are seen in a film that someone is seen in."""
    films = (
        select(func.coalesce(Scene.film_id, 0))
        .join(Appearance, Appearance.scene_id == Scene.id)
        .where(Appearance.character_id == character_id)
    )
    return (
        select(Appearance.character_id)
        .join(Scene, Scene.id == Appearance.scene_id)
        .where(func.coalesce(Scene.film_id, 0).in_(films))
    )


def _get(session: Session, character_id: int) -> Character:
    character = session.get(
        Character, character_id, options=[selectinload(Character.appearances)], with_for_update=True
    )
    if character is None:
        raise LibraryError(_GONE)
    return character


def _fix(character: Character) -> None:
    for one in character.appearances:
        one.fixed = True


def _join(
    session: Session, kept: Character, joined: Character, even_together: bool = False
) -> None:
    if not even_together and _are_together(kept, joined.appearances):
        raise TogetherError(kept, joined)
    kept.name = kept.name or joined.name
    for one in list(joined.appearances):
        one.character_id = kept.id
        one.fixed = True
    _fix(kept)
    session.flush()
    session.expire(joined)
    played = update(Take).where(Take.model_character_id == joined.id)
    session.execute(played.values(model_character_id=kept.id))
    session.execute(delete(Character).where(Character.id == joined.id))


def _are_together(character: Character, tracks: Iterable[Appearance]) -> bool:
    """Whether a track is on screen together with one of a character's other tracks."""
    tracks = list(tracks)
    own = [one for one in character.appearances if one not in tracks]
    for one, two in product(own, tracks):
        same = one.scene_id == two.scene_id and one.track is not None and two.track is not None
        if same and max(one.start, two.start) <= min(one.end, two.end):
            return True
    return False
