"""What the library can be filtered by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import literal, select, union_all

from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Film, Tag, fold
from emotion_core.library.editing import listed


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be filtered by, in alphabetical order."""

    countries: tuple[str, ...]
    languages: tuple[str, ...]
    genres: tuple[str, ...]
    tags: tuple[str, ...]


def choices(database: Database) -> Choices:
    """What the library can be filtered by."""
    kinds = (Film.country, Film.language, Film.genre, Tag.name)
    query = union_all(
        *(select(literal(n), kind).where(kind != "").distinct() for n, kind in enumerate(kinds))
    )
    found: list[set[str]] = [set() for _ in kinds]
    with database.reading() as session:
        for number, value in session.execute(query):
            found[number].update([value] if number == 3 else listed(value))
    return Choices(*(tuple(sorted(values, key=fold)) for values in found))
