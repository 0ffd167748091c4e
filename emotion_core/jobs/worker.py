"""A job on a worker: it says how far it is, and ends where it is asked to."""

from __future__ import annotations

import logging
import time as clock
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from emotion_core.errors import EmotionCoreError
from emotion_core.jobs.kinds import load_work
from emotion_core.jobs.records import JobState, Standing
from emotion_core.progress import Progress, finish
from emotion_core.settings import load_settings

# Seconds from one word of how far a job is to the next.
_INTERVAL = 0.3
_log = logging.getLogger(__name__)


class _StopAsked(Exception):
    """Ends a job of which the user wants no more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: with ``result``, JSON, where it is done, with ``error`` where it failed."""

    state: JobState
    result: str = ""
    error: str = ""


def topic_of(job_id: int) -> str:
    """Where a worker says how far a job is."""
    return f"eme-job-{job_id}"


def stop_name(job_id: int) -> str:
    """Name of the event by which a worker is asked to end a job."""
    return f"eme-stop-{job_id}"


def run(job_id: int, kind: str, arguments: str) -> Outcome:
    """Do a job; called by Dask on a worker, and again on another one where that is lost.

    Args: as of :class:`emotion_core.library.database.tables.Job`.
    """
    try:
        work = load_work(kind, arguments)
        result: object = None
        for phase in work.phases(load_settings()):
            result = finish(phase.begin(), _Reporter(job_id, phase.label))
        return Outcome(JobState.DONE, TypeAdapter(work.result).dump_json(result).decode())
    except _StopAsked:
        return Outcome(JobState.STOPPED)
    except EmotionCoreError as error:
        return Outcome(JobState.FAILED, error=str(error))
    except Exception:
        _log.exception("Job %d failed", job_id)
        sentence = "Something went wrong inside the app. Its log has the details."
        return Outcome(JobState.FAILED, error=sentence)


class _Reporter:
    """Passes on how far a phase is, now and then, and looks whether it is still wanted."""

    def __init__(self, job_id: int, label: str) -> None:
        from distributed import Event, get_worker

        self._job, self._worker, self._topic = job_id, get_worker(), topic_of(job_id)
        self._stop = Event(stop_name(job_id))
        self._label, self._started, self._due = label, clock.monotonic(), 0.0
        self(Progress(0.0))

    def __call__(self, progress: Progress) -> None:
        now = clock.monotonic()
        if now < self._due:
            return
        self._due = now + _INTERVAL
        if self._stop.is_set():
            raise _StopAsked
        elapsed, share = now - self._started, progress.share
        left = elapsed * (1 - share) / share if elapsed >= 1 and share >= 0.01 else None
        standing = Standing(self._label, share, left)
        self._worker.log_event(self._topic, {"job": self._job, **asdict(standing)})
