"""Parts of a job, done by all workers of a cluster that are free."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from emotion_core.jobs.cluster import compute_resources, compute_slots
from emotion_core.jobs.pulse import Pulse, StopAsked
from emotion_core.progress import Progress, Task, finish
from emotion_core.settings import load_settings

if TYPE_CHECKING:
    from distributed import Future

# Seconds from one look at the parts to the next.
_LOOK = 0.3
# Parts that wait beside those for which there are workers: none has to wait for the next one, and
# another job that comes has to wait for few.
_AHEAD = 1


class DaskCrew:
    """The workers of the cluster that this process is a worker of.

    Made by the task of a job, which leaves its place to other tasks while it waits.

    Args:
        job_id: of the job whose parts are done.
    """

    def __init__(self, job_id: int) -> None:
        self._job = job_id

    def do(
        self, part: Callable[..., Task[None]], arguments: Iterable[tuple[Any, ...] | None]
    ) -> Task[None]:
        """As :meth:`emotion_core.jobs.work.Crew.do`."""
        from distributed import worker_client

        topic, done = f"eme-parts-{self._job}", dict[int, float]()

        def hear(event: tuple[Any, dict[str, Any]]) -> None:
            done[event[1]["part"]] = event[1]["done"]

        with worker_client() as client:
            client.subscribe_topic(topic, hear)
            waiting: set[Future] = set()
            try:
                for number, given in enumerate(arguments):
                    if given is not None:
                        most = compute_slots(client) + _AHEAD
                        while len(waiting) >= most:
                            _take(waiting)
                            yield Progress(sum(done.values()))
                        part_of = client.submit(
                            _run_part,
                            self._job,
                            number,
                            part,
                            given,
                            key=f"{topic}-{number}",
                            resources=compute_resources(client),
                        )
                        waiting.add(part_of)
                    yield Progress(sum(done.values()))
                while waiting:
                    _take(waiting)
                    yield Progress(sum(done.values()))
            finally:
                client.cancel(list(waiting))
                client.unsubscribe_topic(topic)


def _take(waiting: set[Future]) -> None:
    """Wait a little, and raise what one of those that have ended has raised."""
    from distributed import wait

    with suppress(TimeoutError):
        wait(waiting, timeout=_LOOK, return_when="FIRST_COMPLETED")
    for future in [future for future in waiting if future.done()]:
        waiting.discard(future)
        future.result()


def _run_part(
    job_id: int, number: int, part: Callable[..., Task[None]], given: tuple[Any, ...]
) -> None:
    """Do a part; called by Dask on a worker."""
    pulse, done = Pulse(job_id, f"eme-parts-{job_id}"), 0.0

    def report(progress: Progress) -> None:
        nonlocal done
        done = progress.done
        if pulse.due():
            pulse.say({"part": number, "done": done})

    with suppress(StopAsked):  # the job ends by itself
        finish(part(load_settings(), *given), report)
        pulse.say({"part": number, "done": done})
