"""What a job does: plain data that any worker can begin it from, also after a restart."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from pydantic import TypeAdapter

from emotion_core.progress import Task
from emotion_core.settings import Settings


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a job: what to call it, and how to begin it."""

    label: str
    begin: Callable[[], Task[Any]]


class Crew(Protocol):
    """The other workers of a cluster."""

    def do(
        self,
        part: Callable[..., Task[None]],
        arguments: Iterable[tuple[Any, ...] | None],
    ) -> Task[None]:
        """Have parts of a job done by whoever is free, each again where its worker is lost.

        Args:
            part: does one, from the settings of its worker and some arguments; a function of a
                module.
            arguments: of each part, taken as there are workers for them; ``None`` as a sign of life
                from what finds them.

        Yields:
            The sum of what the parts have done, in their unit.

        Raises:
            EmotionCoreError: the first that a part raises.
        """
        ...


class Work(ABC):
    """Some work; its subclasses are frozen dataclasses of plain values.

    Attributes:
        kind: its name in the database.
        result: type of what the last phase gives.
        computes: whether it keeps all cores of a worker busy; of such, each worker does one.
        edits: whether it changes what a library has, and not only adds what is computed from that.
        spreads: whether it has parts that several workers can do at the same time.
    """

    kind: ClassVar[str]
    result: ClassVar[Any]
    computes: ClassVar[bool]
    edits: ClassVar[bool] = True
    spreads: ClassVar[bool] = False

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

    def spread_phases(self, settings: Settings, crew: Crew) -> Sequence[Phase]:  # noqa: ARG002
        """The same, with parts of it done by a crew."""
        return self.phases(settings)

    def stop(self, settings: Settings) -> None:  # noqa: B027 - most end with their task
        """Stop what goes on without its task; called once a user has stopped it."""

    def tidy(self) -> None:  # noqa: B027 - most leave nothing
        """Remove what was only there for this work; called once it has ended, however."""

    def to_json(self) -> str:
        """All that it needs to be begun."""
        return TypeAdapter(type(self)).dump_json(self).decode()
