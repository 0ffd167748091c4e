"""Which performances there are: each character in each scene, with what the library knows of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import (
    Appearance,
    Character,
    Film,
    Scene,
    Tag,
    character_label,
    fold,
    isolated,
    scene_tags,
    shown_character,
)


@dataclass(frozen=True, slots=True)
class PerformanceEntry:
    """A character in a scene, by the latest analysis of it.

    Attributes:
        scene_id, character_id: which.
        character, scene, film: what they are called; the film is empty without one.
        address, model: of the analysis.
        seconds: time in view.
        country, language: of the film, one or several with commas between.
        neutral_time: seconds at which the character's face is neutral, as a user says.
        tags: of the scene, in alphabetical order.
    """

    scene_id: int
    character_id: int
    character: str
    scene: str
    film: str
    address: str
    model: str
    seconds: float
    country: str
    language: str
    neutral_time: float | None = None
    tags: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Changes with the character, their name and tracks, and the analysis."""
        return f"{self.address}:{self.character_id}:{self.character}:{self.seconds:.3f}"

    @property
    def title(self) -> str:
        """What to call it: character, film and scene."""
        parts = (self.character, self.film, self.scene)
        return " · ".join(isolated(part) for part in parts if part)


def performance_entries(
    database: Database, scenes: Collection[int] | None = None
) -> list[PerformanceEntry]:
    """All performances, those of the newest scene first, and in a scene the longest in view.

    Those of hidden characters are left out.

    Two queries, however many scenes there are.

    Args:
        scenes: only those of these scenes.
    """
    seconds = func.sum(Appearance.seconds)
    query = (
        select(
            Scene.id,
            Character.id,
            Character.name,
            Character.number,
            Scene.title,
            func.coalesce(Film.title, ""),
            Scene.address,
            Scene.model,
            seconds,
            func.coalesce(Film.country, ""),
            func.coalesce(Film.language, ""),
            func.min(Appearance.neutral_time),
        )
        .select_from(Appearance)
        .join(Character, Character.id == Appearance.character_id)
        .join(Scene, Scene.id == Appearance.scene_id)
        .outerjoin(Film, Film.id == Scene.film_id)
        .where(Appearance.track.is_not(None), Scene.address != "", shown_character())
        .group_by(Scene.id, Character.id, Film.id)
        .order_by(Scene.created.desc(), Scene.id, seconds.desc(), Character.id)
    )
    tagged = select(scene_tags.c.scene_id, Tag.name).join(Tag, Tag.id == scene_tags.c.tag_id)
    if scenes is not None:
        query = query.where(Scene.id.in_(scenes))
        tagged = tagged.where(scene_tags.c.scene_id.in_(scenes))
    tags: dict[int, list[str]] = {}
    with database.reading() as session:
        for scene, name in session.execute(tagged):
            tags.setdefault(scene, []).append(name)
        found = [
            PerformanceEntry(scene, who, character_label(name, number), *rest)
            for scene, who, name, number, *rest in session.execute(query)
        ]
    return [replace(one, tags=tuple(sorted(tags.get(one.scene_id, ()), key=fold))) for one in found]
