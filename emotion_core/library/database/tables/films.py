"""Films."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import String, event
from sqlalchemy.orm import Mapped, mapped_column

from emotion_core.library.database.tables.columns import KEPT_IDS, Base, now
from emotion_core.library.database.tables.folding import folded_lines


class Film(Base):
    """A film; one without scenes waits for the user's own clip.

    Attributes:
        uuid: the same film in every copy of the library.
        title, original_title, director: as the user writes them; empty where not known.
        country, language, genre: one or several, with commas between.
        year: of its first showing, or ``None``.
        color: of its poster, ``#rrggbb``.
        looking_for: in the user's words, what to look for in its faces.
        search: the title and all that a search looks in, folded; it begins with the title, so
            that it also gives the order.
    """

    __tablename__ = "films"
    __table_args__ = KEPT_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    title: Mapped[str]
    original_title: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None] = mapped_column(index=True)
    director: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    genre: Mapped[str] = mapped_column(default="")
    color: Mapped[str] = mapped_column(String(7), default="#8A7F76")
    looking_for: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(default=now, index=True)
    search: Mapped[str] = mapped_column(default="")


@event.listens_for(Film, "before_insert")
@event.listens_for(Film, "before_update")
def _index_film(_mapper: Any, _connection: Any, film: Film) -> None:
    names = (film.title, film.original_title, film.director)
    texts = (*names, film.country, film.language, film.genre, film.looking_for)
    film.search = folded_lines(text or "" for text in texts)
