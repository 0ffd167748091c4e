"""What a page computes for itself and shows at once: masks of a face, tests of them.

It is not written down as a job is (:mod:`emotion_core.jobs.records`): its results are arrays that
only the process that shows them needs. One thread computes one thing after the other. Nothing here
calls Streamlit; pages look at a :class:`Computation` and draw it.
"""

from __future__ import annotations

import logging
import threading
import time as clock
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from emotion_core.errors import EmotionCoreError
from emotion_core.jobs.records import JobState
from emotion_core.jobs.work import Phase
from emotion_core.progress import Progress, finish

log = logging.getLogger(__name__)

# Finished jobs that are remembered, so that a page can still show how they ended.
_REMEMBERED = 50
# A phase that has begun and not yet said how far it is.
NO_PROGRESS = Progress(0.0)


class _Stopped(Exception):
    """Ends a phase of which the user wants no more."""


@dataclass
class Computation:
    """Something that is computed. Written by the thread only, but for the stop.

    Attributes:
        key: what the job is about; the same work is not queued twice.
        title: what to call it.
        state: where it stands.
        label: what it is doing now.
        progress: how far the current phase is.
        result: what the last phase gave, once it is done.
        error: one sentence, when it failed.
    """

    key: str
    title: str
    phases: Sequence[Phase]
    state: JobState = JobState.WAITING
    label: str = ""
    progress: Progress = NO_PROGRESS
    result: Any = None
    error: str = ""
    _phase_started: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def active(self) -> bool:
        """Whether it is still to be waited for."""
        return self.state in (JobState.WAITING, JobState.RUNNING)

    @property
    def share(self) -> float:
        """Share of the current phase that is done, 0 to 1."""
        return 1.0 if self.state is JobState.DONE else self.progress.share

    @property
    def seconds_left(self) -> float | None:
        """Time that the current phase will still take; ``None`` before it is known."""
        elapsed, share = clock.perf_counter() - self._phase_started, self.share
        if self.state is not JobState.RUNNING or elapsed < 1 or share < 0.01:
            return None
        return elapsed * (1 - share) / share

    def stop(self) -> None:
        """Ask the job to end at its next step; what it had begun to write is removed."""
        self._stop.set()

    def run(self) -> None:
        """Do the work; called by the worker."""
        if self._stop.is_set():
            self.state = JobState.STOPPED
            return
        self.state = JobState.RUNNING
        try:
            for phase in self.phases:
                self.label, self.progress = phase.label, NO_PROGRESS
                self._phase_started = clock.perf_counter()
                self.result = finish(phase.begin(), self._advance)
            self.state = JobState.DONE
        except _Stopped:
            self.state = JobState.STOPPED
        except EmotionCoreError as error:
            self.error, self.state = str(error), JobState.FAILED
        except Exception:
            log.exception("%s failed", self.title)
            self.error = "Something went wrong inside the app. Its log has the details."
            self.state = JobState.FAILED

    def _advance(self, progress: Progress) -> None:
        self.progress = progress
        if self._stop.is_set():
            raise _Stopped


class Computations:
    """Computations, one at a time, in the order in which they came."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="eme-job")
        self._jobs: dict[str, Computation] = {}
        self._lock = threading.Lock()

    def submit(self, key: str, title: str, phases: Sequence[Phase]) -> Computation:
        """Queue some work, unless the same is queued or running already.

        Args:
            key: what the job is about.
            title: what to call it.
            phases: what to do, one after the other.
        """
        with self._lock:
            present = self._jobs.get(key)
            if present is not None and present.active:
                return present
            job = Computation(key, title, phases)
            self._jobs.pop(key, None)
            self._jobs[key] = job
            finished = [other.key for other in self._jobs.values() if not other.active]
            for old in finished[:-_REMEMBERED]:
                del self._jobs[old]
        self._worker.submit(job.run)
        return job

    def get(self, key: str) -> Computation | None:
        """The latest job with this key."""
        return self._jobs.get(key)

    def active(self) -> list[Computation]:
        """The jobs that wait or run, in the order in which they came."""
        with self._lock:
            return [job for job in self._jobs.values() if job.active]

    def ahead_of(self, job: Computation) -> int:
        """How many jobs come before one that waits."""
        with self._lock:
            jobs = list(self._jobs.values())
        return sum(other.active for other in jobs[: jobs.index(job)]) if job in jobs else 0
