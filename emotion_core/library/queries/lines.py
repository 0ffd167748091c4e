"""What is said in the library: the lines that hold some words, and who speaks them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from emotion_core.errors import LibraryError
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import (
    Appearance,
    Character,
    Film,
    Scene,
    SpokenLine,
    character_label,
    shown_character,
)
from emotion_core.library.queries.words import Saying, line_holds

LINES_A_SCENE = 3
# Letters of what is looked for; SQLite takes patterns of 50,000 bytes, and 1,000 conditions.
LONGEST_SEARCH = 500


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line, as it is listed.

    Attributes:
        start, end: seconds in the clip.
        who: as its file says, else who is seen to speak, with "?" where that is only likely; empty
            where it cannot be told.
        text: what is said.
    """

    start: float
    end: float
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundLines:
    """Those lines of a scene that hold the words that are looked for.

    Attributes:
        lines: the first of them.
        count: how many there are.
        seen: whether it was looked for who is seen to speak, where a line does not say who does.
        words: those that each of the lines holds.
    """

    lines: tuple[FoundLine, ...]
    count: int
    seen: bool = True
    words: str = ""


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A line with the scene and the film that it is in.

    Attributes:
        line: itself.
        scene_id, scene, film: what they are called; the film is empty without one.
        clip: where it lay when it was read, or the name that it came with.
    """

    line: FoundLine
    scene_id: int
    scene: str
    film: str
    clip: str


def lines_in(session: Session, saying: Saying, scenes: Collection[int]) -> dict[int, FoundLines]:
    """The lines of some scenes that hold what is looked for, a few of each scene, in one query.

    Args:
        session: a reading one.
        saying: what is looked for, and what of it is left for the lines of a scene.
        scenes: numbers of scenes.
    """
    wanted: dict[str, list[int]] = {}
    for scene in scenes:
        wanted.setdefault(saying.left.get(scene, saying.text), []).append(scene)
    held = (and_(SpokenLine.scene_id.in_(own), line_holds(words)) for words, own in wanted.items())
    place = func.row_number().over(partition_by=SpokenLine.scene_id, order_by=SpokenLine.place)
    count = func.count().over(partition_by=SpokenLine.scene_id)
    ranked = (
        select(SpokenLine.scene_id, SpokenLine.place, place.label("rank"), count.label("total"))
        .where(or_(false(), *held))
        .subquery()
    )
    query = (
        _with_speakers(ranked.c.total, Scene.speakers_of == Scene.address)
        .join(
            ranked,
            and_(
                ranked.c.scene_id == SpokenLine.scene_id,
                ranked.c.place == SpokenLine.place,
            ),
        )
        .where(ranked.c.rank <= LINES_A_SCENE)
        .order_by(SpokenLine.scene_id, SpokenLine.place)
    )
    found: dict[int, FoundLines] = {}
    for line, name, number, total, seen in session.execute(query):
        before = found.get(line.scene_id)
        lines = (*(before.lines if before else ()), _found(line, name, number))
        seen = seen or all(one.who for one in lines)
        words = saying.left.get(line.scene_id, saying.text)
        found[line.scene_id] = FoundLines(lines, total, seen, words)
    return found


def search_lines(database: Database, text: str, limit: int | None = None) -> list[LineEntry]:
    """The lines of the library that hold all words of a text, by film, scene and time.

    Args:
        database: the library.
        text: the words, see :func:`~emotion_core.sound.words.lines.find_lines`.
        limit: at most so many.

    Raises:
        LibraryError: the text is longer than :data:`LONGEST_SEARCH`.
    """
    if len(text) > LONGEST_SEARCH:
        raise LibraryError(f"At most {LONGEST_SEARCH} letters can be searched for at once.")
    clip = case((Scene.source == "", Scene.clip_name), else_=Scene.source)
    about = (Scene.id, Scene.title, func.coalesce(Film.title, ""), clip)
    query = (
        _with_speakers(*about)
        .outerjoin(Film, Film.id == Scene.film_id)
        .where(line_holds(text))
        .order_by(Film.search.nulls_first(), Scene.search, Scene.id, SpokenLine.place)
        .limit(limit)
    )
    with database.reading() as session:
        return [
            LineEntry(_found(line, name, number), *rest)
            for line, name, number, *rest in session.execute(query)
        ]


def _with_speakers(*more: Any) -> Select[Any]:
    """Lines, the name and number of who is seen to speak them, and more of their scenes."""
    same = and_(
        Appearance.scene_id == SpokenLine.scene_id,
        Appearance.track == SpokenLine.track,
        Appearance.address == Scene.address,
        Scene.speakers_of == Scene.address,  # tracks of another analysis have other numbers
    )
    return (
        select(SpokenLine, Character.name, Character.number, *more)
        .join(Scene, Scene.id == SpokenLine.scene_id)
        .outerjoin(Appearance, same)
        .outerjoin(Character, and_(Character.id == Appearance.character_id, shown_character()))
    )


def _found(line: SpokenLine, name: str | None, number: int | None) -> FoundLine:
    who = line.speaker
    if not who and number is not None:
        who = character_label(name or "", number) + "?" * line.likely
    return FoundLine(line.start, line.end, who, line.text)
