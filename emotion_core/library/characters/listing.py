"""Who is in a scene, and in all scenes of a film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, distinct, func, select
from sqlalchemy.orm import Session, selectinload

from emotion_core.library.characters.entering import same_film
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Character, Scene, character_label


@dataclass(frozen=True, slots=True)
class SceneCharacter:
    """A character with some of their tracks.

    Attributes:
        id: of the character.
        name: as the user calls them; empty until then.
        label: what they are called in any case.
        appearances: the tracks, by scene and time.
        hidden: whether they are left out of figures, comparisons and exports.
    """

    id: int
    name: str
    label: str
    appearances: tuple[Appearance, ...]
    hidden: bool = False

    @property
    def seconds(self) -> float:
        """Time in view."""
        return sum(one.seconds for one in self.appearances)


@dataclass(frozen=True, slots=True)
class FilmCharacter:
    """A character of a film, without their tracks.

    Attributes:
        id, label: as of a :class:`SceneCharacter`.
        scenes: in how many scenes of the film they are seen.
    """

    id: int
    label: str
    scenes: int


def characters_of_scene(database: Database, scene_id: int) -> tuple[SceneCharacter, ...]:
    """The characters of a scene with their tracks in it, by time in view, hidden ones last."""
    query = select(Appearance).where(Appearance.scene_id == scene_id)
    with database.reading() as session:
        return _characters(session, query)


def characters_of_film(
    database: Database, scene_id: int, limit: int | None = None
) -> tuple[FilmCharacter, ...]:
    """The characters of all scenes of the same film as a scene.

    Args:
        scene_id: the scene.
        limit: at most so many: those of the scene first, then those with a name, then those who
            are in most scenes.
    """
    here = func.max(case((Appearance.scene_id == scene_id, 1), else_=0))
    scenes = func.count(distinct(Appearance.scene_id))
    with database.reading() as session:
        scene = session.get(Scene, scene_id)
        if scene is None:
            return ()
        query = (
            select(Character.id, Character.name, Character.number, scenes)
            .join(Appearance, Appearance.character_id == Character.id)
            .join(Scene, Scene.id == Appearance.scene_id)
            .where(same_film(scene), Appearance.track.is_not(None))
            .group_by(Character.id)
            .order_by(here.desc(), (Character.name != "").desc(), scenes.desc(), Character.id)
            .limit(limit)
        )
        return tuple(
            FilmCharacter(number, character_label(name, count), own)
            for number, name, count, own in session.execute(query)
        )


def first_faces(database: Database, character_id: int, count: int = 1) -> tuple[Appearance, ...]:
    """The first tracks of a character, with their portraits."""
    query = select(Appearance).where(Appearance.character_id == character_id)
    with database.reading() as session:
        ordered = query.order_by(Appearance.scene_id, Appearance.start).limit(count)
        return tuple(session.scalars(ordered))


def _characters(session: Session, query: Select[Any]) -> tuple[SceneCharacter, ...]:
    query = query.where(Appearance.track.is_not(None))
    query = query.options(selectinload(Appearance.character))
    own: dict[Character, list[Appearance]] = {}
    for one in session.scalars(query.order_by(Appearance.scene_id, Appearance.start)):
        own.setdefault(one.character, []).append(one)
    characters = (
        SceneCharacter(c.id, c.name, c.label, tuple(tracks), bool(c.hidden))
        for c, tracks in own.items()
    )
    return tuple(sorted(characters, key=lambda one: (one.hidden, -one.seconds, one.id)))
