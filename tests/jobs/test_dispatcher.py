"""Jobs that are done, and what becomes of them when something ends too early."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import numpy as np
import pandas as pd
import psutil
import pytest
from distributed import Client

from emotion_core.errors import LibraryError, MediaError
from emotion_core.files import to_text
from emotion_core.jobs import records, registry
from emotion_core.jobs.dispatcher import Dispatcher
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.jobs.records import Job, JobState
from emotion_core.jobs.registry import result_of
from emotion_core.jobs.work import Phase, Work
from emotion_core.library.database.engine import Database, open_database
from emotion_core.progress import Progress, Task
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings, load_settings
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.media.clips import make_clip

gates: dict[str, threading.Event] = {}
did: list[str] = []


@dataclass(frozen=True)
class Held(Work):
    """Goes on until its gate opens, if it has one."""

    name: str

    kind: ClassVar[str] = "held"
    result: ClassVar[Any] = str
    computes: ClassVar[bool] = True

    @property
    def subject(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return self.name

    def phases(self, settings: Settings) -> Sequence[Phase]:
        return [Phase("Holding", self._hold)]

    def _hold(self) -> Task[str]:
        did.append(self.name)
        if self.name == "bad":
            raise MediaError("The file is damaged.")
        if self.name == "broken":
            raise ZeroDivisionError
        while not gates.get(self.name, OPEN).wait(0.05):
            yield Progress(1, 4)
        return self.name.upper()

    def tidy(self) -> None:
        did.append(f"tidied {self.name}")


OPEN = threading.Event()
OPEN.set()


@pytest.fixture(autouse=True)
def own_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.KINDS, "held", Held)
    gates.clear()
    did.clear()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    return load_settings()


@pytest.fixture
def library(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    yield database
    database.close()


@pytest.fixture
def dispatcher(settings: Settings) -> Iterator[Dispatcher]:
    found = Dispatcher(settings)
    found.start()
    yield found
    for gate in gates.values():
        gate.set()
    found.close()


def until(library: Database, job: Job, reached: Callable[[Job], bool], seconds: float = 60) -> Job:
    end = time.monotonic() + seconds
    while True:
        found = records.find(library, job.id)
        assert found is not None and time.monotonic() < end, found
        if reached(found):
            return found
        time.sleep(0.02)


def ended(job: Job) -> bool:
    return not job.active


@pytest.mark.usefixtures("dispatcher")
def test_jobs_are_done_in_their_order_and_bring_their_results(library: Database) -> None:
    jobs = [records.add(library, Held(name)) for name in ("a", "b", "c")]
    found = [until(library, job, ended) for job in jobs]
    assert [job.state for job in found] == [JobState.DONE] * 3
    assert [result_of(job) for job in found] == ["A", "B", "C"]
    assert did == ["a", "tidied a", "b", "tidied b", "c", "tidied c"]


@pytest.mark.usefixtures("dispatcher")
def test_a_job_is_done_in_its_own_library(
    library: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = []

    def phases(self: Held, settings: Settings) -> Sequence[Phase]:
        homes.append(settings.home)
        return [Phase("Holding", self._hold)]

    monkeypatch.setattr(Held, "phases", phases)
    own = settings.library_of("a" * 32)
    for whose in (own, settings):
        until(library, records.add(library, Held("a"), whose), ended)
    assert homes == [own.home, settings.home]


@pytest.mark.usefixtures("dispatcher")
def test_one_that_fails_says_why_and_those_after_it_are_done(library: Database) -> None:
    jobs = [records.add(library, Held(name)) for name in ("bad", "broken", "good")]
    bad, broken, good = (until(library, job, ended) for job in jobs)
    assert (bad.state, bad.error) == (JobState.FAILED, "The file is damaged.")
    assert broken.state is JobState.FAILED and "Its log has the details." in broken.error
    assert good.state is JobState.DONE


@pytest.mark.usefixtures("dispatcher")
def test_work_of_another_version_fails_and_does_not_keep_others_from_being_done(
    library: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(Held, "kind", "unheard-of")
        foreign = records.add(library, Held("a"))
    good = records.add(library, Held("b"))
    assert until(library, good, ended).state is JobState.DONE
    assert until(library, foreign, ended).error.startswith("Another version of Eme asked")


def test_a_library_that_cannot_be_read_for_a_while_does_not_lose_what_runs(
    library: Database, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emotion_core.jobs.dispatcher._REACH_AGAIN", 0.1)
    gates["a"], asked = threading.Event(), list[int]()
    job = records.add(library, Held("a"))
    until(library, job, lambda job: job.state is JobState.RUNNING)

    def locked(*_: object, **__: object) -> NoReturn:
        asked.append(1)
        raise LibraryError("The library is locked.")

    with monkeypatch.context() as broken:
        broken.setattr("emotion_core.jobs.dispatcher.records.listed", locked)
        gates["a"].set()
        end = time.monotonic() + 20
        while len(asked) < 3:
            assert time.monotonic() < end
            time.sleep(0.02)
    assert until(library, job, ended).state is JobState.DONE and did.count("a") == 1
    assert dispatcher._thread is not None and dispatcher._thread.is_alive()


def test_what_ran_on_a_cluster_that_is_lost_is_done_by_the_next(
    library: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emotion_core.jobs.dispatcher._REACH_AGAIN", 0.1)
    lost, submit = list[int](), Client.submit

    def break_off(self: Client, *arguments: Any, **named: Any) -> Any:
        if not lost:
            lost.append(1)
            raise OSError("The connection is closed.")
        return submit(self, *arguments, **named)

    monkeypatch.setattr(Client, "submit", break_off)
    job, dispatcher = records.add(library, Held("a")), Dispatcher(settings)
    dispatcher.start()
    assert until(library, job, ended).state is JobState.DONE and lost and did.count("a") == 1
    dispatcher.close()


def test_a_data_directory_that_cannot_be_written_to_yet_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emotion_core.jobs.dispatcher._TRY_AGAIN", 0.1)
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "file" / "data"))
    (tmp_path / "file").write_text("in the way")
    dispatcher = Dispatcher(load_settings())
    dispatcher.start()
    time.sleep(0.3)
    (tmp_path / "file").unlink()
    library = open_database(load_settings())
    job = records.add(library, Held("a"))
    assert until(library, job, ended).state is JobState.DONE
    dispatcher.close()
    library.close()


@pytest.mark.usefixtures("dispatcher")
def test_one_that_runs_says_how_far_it_is_and_is_stopped(library: Database) -> None:
    gates["a"] = threading.Event()
    first, second = (records.add(library, Held(name)) for name in ("a", "b"))
    running = until(library, first, lambda job: job.share > 0)
    assert (running.state, running.label, running.share) == (JobState.RUNNING, "Holding", 0.25)
    records.stop(library, second.id)
    assert until(library, second, ended).state is JobState.STOPPED
    records.stop(library, first.id)
    assert until(library, first, ended).state is JobState.STOPPED
    assert did == ["a", "tidied b", "tidied a"]


def test_what_was_open_is_done_by_the_next_dispatcher(
    library: Database, settings: Settings
) -> None:
    gates["a"] = threading.Event()
    first, second = (records.add(library, Held(name)) for name in ("a", "b"))
    dispatcher = Dispatcher(settings)
    dispatcher.start()
    until(library, first, lambda job: job.state is JobState.RUNNING)
    dispatcher.close()
    gates["a"].set()
    other = Dispatcher(settings)
    other.start()
    assert until(library, first, ended).state is JobState.DONE
    assert until(library, second, ended).state is JobState.DONE
    other.close()


@pytest.mark.usefixtures("dispatcher")
def test_a_second_dispatcher_waits_for_the_first_to_end(
    library: Database, settings: Settings, dispatcher: Dispatcher
) -> None:
    gates["a"] = threading.Event()
    job = records.add(library, Held("a"))
    until(library, job, lambda job: job.state is JobState.RUNNING)
    second = Dispatcher(settings)
    second.start()
    time.sleep(0.5)
    gates["a"].set()
    until(library, job, ended)
    assert did.count("a") == 1
    dispatcher.close()
    again = records.add(library, Held("b"))
    assert until(library, again, ended).state is JobState.DONE
    second.close()


@pytest.mark.long
def test_a_reading_whose_worker_is_killed_ends_as_if_it_had_not_been(
    library: Database, settings: Settings, portrait: ImageArray, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def picture(index: int) -> ImageArray:
        shot, at = divmod(index, 25)
        one = place(portrait, (320, 180), at, 0, 160 + 10 * shot)
        return one if shot % 2 else 255 - (255 - one) // 2

    clip = make_clip(tmp_path / "a.mp4", n=60, size=(320, 180), picture=picture)
    work = ReadClip(to_text(clip), identify(clip), settings.model)
    store = AnalysisStore(settings.analyses_dir)

    def read(workers: int, kill: bool) -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
        monkeypatch.setenv("EME_WORKERS", str(workers))
        dispatcher = Dispatcher(load_settings())
        dispatcher.start()
        job = records.add(library, work)
        if kill:
            until(library, job, lambda job: job.share > 0.1)
            (worker,) = _workers()
            os.kill(worker.pid, signal.SIGKILL)
        done = until(library, job, ended, 120)
        dispatcher.close()
        assert done.state is JobState.DONE, done.error
        analysis = store.load(result_of(done))
        assert analysis is not None
        store.delete(analysis.id)
        return analysis.faces, analysis.identity.vectors

    undisturbed, disturbed = read(0, False), read(1, True)
    pd.testing.assert_frame_equal(undisturbed[0], disturbed[0], check_exact=True)
    np.testing.assert_array_equal(undisturbed[1], disturbed[1])


def _workers() -> list[psutil.Process]:
    """The processes that Dask has started to work for this one."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]
