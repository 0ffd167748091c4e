"""What all tables have in common: how text and times are kept, and ids."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from emotion_core.library.database.tables.folding import storable


class PlainText(TypeDecorator[str]):
    """Text of any script, without what a database refuses: zero bytes and halves of letters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """The text as every database can store it."""
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[datetime]):
    """A time with its zone, also where the database keeps none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The same time in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The time with its zone, which SQLite drops: UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def now() -> datetime:
    """The present time in UTC, with its zone."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """All tables; text and times are kept the same way on every database."""

    type_annotation_map = {str: PlainText, datetime: UtcTime}  # noqa: RUF012


# Ids are never given out twice: a page that still shows a deleted film must not change another.
KEPT_IDS = {"sqlite_autoincrement": True}
