"""What is looked for in the library, as conditions and orders of a query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.library.database.tables import (
    Film,
    Scene,
    SpokenLine,
    Tag,
)
from emotion_core.library.queries.words import (
    Saying,
    contains,
    film_mentions,
    has_tag,
    scene_mentions,
)

# A scene counts as one of an emotion that leads for so much of its face time, as in `describe`.
LEADS = 0.15


class Order(Enum):
    """How films, and the scenes in them, are ordered."""

    TITLE = "title"
    YEAR = "year"
    NEWEST = "newest"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which films and scenes are looked for; empty means all.

    Attributes:
        text: words, each of which must be in the film (titles, director, country, language,
            genre, what to look for) or in the scene (title, quote, notes, name of the clip, tags,
            names of characters), case and accents aside; those that stand in neither, or all of
            them, must be in one line of the scene, as
            :func:`~emotion_core.sound.words.lines.find_lines` looks for them.
        country, language, genre: one of those that the film names.
        tag: of the scene.
        has_lines: whether the scene has lines that are spoken at a known time; ``None`` takes both.
        emotion: leads for at least :data:`LEADS` of the scene's face time.
        film_id: one film alone; 0 for the scenes without a film.
    """

    text: str = ""
    country: str = ""
    language: str = ""
    genre: str = ""
    tag: str = ""
    emotion: str = ""
    has_lines: bool | None = None
    film_id: int | None = None

    @property
    def of_films(self) -> bool:
        """Whether only films can match, and no scene without one."""
        return bool(self.country or self.language or self.genre)

    @property
    def of_scenes(self) -> bool:
        """Whether only films with such a scene match."""
        return bool(self.tag or self.emotion) or self.has_lines is not None


def film_matches(filters: Filters, saying: Saying) -> ColumnElement[bool]:
    """What a film must be, or have a scene of.

    Args:
        filters: what is looked for.
        saying: of :func:`~emotion_core.library.queries.words.scenes_saying` for their text.
    """
    conditions = [_film_conditions(filters)]
    matches = scene_matches(filters, saying)
    own_scene = select(Scene.id).where(Scene.film_id == Film.id, matches).exists()
    if filters.of_scenes:
        conditions.append(own_scene)
    elif filters.text:
        conditions.append(or_(film_mentions(filters.text), own_scene))
    return and_(*conditions)


def _film_conditions(filters: Filters) -> ColumnElement[bool]:
    """What a film itself must be, text aside."""
    conditions: list[ColumnElement[bool]] = [true()]
    if filters.film_id is not None:
        conditions.append(Film.id == filters.film_id)
    for column, value in (
        (Film.country, filters.country),
        (Film.language, filters.language),
        (Film.genre, filters.genre),
    ):
        if value:
            # the commas keep Oman out of Romania
            conditions.append(contains(", " + column + ",", f", {value},"))
    return and_(*conditions)


def in_shown_film(filters: Filters, loose: bool) -> ColumnElement[bool]:
    """Whether a scene is in a film that can match, or, if asked for, in none."""
    of_films = and_(Scene.film_id.is_not(None), _film_conditions(filters))
    return or_(of_films, Scene.film_id.is_(None)) if loose else of_films


def scene_matches(filters: Filters, saying: Saying) -> ColumnElement[bool]:
    """What a scene must be; its film, if it has one, is joined.

    Args: as for :func:`film_matches`.
    """
    conditions: list[ColumnElement[bool]] = [true()]
    if filters.tag:
        conditions.append(has_tag(Tag.name == filters.tag))
    if filters.emotion in EMOTIONS:
        conditions.append(getattr(Scene, filters.emotion) >= LEADS)
    if filters.has_lines is not None:
        speaks = Scene.id.in_(select(SpokenLine.scene_id))
        conditions.append(speaks if filters.has_lines else ~speaks)
    if filters.text.strip():
        conditions.append(or_(scene_mentions(filters.text), saying.is_in(Scene.id)))
    return and_(*conditions)


def film_order(order: Order) -> list[Any]:
    """The columns by which films are ordered."""
    of_film = select(func.max(Scene.created)).where(Scene.film_id == Film.id).scalar_subquery()
    length = select(func.sum(Scene.duration)).where(Scene.film_id == Film.id).scalar_subquery()
    first: dict[Order, list[Any]] = {
        Order.TITLE: [],
        Order.YEAR: [Film.year.desc().nulls_last()],
        # a film without scenes comes after those with one
        Order.NEWEST: [of_film.desc().nulls_last(), Film.created.desc()],
        Order.LENGTH: [func.coalesce(length, 0).desc()],
    }
    return [*first[order], Film.search, Film.id]


def scene_order(order: Order) -> list[Any]:
    """The columns by which the scenes of a film are ordered."""
    first: dict[Order, list[Any]] = {
        Order.NEWEST: [Scene.created.desc()],
        Order.LENGTH: [Scene.duration.desc()],
    }
    return [*first.get(order, []), Scene.search, Scene.id]
