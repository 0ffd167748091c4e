"""Libraries for tests: one in a file, and one on a PostgreSQL server where there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from emotion_core.library.database import engine as database
from emotion_core.library.database.engine import Database, open_database
from emotion_core.settings import Settings
from tests.library.servers import started_server


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a PostgreSQL server, ``EME_TEST_DATABASE_URL`` or one started for the tests."""
    if given := os.environ.get("EME_TEST_DATABASE_URL"):
        yield given
        return
    with started_server() as started:
        yield started.url


@pytest.fixture(scope="session")
def tables(server: str) -> Iterator[str]:
    """Name of a database with the tables of a new library, of which each test has a copy.

    The changes of all versions would take a third of a second in each.
    """
    name = f"eme_tables_{uuid4().hex[:12]}"
    _on_server(server, f"CREATE DATABASE {name}")
    database._migrate(make_url(server).set(database=name), "")
    yield name
    _on_server(server, f"DROP DATABASE {name}")


@pytest.fixture
def postgres_url(server: str, tables: str) -> Iterator[str]:
    """Address of a database of its own, in which nothing is but the tables."""
    with _database(server, f"TEMPLATE {tables}") as url:
        yield url


@pytest.fixture
def empty_postgres_url(server: str) -> Iterator[str]:
    """Address of a database of its own, in which nothing is."""
    with _database(server) as url:
        yield url


@contextmanager
def _database(server: str, options: str = "") -> Iterator[str]:
    name = f"eme_test_{uuid4().hex[:12]}"
    _on_server(server, f"CREATE DATABASE {name} {options}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


BOTH = ("sqlite", "postgresql")


def library_settings(
    kind: str, request: pytest.FixtureRequest, folder: Path, address: str = "postgres_url"
) -> Settings:
    """Settings of a new library, in a file or on a server.

    Args:
        address: the fixture that gives its address on a server.
    """
    if kind == "sqlite":
        return Settings(data_dir=folder / "data")
    return Settings(data_dir=folder / "data", database_url=request.getfixturevalue(address))


@pytest.fixture(params=BOTH)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a new library, in a file and on a server."""
    return library_settings(request.param, request, tmp_path)


@pytest.fixture(params=BOTH)
def first_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The same before anybody has made the tables on the server."""
    return library_settings(request.param, request, tmp_path, "empty_postgres_url")


@pytest.fixture
def library(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings)
    yield opened
    opened.close()


@pytest.fixture
def other(tmp_path: Path) -> Settings:
    """The settings of someone else's library."""
    return Settings(data_dir=tmp_path / "other data")


@pytest.fixture
def theirs(other: Settings) -> Iterator[Database]:
    opened = open_database(other)
    yield opened
    opened.close()
