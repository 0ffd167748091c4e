"""Parts of a job, done by all workers of a cluster that are free."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emotion_core.errors import JobError
from emotion_core.jobs.cluster import compute_resources, compute_workers
from emotion_core.jobs.pulse import LOST_AGAIN_AND_AGAIN, Pulse, StopAsked
from emotion_core.progress import Progress, Task, finish
from emotion_core.settings import load_settings

if TYPE_CHECKING:
    from distributed import Client, Future

# Seconds from one look at the parts of others to the next.
_LOOK = 0.3
# Parts that may be lost with their workers before the job is given up.
_MOST_LOST = 10


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the job: its number, what it is done with, and by whom, an address."""

    number: int
    given: tuple[Any, ...]
    worker: str = ""


class DaskCrew:
    """The workers of the cluster that this process is one of.

    Made by the task of a job, in its thread. It finds the parts, and then does some itself: a
    worker that did both at once would let the others wait for what it finds.

    Args:
        job_id: of the job whose parts are done.
        library: the name of that which it is about.
    """

    def __init__(self, job_id: int, library: str) -> None:
        self._job, self._library = job_id, library
        self._topic = f"eme-parts-{job_id}"
        self._queue: deque[_Part] = deque()
        self._others: dict[Future, _Part] = {}  # what others do
        self._done: dict[int, float] = {}  # by part, in its own unit, once it has begun
        self._lost = 0

    def do(
        self, part: Callable[..., Task[None]], arguments: Iterable[tuple[Any, ...] | None]
    ) -> Task[None]:
        """As :meth:`emotion_core.jobs.work.Crew.do`."""
        from distributed import get_client

        client = get_client()
        client.subscribe_topic(self._topic, self._hear)
        try:
            for number, given in enumerate(arguments):
                if given is not None:
                    self._queue.append(_Part(number, given))
                self._hand_out(client, part)
                yield self._progress()
            while self._queue or self._others:
                own = self._next(client)
                if own is None:
                    self._wait(_LOOK)
                    self._hand_out(client, part)
                    yield self._progress()
                    continue
                for step in part(load_settings().library_of(self._library), *own.given):
                    self._done[own.number] = step.done
                    self._hand_out(client, part)
                    yield self._progress()
        finally:
            client.cancel(list(self._others))
            client.unsubscribe_topic(self._topic)

    def _hear(self, event: tuple[Any, dict[str, Any]]) -> None:
        self._done[event[1]["part"]] = event[1]["done"]

    def _progress(self) -> Progress:
        return Progress(sum(list(self._done.values())))

    def _next(self, client: Client) -> _Part | None:
        """A part to do oneself: one that nobody has, or that waits for a worker who is busy."""
        if self._queue:
            return self._queue.popleft()
        for future, part in self._others.items():
            if part.number not in self._done and not future.done():
                client.cancel(future)
                del self._others[future]
                return part
        return None

    def _hand_out(self, client: Client, part: Callable[..., Task[None]]) -> None:
        """Give each other worker a part to do, and take back what was lost with its worker."""
        from distributed import get_worker

        self._wait(0.0)
        if not self._queue and not self._others:
            return
        workers = [one for one in compute_workers(client) if one != get_worker().address]
        for future, lost in [(f, p) for f, p in self._others.items() if p.worker not in workers]:
            client.cancel(future)
            del self._others[future]
            self._done.pop(lost.number, None)
            self._queue.appendleft(lost)
            self._lost += 1
            if self._lost > _MOST_LOST:
                raise JobError(LOST_AGAIN_AND_AGAIN)
        busy = {one.worker for one in self._others.values()}
        for worker in workers:
            if self._queue and worker not in busy:
                given = replace(self._queue.popleft(), worker=worker)
                future = client.submit(
                    _do_part,
                    self._job,
                    self._library,
                    given.number,
                    part,
                    given.given,
                    pure=False,
                    # which of them is free the scheduler does not ask
                    workers=[worker],
                    resources=compute_resources(client),
                )
                self._others[future] = given

    def _wait(self, seconds: float) -> None:
        """Wait for others, so long at most, and raise what one of them has raised."""
        from distributed import wait

        if seconds and self._others:
            with suppress(TimeoutError):
                wait(list(self._others), timeout=seconds, return_when="FIRST_COMPLETED")
        for future in [future for future in self._others if future.done()]:
            del self._others[future]
            future.result()


def _do_part(
    job_id: int,
    library: str,
    number: int,
    part: Callable[..., Task[None]],
    given: tuple[Any, ...],
) -> None:
    """Do a part; called by Dask on another worker."""
    pulse, done = Pulse(job_id, f"eme-parts-{job_id}"), 0.0

    def report(progress: Progress) -> None:
        nonlocal done
        done = progress.done
        if pulse.due():
            pulse.say({"part": number, "done": done})

    with suppress(StopAsked):  # the job ends by itself
        pulse.say({"part": number, "done": done})
        finish(part(load_settings().library_of(library), *given), report)
        pulse.say({"part": number, "done": done})
