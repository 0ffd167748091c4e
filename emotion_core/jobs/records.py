"""Jobs in the database: what was asked for, how far it is, and how it ended.

The jobs of all libraries stand in one database, that of the library of everybody, so that their
users can take turns: of those that wait, one of each library is done after the other. Any process
that opens it may ask for work, watch it, stop it or change the order. One has it done
(:mod:`emotion_core.jobs.dispatcher`); when that is started again, it finds here what was open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select, update

from emotion_core.errors import JobError
from emotion_core.jobs.work import Work
from emotion_core.library.database.engine import Database, lock_tables, open_database
from emotion_core.library.database.tables import Job as Row
from emotion_core.library.database.tables import now
from emotion_core.settings import Settings
from emotion_core.text import count_of

# Jobs of a library that have ended and are remembered, so that a page can still show how.
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
    library: str = ""

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


def open_queue(settings: Settings) -> Database:
    """Where the jobs of all libraries stand.

    Raises:
        LibraryError: as :func:`~emotion_core.library.database.engine.open_database`.
    """
    return open_database(settings.library_of(""))


def add(database: Database, work: Work, settings: Settings | None = None) -> Job:
    """Ask for some work, unless the same waits or runs already; gives that, then.

    Args:
        database: as :func:`open_queue` gives it.
        work: what to do.
        settings: of the library that it is done for; that of everybody if not given.

    Raises:
        JobError: the user has as many jobs as the settings allow.
        LibraryError: the database cannot be written to.
    """
    library = "" if settings is None else settings.library
    asked = Row(
        library=library,
        kind=work.kind,
        subject=work.subject,
        title=work.title,
        arguments=work.to_json(),
    )
    return _add(database, asked, settings)


def _add(database: Database, asked: Row, settings: Settings | None) -> Job:
    own = Row.library == asked.library
    with database.writing() as session:
        lock_tables(session, "jobs")
        is_open = (own, Row.state.in_(_OPEN))
        same = (Row.kind == asked.kind, Row.subject == asked.subject)
        row = session.scalars(select(Row).where(*is_open, *same)).first()
        if row is None:
            count = session.scalar(select(func.count(Row.id)).where(*is_open)) or 0
            if settings is not None:
                _check_room(count, settings)
            asked.place = (session.scalar(select(func.max(Row.place))) or 0.0) + 1
            session.add(row := asked)
            old = select(Row.id).where(own, Row.state.not_in(_OPEN)).order_by(Row.id.desc())
            session.execute(delete(Row).where(Row.id.in_(old.offset(_REMEMBERED))))
            session.flush()
        return _seen(row)


def _check_room(count: int, settings: Settings) -> None:
    """Refuse one job more of somebody who has signed in than may wait or run at a time."""
    most = settings.max_jobs_per_user
    if settings.library and count >= most:
        raise JobError(
            f"You have {count_of(count, 'job')} in the background, and {most} is the limit "
            "(EME_MAX_JOBS_PER_USER). Wait until one is done, or stop one."
        )


def find(database: Database, job_id: int) -> Job | None:
    """The job with this number, if it is remembered."""
    with database.reading() as session:
        row = session.get(Row, job_id)
        return None if row is None else _seen(row)


def latest(database: Database, kind: type[Work], subject: str, library: str = "") -> Job | None:
    """The last job of a kind on a subject of a library."""
    same = Row.kind == kind.kind, Row.subject == subject, Row.library == library
    with database.reading() as session:
        row = session.scalars(select(Row).where(*same).order_by(Row.id.desc()).limit(1)).first()
        return None if row is None else _seen(row)


def about(database: Database, part: str, library: str = "") -> Job | None:
    """A job that waits or runs and whose subject has this in it, as the content of a clip."""
    jobs = listed(database, only_open=True, libraries=[library])
    return next((job for job in jobs if part in job.subject), None)


def listed(
    database: Database, *, only_open: bool = False, libraries: Collection[str] | None = None
) -> list[Job]:
    """Jobs: what runs, what waits in its order, then what has ended, latest first.

    Args:
        database: as :func:`open_queue` gives it.
        only_open: without those that have ended.
        libraries: only those of these libraries.
    """
    query = select(Row)
    if only_open:
        query = query.where(Row.state.in_(_OPEN))
    if libraries is not None:
        query = query.where(Row.library.in_(libraries))
    with database.reading() as session:
        rows = session.scalars(query).all()
        waiting = [row for row in rows if row.state == JobState.WAITING]
        last: dict[str, datetime | None] = {}
        if len({row.library for row in waiting}) > 1:
            begun = select(Row.library, func.max(Row.begun)).group_by(Row.library)
            last = {name: when for name, when in session.execute(begun)}
    running = [row for row in rows if row.state == JobState.RUNNING]
    ended = [row for row in rows if row.state not in _OPEN]
    ordered = [
        *sorted(running, key=lambda row: row.place),
        *_in_turn(waiting, last),
        *sorted(ended, key=lambda row: -row.id),
    ]
    return [_seen(row) for row in ordered]


def _in_turn(waiting: Sequence[Row], last: Mapping[str, datetime | None]) -> list[Row]:
    """One of each library after the other; first comes whose last job was begun longest ago."""
    before: Counter[str] = Counter()
    turns = {}
    for row in sorted(waiting, key=lambda row: row.place):
        begun = last.get(row.library)
        since = 0.0 if begun is None else begun.timestamp()
        turns[row.id] = (before[row.library], since, row.place)
        before[row.library] += 1
    return sorted(waiting, key=lambda row: turns[row.id])


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


def retry(database: Database, job_id: int, settings: Settings | None = None) -> Job | None:
    """Ask again for work that failed or was stopped.

    Args:
        database: as :func:`open_queue` gives it.
        job_id: which.
        settings: as for :func:`add`.

    Raises:
        JobError, LibraryError: as :func:`add`.
    """
    job = find(database, job_id)
    if job is None or job.active:
        return job
    same = {name: getattr(job, name) for name in ("library", "kind", "subject", "title")}
    return _add(database, Row(**same, arguments=job.arguments), settings)


def move_first(database: Database, job_id: int) -> None:
    """Let a job that waits be the next of its library."""
    with database.writing() as session:
        lock_tables(session, "jobs")
        row = session.get(Row, job_id)
        if row is None:
            return
        others = select(func.min(Row.place)).where(Row.library == row.library)
        first = session.scalar(others.where(Row.state == JobState.WAITING))
        if first is not None and row.place > first:
            row.place = first - 1


def reopen(database: Database) -> None:
    """What ran when the process that did it came to its end waits again, in its old place."""
    with database.writing() as session:
        lock_tables(session, "jobs")
        running = update(Row).where(Row.state == JobState.RUNNING)
        session.execute(running.values(state=JobState.WAITING))


def begin(database: Database, job_id: int) -> bool:
    """Let a job run; False where it no longer waits."""
    return _change(database, job_id, JobState.WAITING, state=JobState.RUNNING, begun=now())


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
        row.library or "",
    )
