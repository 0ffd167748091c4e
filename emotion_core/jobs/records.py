"""Jobs in the database: what was asked for, how far it is, and how it ended.

Any process that opens the library may ask for work, watch it, stop it or change the order. One has
it done (:mod:`emotion_core.jobs.dispatcher`); when that is started again, it finds here what was
open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, func, select, update

from emotion_core.jobs.work import Work
from emotion_core.library.database.engine import Database, lock_tables
from emotion_core.library.database.tables import Job as Row
from emotion_core.library.database.tables import now

# Jobs that have ended and are remembered, so that a page can still show how.
_REMEMBERED = 200


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


_OPEN = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stood when the database was asked.

    Attributes: as of :class:`emotion_core.library.database.tables.Job`.
    """

    id: int
    kind: str
    subject: str
    title: str
    arguments: str
    state: JobState
    label: str
    share: float
    seconds_left: float | None
    stopping: bool
    result: str
    error: str

    @property
    def active(self) -> bool:
        """Whether it is still to be waited for."""
        return self.state in _OPEN

    @property
    def key(self) -> str:
        """What tells it from others, in a page."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a job is: what it is doing, the share of that which is done, and the time left."""

    label: str
    share: float
    seconds_left: float | None


def add(database: Database, work: Work) -> Job:
    """Ask for some work, unless the same waits or runs already; gives that, then.

    Raises:
        LibraryError: the database cannot be written to.
    """
    return _add(database, work.kind, work.subject, work.title, work.to_json())


def _add(database: Database, kind: str, subject: str, title: str, arguments: str) -> Job:
    with database.writing() as session:
        lock_tables(session, "jobs")
        same = (Row.kind == kind, Row.subject == subject, Row.state.in_(_OPEN))
        row = session.scalars(select(Row).where(*same)).first()
        if row is None:
            last = session.scalar(select(func.max(Row.place))) or 0.0
            row = Row(kind=kind, subject=subject, title=title, arguments=arguments, place=last + 1)
            session.add(row)
            old = select(Row.id).where(Row.state.not_in(_OPEN)).order_by(Row.id.desc())
            session.execute(delete(Row).where(Row.id.in_(old.offset(_REMEMBERED))))
            session.flush()
        return _seen(row)


def find(database: Database, job_id: int) -> Job | None:
    """The job with this number, if it is remembered."""
    with database.reading() as session:
        row = session.get(Row, job_id)
        return None if row is None else _seen(row)


def latest(database: Database, kind: type[Work], subject: str) -> Job | None:
    """The last job of a kind on a subject."""
    same = Row.kind == kind.kind, Row.subject == subject
    with database.reading() as session:
        row = session.scalars(select(Row).where(*same).order_by(Row.id.desc()).limit(1)).first()
        return None if row is None else _seen(row)


def about(database: Database, part: str) -> Job | None:
    """A job that waits or runs and whose subject has this in it, as the content of a clip."""
    return next((job for job in listed(database, only_open=True) if part in job.subject), None)


def listed(database: Database, *, only_open: bool = False) -> list[Job]:
    """All jobs: what runs, what waits in its order, then what has ended, latest first."""
    query = select(Row)
    if only_open:
        query = query.where(Row.state.in_(_OPEN))
    with database.reading() as session:
        rows = session.scalars(query).all()
    order = {JobState.RUNNING: 0, JobState.WAITING: 1}
    rows = sorted(
        rows,
        key=lambda row: (
            order.get(JobState(row.state), 2),
            row.place if row.state in _OPEN else -row.id,
        ),
    )
    return [_seen(row) for row in rows]


def ahead_of(database: Database, job: Job) -> int:
    """How many jobs come before one that waits."""
    jobs = [one.id for one in listed(database, only_open=True)]
    return jobs.index(job.id) if job.id in jobs else 0


def stop(database: Database, job_id: int) -> None:
    """Let a job end before it is done, at its next step."""
    with database.writing() as session:
        session.execute(
            update(Row).where(Row.id == job_id, Row.state.in_(_OPEN)).values(stopping=True)
        )


def retry(database: Database, job_id: int) -> Job | None:
    """Ask again for work that failed or was stopped."""
    job = find(database, job_id)
    if job is None or job.active:
        return job
    return _add(database, job.kind, job.subject, job.title, job.arguments)


def move_first(database: Database, job_id: int) -> None:
    """Let a job that waits be the next."""
    with database.writing() as session:
        lock_tables(session, "jobs")
        first = session.scalar(select(func.min(Row.place)).where(Row.state == JobState.WAITING))
        row = session.get(Row, job_id)
        if row is not None and first is not None and row.place > first:
            row.place = first - 1


def reopen(database: Database) -> None:
    """What ran when the process that did it came to its end waits again, in its old place."""
    with database.writing() as session:
        lock_tables(session, "jobs")
        running = update(Row).where(Row.state == JobState.RUNNING)
        session.execute(running.values(state=JobState.WAITING))


def begin(database: Database, job_id: int) -> bool:
    """Let a job run; False where it no longer waits."""
    return _change(database, job_id, JobState.WAITING, state=JobState.RUNNING)


def report(database: Database, job_id: int, standing: Standing) -> None:
    """Write how far a job is."""
    _change(
        database,
        job_id,
        JobState.RUNNING,
        label=standing.label,
        share=standing.share,
        seconds_left=standing.seconds_left,
    )


def end(
    database: Database, job_id: int, state: JobState, *, result: str = "", error: str = ""
) -> None:
    """Write how a job ended."""
    ended = {"state": state, "result": result, "error": error, "ended": now()}
    with database.writing() as session:
        session.execute(update(Row).where(Row.id == job_id, Row.state.in_(_OPEN)).values(**ended))


def _change(database: Database, job_id: int, was: JobState, **values: object) -> bool:
    with database.writing() as session:
        query = update(Row).where(Row.id == job_id, Row.state == was).values(**values)
        return session.execute(query.returning(Row.id)).first() is not None


def _seen(row: Row) -> Job:
    return Job(
        row.id,
        row.kind,
        row.subject,
        row.title,
        row.arguments,
        JobState(row.state),
        row.label or "",
        row.share or 0.0,
        row.seconds_left,
        bool(row.stopping),
        row.result or "",
        row.error or "",
    )
