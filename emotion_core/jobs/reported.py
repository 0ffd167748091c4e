"""Work that reports how far it is, as the steps of a job."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from emotion_core.explanation.methods.interface import Report

T = TypeVar("T")


class _Stopped(Exception):
    """Ends the work from within its own report."""


@dataclass(frozen=True, slots=True)
class WorkStep:
    """The share that is done; the last step has the result."""

    time: float
    duration: float = 1.0
    result: Any = None


def report_steps(work: Callable[[Report], T]) -> Iterator[WorkStep]:
    """Do some work in a thread of its own, and give its reports on as steps.

    Once the steps are closed, the work ends at its next report.

    Args:
        work: takes a report, and gives the result.
    """
    shares: SimpleQueue[float | None] = SimpleQueue()
    stop = threading.Event()

    def report(share: float) -> None:
        if stop.is_set():
            raise _Stopped
        shares.put(share)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="eme-work") as pool:
        future = pool.submit(work, report)
        future.add_done_callback(lambda _: shares.put(None))
        try:
            while (share := shares.get()) is not None:
                yield WorkStep(share)
            yield WorkStep(1.0, result=future.result())
        finally:
            stop.set()
