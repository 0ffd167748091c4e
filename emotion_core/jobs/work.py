"""What a job does: plain data that any worker can begin it from, also after a restart."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import TypeAdapter

from emotion_core.progress import Task
from emotion_core.settings import Settings


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a job: what to call it, and how to begin it."""

    label: str
    begin: Callable[[], Task[Any]]


class Work(ABC):
    """Some work; its subclasses are frozen dataclasses of plain values.

    Attributes:
        kind: its name in the database.
        result: type of what the last phase gives.
        computes: whether it keeps all cores of a worker busy; of such, each worker does one.
    """

    kind: ClassVar[str]
    result: ClassVar[Any]
    computes: ClassVar[bool]

    @property
    @abstractmethod
    def subject(self) -> str:
        """What it is done to; the same work is not queued twice."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What to call it."""

    @abstractmethod
    def phases(self, settings: Settings) -> Sequence[Phase]:
        """What to do, one after the other."""

    def tidy(self) -> None:  # noqa: B027 - most leave nothing
        """Remove what was only there for this work; called once it has ended, however."""

    def to_json(self) -> str:
        """All that it needs to be begun."""
        return TypeAdapter(type(self)).dump_json(self).decode()
