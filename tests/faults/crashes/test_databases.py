"""A database that is locked, gone, or stopped for a while: a sentence, and then all goes on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emotion_core.errors import LibraryError
from emotion_core.jobs import records
from emotion_core.jobs.dispatcher import Dispatcher
from emotion_core.jobs.kinds.archives import ExportLibrary
from emotion_core.jobs.records import JobState
from emotion_core.library.database import engine
from emotion_core.library.database.engine import Database, open_database
from emotion_core.settings import Settings, load_settings
from tests.faults.crashes.soundness import check_sentence
from tests.library.servers import Server, started_server

_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EME_SCHEDULER", "")
    monkeypatch.setenv("EME_MIN_FREE_GB", "0")
    monkeypatch.setattr("emotion_core.jobs.dispatcher._REACH_AGAIN", 0.2)
    monkeypatch.setattr("emotion_core.jobs.dispatcher._TRY_AGAIN", 0.2)
    return load_settings()


@contextmanager
def dispatching(settings: Settings) -> Iterator[None]:
    dispatcher = Dispatcher(settings)
    dispatcher.start()
    try:
        yield
    finally:
        dispatcher.close()


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Another process writes to the library, and does not come to an end."""
    path = settings.data_dir / "catalogue.sqlite"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", _LOCK, path], stdin=pipe, stdout=pipe) as other:
        assert other.stdout is not None and other.stdout.readline() == b"locked\n"
        yield
        other.kill()


def export(library: Database, out: Path) -> int:
    return records.add(library, ExportLibrary(str(out))).id


def done(library: Database, number: int) -> bool:
    """Whether a job is done within a while."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            job = records.find(library, number)
            assert job is not None and job.state is not JobState.FAILED, job
            if job.state is JobState.DONE:
                return True
        except LibraryError:
            pass
        time.sleep(0.05)
    return False


def test_a_locked_library_is_one_sentence_and_what_runs_is_done_after(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    library = open_database(settings)
    with dispatching(settings):
        assert done(library, export(library, tmp_path / "a.zip"))
        number = export(library, tmp_path / "b.zip")
        with locked(settings):
            with pytest.raises(LibraryError, match="another program keeps it locked") as caught:
                export(library, tmp_path / "c.zip")
            check_sentence(str(caught.value))
            time.sleep(1.0)  # the dispatcher has met the lock
        assert done(library, number)
        assert done(library, export(library, tmp_path / "c.zip"))
    library.close()


def test_a_library_that_is_away_for_a_while_is_taken_up_again(
    settings: Settings, tmp_path: Path
) -> None:
    library, data = open_database(settings), settings.data_dir
    with dispatching(settings):
        assert done(library, export(library, tmp_path / "a.zip"))
        data.rename(tmp_path / "away")
        with pytest.raises(LibraryError) as caught:
            export(library, tmp_path / "b.zip")
        check_sentence(str(caught.value))
        time.sleep(1.0)
        if data.exists():  # a new one was begun meanwhile, as for a folder that is gone for good
            data.rename(tmp_path / "begun meanwhile")
        (tmp_path / "away").rename(data)
        with sqlite3.connect(data / "catalogue.sqlite") as connection:
            assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (1,)
        assert done(library, export(library, tmp_path / "b.zip"))
    library.close()


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with started_server() as started:
        yield started


def test_a_server_that_is_stopped_for_a_while_is_taken_up_again(
    settings: Settings, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_DATABASE_URL", server.url)
    library = open_database(load_settings())
    with dispatching(load_settings()):
        assert done(library, export(library, tmp_path / "a.zip"))
        number = export(library, tmp_path / "b.zip")
        server.stop()
        with pytest.raises(LibraryError) as caught:
            export(library, tmp_path / "c.zip")
        check_sentence(str(caught.value))
        time.sleep(1.0)
        server.start()
        assert done(library, number)
        assert done(library, export(library, tmp_path / "c.zip"))
    library.close()
