"""Files of JSON, checked by pydantic as they are read; what is wrong with one in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, TypeAdapter, ValidationError

from emotion_core.errors import EmotionCoreError

_T = TypeVar("_T")
OBJECT = TypeAdapter(dict[str, Any])


def _with_zone(moment: datetime) -> datetime:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("the year is out of range")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


# When something was made or read: with a zone, and far enough from the ends of the calendar that it
# can be told in any other.
Instant = Annotated[datetime, AfterValidator(_with_zone)]
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


def read_json(path: Path, kind: TypeAdapter[_T], subject: str, error: type[EmotionCoreError]) -> _T:
    """What a file of JSON holds; text does not pass for a number, nor a number for text.

    Args:
        path: the file.
        kind: what it should hold; what a dataclass does not know is ignored.
        subject: begins the sentence of an error, as in "The settings of the run".
        error: what is raised.

    Raises:
        EmotionCoreError: of the class ``error``: it cannot be read, or holds something else.
    """
    try:
        return kind.validate_json(path.read_bytes(), strict=True)
    except OSError as reason:
        raise error(f"{subject} cannot be read: {reason.strerror}.") from reason
    except ValidationError as reason:
        raise error(f"{subject} cannot be read: {first_problem(reason)}.") from reason


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong, as ``field.of.field: reason``."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        return "the file is damaged"
    place = ".".join(map(str, first["loc"])) or "the file"
    return f"{place}: {first['msg']}"
