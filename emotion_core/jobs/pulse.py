"""What a task on a worker does now and then: it says how far it is, and looks if it is wanted."""

from __future__ import annotations

import time as clock
from typing import Any

# Seconds from one time to the next.
_INTERVAL = 0.3
LOST_AGAIN_AND_AGAIN = "The program that did this work was ended again and again. Try again."


class StopAsked(Exception):
    """Ends a job of which nobody wants more."""


def stop_name(job_id: int) -> str:
    """Name of the event by which workers are asked to end a job."""
    return f"eme-stop-{job_id}"


class Pulse:
    """Made by a task, in its thread, of the job with this number; it speaks under a topic."""

    def __init__(self, job_id: int, topic: str) -> None:
        from distributed import Event, get_worker

        self._worker, self._topic, self._due = get_worker(), topic, 0.0
        self._stop = Event(stop_name(job_id))
        self._task = self._worker.get_current_task()

    def due(self) -> bool:
        """Whether it is time to say something.

        Raises:
            StopAsked: the job is to end, or whoever waited for this task is gone.
        """
        now = clock.monotonic()
        if now < self._due:
            return False
        self._due = now + _INTERVAL
        task = self._worker.state.tasks.get(self._task)
        if task is None or task.state == "cancelled" or self._stop.is_set():
            raise StopAsked
        return True

    def say(self, said: dict[str, Any]) -> None:
        """Tell those who listen."""
        self._worker.log_event(self._topic, said)
