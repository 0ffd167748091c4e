"""How far long work is.

All long work of the core is a :data:`Task`: a generator that yields :class:`Progress` now and then
and returns its result. Whoever runs it decides what to do with that: draw a bar, stop by closing
it, make it a part of longer work (``result = yield from task``), or just :func:`finish` it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is.

    Attributes:
        done: what is done so far, in any unit.
        total: all there is to do, in the same unit; 0 where that is not known.
        detail: what else a bar may say, such as ``120 frames, 14/s``.
    """

    done: float
    total: float = 1.0
    detail: str = ""

    @property
    def share(self) -> float:
        """Share of the work that is done, 0 to 1; 0 where the total is not known."""
        return min(max(self.done / self.total, 0.0), 1.0) if self.total > 0 else 0.0


Task: TypeAlias = Generator[Progress, None, T]


def finish(task: Task[T], report: Callable[[Progress], None] | None = None) -> T:
    """Run a task to its end.

    Args:
        task: what to run.
        report: called with its progress; what it raises ends the task.

    Returns:
        The result of the task.
    """
    try:
        while True:
            step = next(task)
            if report is not None:
                report(step)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        task.close()


def part(task: Task[T], start: float, end: float) -> Task[T]:
    """A task as a part of a longer one.

    Args:
        task: the part.
        start, end: shares of the longer task at which the part begins and ends.

    Returns:
        The same task, its progress given as a share of the longer one.
    """
    try:
        while True:
            step = next(task)
            yield Progress(start + step.share * (end - start), detail=step.detail)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        task.close()


def within(task: Task[T], start: float, total: float) -> Task[T]:
    """A task that says where in something longer it is, counted from its own beginning.

    Args:
        task: the task.
        start: where it begins, in the unit of its progress.
        total: how long it is.
    """
    try:
        while True:
            step = next(task)
            yield Progress(step.done - start, total, step.detail)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        task.close()
