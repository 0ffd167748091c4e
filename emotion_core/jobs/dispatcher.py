"""The one process that has the jobs of all libraries of a data directory done.

Whoever may: the app's server, and a command that waits for its work. A lock lets one of them, and
another one take its place when it ends, however it ends. It gives the jobs that wait to the
cluster in their order, follows them, and keeps the database in step.
"""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from emotion_core.errors import JobError, LibraryError
from emotion_core.jobs import records
from emotion_core.jobs.cluster import compute_resources, compute_workers, connect
from emotion_core.jobs.pulse import LOST_AGAIN_AND_AGAIN, stop_name
from emotion_core.jobs.records import Job, JobState, Standing
from emotion_core.jobs.registry import load_work
from emotion_core.jobs.work import Work
from emotion_core.jobs.worker import Outcome, run, topic_of
from emotion_core.library.database.engine import Database
from emotion_core.library.scenes import open_library
from emotion_core.settings import Settings

if TYPE_CHECKING:
    from distributed import Client, Future

# Seconds from one look at the database to the next; to be the dispatcher; to reach the cluster.
_LOOK, _TRY_AGAIN, _REACH_AGAIN = 0.25, 2.0, 5.0
# Jobs that do not keep a worker busy and may run at the same time.
_LIGHT = 3
_log = logging.getLogger(__name__)


@dataclass
class _Running:
    job: Job
    future: Future
    computes: bool
    standing: Standing | None = None  # the latest, until it is written
    told_to_stop: bool = False


@dataclass
class Dispatcher:
    """Has jobs done in a thread of its own, from :meth:`start` to :meth:`close`."""

    settings: Settings
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _running: dict[int, _Running] = field(default_factory=dict)

    def start(self) -> None:
        """Begin, once; jobs that were open when an earlier dispatcher ended are done first."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._wait_for_turn, name="eme-jobs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; what runs is given up, and taken up again by the next dispatcher."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=20)

    def _wait_for_turn(self) -> None:
        lock = FileLock(self.settings.data_dir / ".jobs.lock")
        while not self._ended.is_set():
            try:
                self.settings.data_dir.mkdir(parents=True, exist_ok=True)
                with lock.acquire(timeout=0):
                    self._serve()
            except Timeout:
                pass  # another process has them done
            except (LibraryError, OSError) as error:
                _log.warning("Work in the background has to wait: %s", error)
            self._ended.wait(_TRY_AGAIN)

    def _serve(self) -> None:
        """Reach the cluster once there is something to do, and again where it is lost."""
        # that of everybody, which the jobs of all libraries stand in
        database = open_library(self.settings.library_of(""))
        while not self._ended.is_set():
            records.reopen(database)
            self._running.clear()
            while not records.listed(database, only_open=True):
                if self._ended.wait(_LOOK):
                    return
            try:
                with ExitStack() as stack:
                    client = stack.enter_context(connect(self.settings))
                    self._follow(database, client)
            except LibraryError:
                raise
            # a cluster that is lost shows in many ways, and this thread must outlive all of them
            except Exception as error:
                _log.warning("The cluster is lost: %s", error)
                self._ended.wait(_REACH_AGAIN)

    def _follow(self, database: Database, client: Client) -> None:
        while not self._ended.is_set() and client.status == "running":
            try:
                jobs = records.listed(database, only_open=True)
                for job in jobs:
                    self._stop_if_asked(client, job)
                waiting = [job for job in jobs if job.state is JobState.WAITING]
                self._begin(database, client, waiting)
                for running in list(self._running.values()):
                    self._write(database, client, running)
            except LibraryError as error:  # what runs goes on, and is written once that can be
                _log.warning("%s", error)
                self._ended.wait(_REACH_AGAIN)
            self._ended.wait(_LOOK)

    def _begin(self, database: Database, client: Client, waiting: list[Job]) -> None:
        """Give jobs to the cluster, as many as it has room for; the others can change places."""
        if not waiting:
            return
        room = {True: max(len(compute_workers(client)), 1), False: _LIGHT}
        for running in self._running.values():
            room[running.computes] -= 1
        works: list[tuple[Job, Work]] = []
        for job in waiting:
            if job.stopping:
                self._end(database, job, Outcome(JobState.STOPPED))
                continue
            try:
                works.append((job, load_work(job.kind, job.arguments)))
            except JobError as error:
                self._end(database, job, Outcome(JobState.FAILED, error=str(error)))
        # as long as there are enough jobs, each worker does one: none has to wait for another then
        spare = room[True] - sum(work.computes for _, work in works)
        for job, work in works:
            if room[work.computes] <= 0 or not records.begin(database, job.id):
                continue
            room[work.computes] -= 1
            client.subscribe_topic(topic_of(job.id), self._hear)
            future = client.submit(
                run,
                job.id,
                job.kind,
                job.arguments,
                job.library,
                spread=work.spreads and spare > 0,
                pure=False,
                resources=compute_resources(client) if work.computes else None,
            )
            self._running[job.id] = _Running(job, future, work.computes)

    def _hear(self, event: tuple[Any, dict[str, Any]]) -> None:
        """Remember how far a job is; called in the client's thread."""
        said = event[1]
        running = self._running.get(said["job"])
        if running is not None:
            running.standing = Standing(said["label"], said["share"], said["seconds_left"])

    def _stop_if_asked(self, client: Client, job: Job) -> None:
        from distributed import Event

        running = self._running.get(job.id)
        if job.stopping and running is not None and not running.told_to_stop:
            Event(stop_name(job.id), client=client).set()
            running.told_to_stop = True

    def _write(self, database: Database, client: Client, running: _Running) -> None:
        """Bring the database in step with a job on the cluster."""
        standing, running.standing = running.standing, None
        if not running.future.done():
            if standing is not None:
                records.report(database, running.job.id, standing)
            return
        self._end(database, running.job, _outcome_of(running.future))
        del self._running[running.job.id]
        client.unsubscribe_topic(topic_of(running.job.id))

    def _end(self, database: Database, job: Job, outcome: Outcome) -> None:
        with suppress(JobError, OSError):  # of another version, or a file that nobody may remove
            work = load_work(job.kind, job.arguments)
            if outcome.state is JobState.STOPPED:
                work.stop(self.settings.library_of(job.library))
            work.tidy()
        records.end(database, job.id, outcome.state, result=outcome.result, error=outcome.error)


def _outcome_of(future: Future) -> Outcome:
    if future.status == "finished":
        outcome = future.result()
        assert isinstance(outcome, Outcome)
        return outcome
    if future.status == "cancelled":
        return Outcome(JobState.STOPPED)
    _log.error("A job was lost: %s", future.exception())
    return Outcome(JobState.FAILED, error=LOST_AGAIN_AND_AGAIN)
