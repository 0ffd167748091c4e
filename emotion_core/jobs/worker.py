"""A job on a worker: it says how far it is, and ends where it is asked to."""

from __future__ import annotations

import logging
import time as clock
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from emotion_core.errors import EmotionCoreError
from emotion_core.jobs.crew import DaskCrew
from emotion_core.jobs.pulse import Pulse, StopAsked
from emotion_core.jobs.records import JobState, Standing
from emotion_core.jobs.registry import load_work
from emotion_core.progress import Progress, finish
from emotion_core.settings import load_settings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: with ``result``, JSON, where it is done, with ``error`` where it failed."""

    state: JobState
    result: str = ""
    error: str = ""


def topic_of(job_id: int) -> str:
    """Where a worker says how far a job is."""
    return f"eme-job-{job_id}"


def run(job_id: int, kind: str, arguments: str, library: str, *, spread: bool = False) -> Outcome:
    """Do a job; called by Dask on a worker, and again on another one where that is lost.

    Args:
        job_id, kind, arguments, library: as of :class:`emotion_core.library.database.tables.Job`.
        spread: whether other workers help.
    """
    try:
        work, settings = load_work(kind, arguments), load_settings().library_of(library)
        crew = DaskCrew(job_id, library)
        phases = work.spread_phases(settings, crew) if spread else work.phases(settings)
        result: object = None
        for phase in phases:
            result = finish(phase.begin(), _Reporter(job_id, phase.label))
        return Outcome(JobState.DONE, TypeAdapter(work.result).dump_json(result).decode())
    except StopAsked:
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
        self._job, self._label, self._started = job_id, label, clock.monotonic()
        self._pulse = Pulse(job_id, topic_of(job_id))
        self(Progress(0.0))

    def __call__(self, progress: Progress) -> None:
        if not self._pulse.due():
            return
        elapsed, share = clock.monotonic() - self._started, progress.share
        left = elapsed * (1 - share) / share if elapsed >= 1 and share >= 0.01 else None
        standing = Standing(self._label, share, left)
        self._pulse.say({"job": self._job, **asdict(standing)})
