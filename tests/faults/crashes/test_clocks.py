"""A clock that is set while something goes on, as by a machine that wakes up."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import dask
import pytest

from emotion_core.jobs import records, registry
from emotion_core.jobs.dispatcher import Dispatcher
from emotion_core.jobs.records import JobState
from emotion_core.jobs.registry import result_of
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Scene
from emotion_core.library.queries.browsing import get_scene
from emotion_core.library.scenes import clip_of, read_scene
from emotion_core.progress import finish
from emotion_core.scene import store
from emotion_core.scene.clips.store import identify
from emotion_core.settings import Settings, load_settings
from tests.faults.crashes.actions import scene
from tests.faults.crashes.readers import PlainReader, make_film
from tests.jobs.test_dispatcher import Held, did, gates, until

HOURS = [timedelta(hours=-30), timedelta(hours=30)]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EME_SCHEDULER", "")
    opened = open_database(load_settings())
    yield opened
    opened.close()


@pytest.mark.parametrize("by", HOURS)
def test_a_job_goes_on_when_the_clock_is_set(
    by: timedelta, library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.KINDS, Held.kind, Held)
    did.clear()
    dispatcher = Dispatcher(load_settings())
    # so that Dask would look for workers that are silent within this test
    with dask.config.set({"distributed.scheduler.worker-ttl": "1s"}):
        dispatcher.start()
        gates["a"] = threading.Event()
        job = records.add(library, Held("a"))
        until(library, job, lambda job: job.share > 0)
        real, jump = time.time, by.total_seconds()
        with monkeypatch.context() as clock:
            clock.setattr("distributed.scheduler.time", lambda: real() + jump)
            clock.setattr("time.time", lambda: real() + jump)
            time.sleep(2.5)
            running = records.find(library, job.id)
            gates["a"].set()
            done = until(library, job, lambda job: not job.active)
    dispatcher.close()
    assert running is not None and running.state is JobState.RUNNING
    assert running.seconds_left is None or 0 <= running.seconds_left < 60
    assert done.state is JobState.DONE and result_of(done) == "A"
    assert did.count("a") == 1


class Clock(datetime):
    """The clock of this machine, set by some hours."""

    by = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.now(tz) + cls.by


@pytest.mark.parametrize("by", HOURS)
def test_a_clip_that_is_read_under_another_clock_is_still_the_same(
    by: timedelta, library: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, settings = make_film(tmp_path / "a.mp4", shots=1), load_settings()
    monkeypatch.setattr(Clock, "by", by)
    monkeypatch.setattr(store, "datetime", Clock)
    assert _read(clip, settings) == clip
    os.utime(clip, (time.time() + 1e6, time.time() + 1e6))
    assert clip_of(_entered(settings), settings) is None  # it has been changed, for all one knows


def test_the_latest_reading_counts_also_where_the_clock_was_set_back(
    library: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, settings = make_film(tmp_path / "a.mp4", shots=1), load_settings()
    _read(clip, settings)
    first = _entered(settings).address
    monkeypatch.setattr(Clock, "by", timedelta(hours=-30))
    monkeypatch.setattr(store, "datetime", Clock)
    reader = PlainReader(settings)
    reader.parameters = type(reader.parameters)(every=2)
    second = finish(read_scene(reader, clip, identify(clip))).id
    assert _entered(settings).address == second != first


def _read(clip: Path, settings: Settings) -> Path | None:
    finish(read_scene(PlainReader(settings), clip, identify(clip)))
    return clip_of(_entered(settings), settings)


def _entered(settings: Settings) -> Scene:
    found = get_scene(open_database(settings), scene(settings).id)
    assert found is not None and found.created.tzinfo is UTC
    return found
