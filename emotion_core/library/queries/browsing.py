"""Questions to the library: what a page shows, what can be chosen, what belongs to what.

Each is a few queries, however many films and scenes there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import (
    Analysis,
    Appearance,
    Character,
    Film,
    Scene,
    fold,
    isolated,
    shown_character,
)
from emotion_core.library.queries.filters import (
    Filters,
    Order,
    film_matches,
    film_order,
    in_shown_film,
    scene_matches,
    scene_order,
)
from emotion_core.library.queries.lines import FoundLines, lines_in
from emotion_core.library.queries.words import scenes_saying

FILMS_A_PAGE = 8
SCENES_A_FILM = 6
SCENES_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class Shelf:
    """A film and those of its scenes that match; ``film`` is ``None`` for those without one.

    Attributes:
        scenes: at most as many as are shown, with tags and bookmarks.
        count: how many match.
        names: by the id of a scene, its characters who have a name, longest in view first.
        lines: by the id of a scene, its lines that hold the words that are looked for, see
            :func:`~emotion_core.library.queries.lines.lines_in`.
    """

    film: Film | None
    scenes: tuple[Scene, ...]
    count: int
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    lines: Mapping[int, FoundLines] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """What one page of the library shows.

    Attributes:
        shelves: scenes without a film first, on the first page; then films in order.
        films, scenes: how many match on all pages.
        pages: how many pages there are, at least 1.
    """

    shelves: tuple[Shelf, ...]
    films: int
    scenes: int
    pages: int


@dataclass(frozen=True, slots=True)
class SceneEntry:
    """An analysis with what the library knows of its scene and film.

    Attributes:
        address: of the analysis.
        scene_id, title: the scene.
        duration: seconds.
        model: name of the classifier.
        created: when it was read.
        film_id, film, year, country, language, genre: the film's; ``None`` and empty without.
        tags: of the scene, in alphabetical order.
    """

    address: str
    scene_id: int
    title: str
    duration: float
    model: str
    created: datetime
    film_id: int | None = None
    film: str = ""
    year: int | None = None
    country: str = ""
    language: str = ""
    genre: str = ""
    tags: tuple[str, ...] = field(default=())


def browse(
    database: Database,
    filters: Filters,
    order: Order = Order.TITLE,
    page: int = 0,
    scenes_a_film: int = SCENES_A_FILM,
) -> LibraryPage:
    """One page of the library.

    Args:
        filters: which films and scenes.
        order: of films, and of the scenes of a film.
        page: from 0.
        scenes_a_film: how many scenes of a film at most, unless it is shown alone.
    """
    alone = filters.film_id is not None
    loose = filters.film_id == 0 or (not alone and not filters.of_films)
    with database.reading() as session:
        saying = scenes_saying(session, filters.text)
        films = select(Film).where(film_matches(filters, saying))
        matches = scene_matches(filters, saying)
        counts = select(
            select(func.count()).select_from(films.subquery()).scalar_subquery(),
            select(func.count(Scene.id))
            .outerjoin(Scene.film)
            .where(matches, in_shown_film(filters, loose))
            .scalar_subquery(),
        )
        film_count, scene_count = session.execute(counts).one()
        films_from = 0 if alone else page * FILMS_A_PAGE
        shown = session.scalars(
            films.order_by(*film_order(order)).offset(films_from).limit(FILMS_A_PAGE)
        ).all()
        ids = [film.id for film in shown]
        with_loose = loose and (page == 0 or alone)
        first, count = (page * SCENES_A_PAGE, SCENES_A_PAGE) if alone else (0, scenes_a_film)
        scenes = _scenes_of(session, matches, order, ids, with_loose, first, count)
        numbers = [one.id for own, _ in scenes.values() for one in own]
        names = _names_in(session, numbers)
        lines = lines_in(session, saying, numbers) if filters.text.strip() else {}
    shelves = [Shelf(film, *scenes.get(film.id, ((), 0)), names, lines) for film in shown]
    if with_loose and None in scenes:
        shelves.insert(0, Shelf(None, *scenes[None], names, lines))
    total, step = (scene_count, SCENES_A_PAGE) if alone else (film_count, FILMS_A_PAGE)
    return LibraryPage(tuple(shelves), film_count, scene_count, max(-(-total // step), 1))


def film_titles(database: Database) -> dict[int, str]:
    """Films by number, as they are chosen: ``Himala (1982)``, in alphabetical order."""
    query = select(Film.id, Film.title, Film.year).order_by(Film.search, Film.id)
    with database.reading() as session:
        return {
            number: isolated(title) + ("" if year is None else f" ({year})")
            for number, title, year in session.execute(query)
        }


def scene_entries(
    database: Database,
    *,
    addresses: Collection[str] | None = None,
    film_id: int | None = None,
    limit: int | None = None,
) -> tuple[SceneEntry, ...]:
    """Analyses with their scenes and films, those that were read last first.

    Args:
        addresses: only these.
        film_id: only those of one film; 0 for scenes without a film.
        limit: at most so many.
    """
    query = select(Analysis, Scene, Film).select_from(Analysis).join(Scene).outerjoin(Scene.film)
    if addresses is not None:
        query = query.where(Analysis.address.in_(addresses))
    if film_id is not None:
        query = query.where(Scene.film_id == film_id if film_id else Scene.film_id.is_(None))
    query = query.order_by(Analysis.created.desc(), Analysis.address).limit(limit)
    query = query.options(selectinload(Scene.tags))
    with database.reading() as session:
        return tuple(_entry(*row) for row in session.execute(query))


def get_scene(database: Database, scene_id: int) -> Scene | None:
    """A scene with its film, tags, bookmarks and analyses."""
    parts = (Scene.film, Scene.tags, Scene.bookmarks, Scene.analyses)
    with database.reading() as session:
        return session.get(Scene, scene_id, options=[selectinload(part) for part in parts])


def scene_at(database: Database, address: str) -> int | None:
    """The scene that an analysis is of."""
    with database.reading() as session:
        return session.scalar(select(Analysis.scene_id).where(Analysis.address == address))


def scene_numbers(database: Database, film_id: int) -> list[int]:
    """The scenes of a film."""
    with database.reading() as session:
        return list(session.scalars(select(Scene.id).where(Scene.film_id == film_id)))


def latest_scenes(database: Database, limit: int) -> list[int]:
    """The scenes that were taken in last, the newest first; at most so many."""
    query = select(Scene.id).where(Scene.address != "").order_by(Scene.created.desc(), Scene.id)
    with database.reading() as session:
        return list(session.scalars(query.limit(limit)))


def scenes_at(database: Database, addresses: Collection[str]) -> list[int]:
    """The scenes that some analyses are of."""
    query = select(Analysis.scene_id).where(Analysis.address.in_(addresses))
    with database.reading() as session:
        return list(session.scalars(query))


def get_film(database: Database, film_id: int) -> Film | None:
    """A film."""
    with database.reading() as session:
        return session.get(Film, film_id)


def _entry(analysis: Analysis, scene: Scene, film: Film | None) -> SceneEntry:
    own = ("year", "country", "language", "genre")
    return SceneEntry(
        address=analysis.address,
        scene_id=scene.id,
        title=scene.title,
        duration=scene.duration,
        model=analysis.model,
        created=analysis.created,
        film_id=scene.film_id,
        film="" if film is None else film.title,
        **({} if film is None else {name: getattr(film, name) for name in own}),
        tags=tuple(sorted((tag.name for tag in scene.tags), key=fold)),
    )


def _names_in(session: Session, scenes: list[int]) -> dict[int, tuple[str, ...]]:
    """The characters with a name in some scenes, longest in view first."""
    query = (
        select(Appearance.scene_id, Character.name)
        .join(Character, Character.id == Appearance.character_id)
        .where(Appearance.scene_id.in_(scenes), Appearance.track.is_not(None), Character.name != "")
        .where(shown_character())
        .group_by(Appearance.scene_id, Character.id, Character.name)
        .order_by(func.sum(Appearance.seconds).desc(), Character.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for scene, name in session.execute(query):
        found[scene] = (*found.get(scene, ()), name)
    return found


def _scenes_of(
    session: Session,
    matches: ColumnElement[bool],
    order: Order,
    films: list[int],
    with_loose: bool,
    first: int,
    count: int,
) -> dict[int | None, tuple[tuple[Scene, ...], int]]:
    """The scenes that are shown of each film, and how many match, in one query."""
    wanted = Scene.film_id.in_(films)
    ranked = (
        select(
            Scene.id,
            func.row_number()
            .over(partition_by=Scene.film_id, order_by=scene_order(order))
            .label("place"),
            func.count().over(partition_by=Scene.film_id).label("total"),
        )
        .outerjoin(Scene.film)
        .where(or_(wanted, Scene.film_id.is_(None)) if with_loose else wanted)
        .where(matches)
        .subquery()
    )
    query: Select[Any] = (
        select(Scene, ranked.c.total)
        .join(ranked, ranked.c.id == Scene.id)
        .where(ranked.c.place > first, ranked.c.place <= first + count)
        .order_by(ranked.c.place)
        .options(selectinload(Scene.tags), selectinload(Scene.bookmarks))
    )
    found: dict[int | None, tuple[tuple[Scene, ...], int]] = {}
    for scene, total in session.execute(query):
        found[scene.film_id] = ((*found.get(scene.film_id, ((), 0))[0], scene), total)
    return found
