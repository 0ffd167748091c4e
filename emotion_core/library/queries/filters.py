"""What is looked for in the library, as conditions and orders of a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.library.database.tables import (
    Appearance,
    Character,
    Film,
    Scene,
    SpokenLine,
    Tag,
    fold,
    scene_tags,
    shown_character,
)
from emotion_core.sound.words.lines import search_parts

# A scene counts as one of an emotion that leads for so much of its face time, as in `describe`.
LEADS = 0.15
# Up to so many scenes are named to further questions by their numbers.
_FEW = 500


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
            names of characters), case and accents aside; or all of them in one of its lines, as
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


# The scenes in which something is said: their numbers, or what finds them.
Saying = Sequence[int] | Select[int]


def scenes_saying(session: Session, text: str) -> Saying:
    """The scenes of which one line holds all words of a text.

    Few are looked up now, so that the lines are gone through once, and not for each question.
    """
    if not (parts := search_parts(text)):
        return ()
    query = select(SpokenLine.scene_id).where(line_holds(parts)).distinct()
    found = session.scalars(query.limit(_FEW + 1)).all()
    return found if len(found) <= _FEW else query


def film_matches(filters: Filters, saying: Saying) -> ColumnElement[bool]:
    """What a film must be, or have a scene of.

    Args:
        filters: what is looked for.
        saying: of :func:`scenes_saying` for their text.
    """
    conditions = [_film_conditions(filters)]
    matches = scene_matches(filters, saying)
    own_scene = select(Scene.id).where(Scene.film_id == Film.id, matches).exists()
    if filters.of_scenes:
        conditions.append(own_scene)
    elif filters.text:
        named = and_(true(), *(_contains(Film.search, word) for word in fold(filters.text).split()))
        conditions.append(or_(named, own_scene))
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
            conditions.append(_contains(", " + column + ",", f", {value},"))
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
        conditions.append(_has_tag(Tag.name == filters.tag))
    if filters.emotion in EMOTIONS:
        conditions.append(getattr(Scene, filters.emotion) >= LEADS)
    if filters.has_lines is not None:
        speaks = Scene.id.in_(select(SpokenLine.scene_id))
        conditions.append(speaks if filters.has_lines else ~speaks)
    if words := fold(filters.text).split():
        conditions.append(or_(and_(*map(_mentions, words)), Scene.id.in_(saying)))
    return and_(*conditions)


def line_holds(parts: Sequence[str]) -> ColumnElement[bool]:
    """Whether a line holds all parts of :func:`~emotion_core.sound.words.lines.search_parts`."""
    return and_(*(_contains(SpokenLine.search, part) for part in parts)) if parts else false()


def _mentions(word: str) -> ColumnElement[bool]:
    """Whether a folded word stands in a scene, in its tags, its characters or its film."""
    tagged = _has_tag(_contains(Tag.search, word))
    own = or_(_contains(Scene.search, word), _contains(Film.search, word))
    return or_(own, tagged, Scene.id.in_(_played(word)))


def _played(word: str) -> Select[Any]:
    """Scenes with someone of such a name who is not hidden."""
    # names first, and then their few tracks: there are many tracks, each with a portrait
    named = select(Character.id).where(_contains(Character.search, word), shown_character())
    seen = select(Appearance.scene_id).where(Appearance.track.is_not(None))
    return seen.where(Appearance.character_id.in_(named))


def _has_tag(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    query = select(scene_tags.c.scene_id).join(Tag).where(scene_tags.c.scene_id == Scene.id)
    return query.where(condition).exists()


def _contains(column: Any, word: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.contains(word, autoescape=True)
    return found


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
