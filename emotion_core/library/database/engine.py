"""The database of the library: where it is, how it is brought up to date, and its transactions.

SQLite in the folder of a library, or what ``EME_DATABASE_URL`` names; on a server, each user's
library is a schema of its own, and all of them share connections. SQLite writes ahead (WAL), so
that readers never wait, and a writer takes its lock at the start (``BEGIN IMMEDIATE``): it then
waits for the one before it, where two that had only read would be in each other's way. Keep
transactions short, and compute before them.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time as clock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, Select, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    NoSuchModuleError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from emotion_core.errors import LibraryError
from emotion_core.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30.0
_LEAST_ROOM = 128 << 10  # bytes that SQLite may need for a transaction and what readers share

T = TypeVar("T")

# Any number that nothing else on the server locks by.
_MIGRATION_LOCK = 20_230_615
# Of a server that knows no such setting, early ones and others of its language, nothing is asked.
_WITHOUT_JIT = "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'jit'"


class Database:
    """Transactions on the library; safe to share between threads.

    Args:
        engine: where it is.
        closed: why nothing of it may be changed, in a sentence; it may be if empty.
    """

    def __init__(self, engine: Engine, closed: str = "") -> None:
        self._engine, self._closed = engine, closed

    def read_only(self, why: str) -> Database:
        """The same for somebody who may not change anything.

        Args:
            why: the sentence that they read where they try to.
        """
        return Database(self._engine, why)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to query in; what it gives may be used after it has ended.

        Raises:
            LibraryError: the database cannot be reached or read.
        """
        with (
            library_errors(self._engine.url),
            Session(self._engine, expire_on_commit=False) as session,
        ):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept when the block ends, all or none.

        Raises:
            LibraryError: the database cannot be reached or written to.
        """
        if self._closed:
            raise LibraryError(self._closed)
        engine = self._engine.execution_options(eme_writes=True)
        with (
            library_errors(self._engine.url),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def close(self) -> None:
        """Let go of its connections."""
        self._engine.dispose()

    @property
    def engine(self) -> Engine:
        """For what looks below sessions: counting queries, comparing schemas."""
        return self._engine


_open: dict[tuple[str, str], Database] = {}
_engines: dict[str, Engine] = {}
_opening = threading.Lock()


def open_database(settings: Settings) -> Database:
    """The library of some settings, at the latest version of its tables; opened once a process.

    Raises:
        LibraryError: the address is not one, the server cannot be reached, the file is damaged,
            or a newer version of the product has written it.
    """
    url, schema = database_url(settings), _schema_of(settings)
    place = url.render_as_string(hide_password=False)
    with _opening:
        known = _open.get((place, schema))
        if known is None or _gone(url):
            _migrate(url, schema)
            if known is not None:
                known.close()
            if known is not None or place not in _engines:
                _engines[place] = _make_engine(url)
            engine = _engines[place].execution_options(eme_schema=schema)
            _open[place, schema] = known = Database(engine)
        return known


def database_url(settings: Settings) -> URL:
    """Where the library is.

    Raises:
        LibraryError: ``EME_DATABASE_URL`` is not an address that can be used.
    """
    if not settings.database_url:
        return _own_file(settings)
    try:
        url = make_url(settings.database_url)
        url.get_dialect().import_dbapi()
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise _bad_address() from None
        raise LibraryError(
            "A library on PostgreSQL needs psycopg: install Eme with its extra postgres."
        ) from None
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        raise _bad_address() from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise LibraryError("EME_DATABASE_URL must name a SQLite or a PostgreSQL database.")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise LibraryError("EME_DATABASE_URL must name a file: sqlite:///folder/library.sqlite.")
    if url.get_backend_name() == "sqlite" and settings.library:
        return _own_file(settings)
    return url


def _own_file(settings: Settings) -> URL:
    return URL.create("sqlite", database=str(settings.home / "catalogue.sqlite"))


def _schema_of(settings: Settings) -> str:
    """Schema of a user's library on a server; empty for the usual one."""
    return f"eme_{settings.library}" if settings.library else ""


def _bad_address() -> LibraryError:
    return LibraryError(
        "EME_DATABASE_URL is not an address that Eme can use: "
        "write it as postgresql+psycopg://user:password@host/name."
    )


def lock_tables(session: Session, *names: str) -> None:
    """Let nobody else write to some tables until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
        session.execute(text(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE"))


def find_or_add(session: Session, query: Select[T], make: Callable[[], Any]) -> T:
    """The row that a query finds, or a new one; also where another session adds it right now."""
    found = session.scalars(query).first()
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(made := make())
        return cast(T, made)
    except IntegrityError:
        return session.scalars(query).one()


@contextmanager
def library_errors(url: URL) -> Iterator[None]:
    """Turn what a database reports into one sentence; the password is never in it."""
    try:
        yield
    except DBAPIError as error:
        raise _unusable(url, error.orig) from error
    except PoolTimeout as error:
        busy = f"The library in {_place(url)} is busy. Try again in a moment."
        raise LibraryError(busy) from error


def _place(url: URL) -> str:
    sqlite = url.get_backend_name() == "sqlite"
    return str(url.database) if sqlite else url.render_as_string(hide_password=True)


def _unusable(url: URL, error: BaseException | None) -> LibraryError:
    lines = str(error).strip().splitlines()
    reason = (lines[0] if lines else type(error).__name__).rstrip(".")
    if isinstance(error, sqlite3.OperationalError):
        folder = Path(str(url.database)).parent
        if "locked" in reason:
            reason = "another program keeps it locked"
        elif not Path(str(url.database)).exists() and os.access(folder, os.W_OK):
            reason = "the file is not there"
        elif not os.access(folder, os.W_OK):
            reason = "its folder cannot be written to"
        elif shutil.disk_usage(folder).free < _LEAST_ROOM:
            reason = "the disk is full"
    return LibraryError(f"The library in {_place(url)} cannot be used: {reason}.")


def _gone(url: URL) -> bool:
    """Whether the file of an open library was taken away meanwhile."""
    return url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file()


def _connect(path: Path) -> sqlite3.Connection:
    """Open a file that is there: an empty one in its place would hide that it is gone."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, BUSY_SECONDS, uri=True, check_same_thread=False)


def _file_of(url: URL) -> tuple[int, int] | None:
    """What tells the file of a library from another one in its place."""
    try:
        state = os.stat(str(url.database))  # noqa: PTH116 - called for each transaction
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _make_engine(url: URL, foreign_keys: bool = True) -> Engine:
    if url.get_backend_name() != "sqlite":
        return _make_server_engine(url)
    engine = create_engine(url, creator=lambda: _connect(Path(str(url.database))))

    # a connection to a file that was taken away would go on writing to what nobody finds again
    @event.listens_for(engine, "checkout")
    def look_again(_connection: sqlite3.Connection, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != _file_of(url):
            raise DisconnectionError

    # SQLAlchemy, "Using SQLAlchemy to emit BEGIN in lieu of SQLite's transaction control"
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: Any) -> None:
        record.info["file"] = _file_of(url)
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = NORMAL")
        # what is deleted, portraits among it, does not stay in free pages of the file
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("eme_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make_server_engine(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # a search for many words is compiled for a minute, and runs for a second
        with connection.cursor() as cursor:
            cursor.execute(_WITHOUT_JIT)
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        schema = connection.get_execution_options().get("eme_schema", "")
        if schema:  # until the transaction ends: the next one on this connection may be another's
            connection.exec_driver_sql(f'SET LOCAL search_path TO "{schema}"')

    return engine


def _migrate(url: URL, schema: str) -> None:
    """Bring the tables to the latest version; of several at once, one does it and others wait."""
    sqlite = url.get_backend_name() == "sqlite"
    with library_errors(url):
        if sqlite:
            _prepare_file(url)
        # a table of SQLite is changed by making it anew, and must not take its rows' children along
        engine = _make_engine(url, foreign_keys=False)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        try:
            options = {"eme_writes": True, "eme_schema": schema}
            with engine.execution_options(**options).begin() as connection:
                if not sqlite:
                    lock = text("SELECT pg_advisory_xact_lock(:key)")
                    connection.execute(lock, {"key": _MIGRATION_LOCK})
                if schema and not sqlite:
                    connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise LibraryError(
                "The library was written by a newer version of Eme. Open it with that version."
            ) from error
        finally:
            engine.dispose()


def _prepare_file(url: URL) -> None:
    """Make the folder, and let the file be written ahead; the file remembers it."""
    path = Path(str(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"{path.parent} cannot be created: {error.strerror}.") from error
    deadline = clock.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            finally:
                connection.close()
        except sqlite3.OperationalError as error:
            # this one change does not always wait for others by itself
            if "locked" not in str(error) or clock.monotonic() > deadline:
                raise _unusable(url, error) from error
            clock.sleep(0.05)
        except sqlite3.DatabaseError as error:
            raise _unusable(url, error) from error
