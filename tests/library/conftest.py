"""Libraries for tests: one in a file, and one on a PostgreSQL server where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from emotion_core.library.database.engine import Database, open_database
from emotion_core.settings import Settings


def _program(name: str) -> str | None:
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else None)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a PostgreSQL server, ``EME_TEST_DATABASE_URL`` or one started for the tests."""
    if given := os.environ.get("EME_TEST_DATABASE_URL"):
        yield given
        return
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server: set EME_TEST_DATABASE_URL, or install one")
    # PostgreSQL refuses to run as root; Debian's package makes a user for it
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o777)
        data = f"{folder}/data"
        init = [*as_user, initdb, "-D", data, "-U", "eme", "-A", "trust", "-E", "UTF8"]
        if subprocess.run(init, capture_output=True, cwd="/").returncode:
            pytest.skip("a PostgreSQL server is installed, but none can be set up here")
        options = f"-c listen_addresses= -k {folder} -c fsync=off"
        start = [*as_user, pg_ctl, "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start"]
        subprocess.run(start, check=True, cwd="/", stdout=subprocess.DEVNULL)
        try:
            yield f"postgresql+psycopg://eme@/postgres?host={folder}"
        finally:
            stop = [*as_user, pg_ctl, "-D", data, "-m", "immediate", "stop"]
            subprocess.run(stop, check=True, cwd="/", stdout=subprocess.DEVNULL)


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
