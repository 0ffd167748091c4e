"""Libraries for tests: one in a file, and one on a PostgreSQL server where there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

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


@pytest.fixture
def postgres_url(server: str) -> Iterator[str]:
    """Address of an empty database of its own."""
    name = f"eme_test_{uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


BOTH = ("sqlite", "postgresql")


def library_settings(kind: str, request: pytest.FixtureRequest, folder: Path) -> Settings:
    """Settings of a new library, in a file or on a server."""
    if kind == "sqlite":
        return Settings(data_dir=folder / "data")
    url = request.getfixturevalue("postgres_url")
    return Settings(data_dir=folder / "data", database_url=url)


@pytest.fixture(params=BOTH)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a new library, in a file and on a server."""
    return library_settings(request.param, request, tmp_path)


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
