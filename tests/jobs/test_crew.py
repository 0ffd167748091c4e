"""One job that several workers of a cluster do together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from distributed import LocalCluster

from emotion_core.errors import MediaError
from emotion_core.files import to_text
from emotion_core.jobs import cluster, records, registry
from emotion_core.jobs.dispatcher import Dispatcher
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.jobs.records import Job, JobState
from emotion_core.jobs.registry import result_of
from emotion_core.jobs.work import Crew, Phase, Work
from emotion_core.library.database.engine import Database, open_database
from emotion_core.progress import Progress, Task
from emotion_core.scene import chunks
from emotion_core.scene.analysis import ClipId, SceneAnalysis
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings, load_settings
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.media.clips import make_clip

active: set[int] = set()
did: list[int] = []


@dataclass(frozen=True)
class Shared(Work):
    """Has parts, of which the first two only end once they were done at the same time."""

    parts: int
    bad: bool = False
    endless: bool = False

    kind: ClassVar[str] = "shared"
    result: ClassVar[Any] = int
    computes: ClassVar[bool] = True
    spreads: ClassVar[bool] = True

    @property
    def subject(self) -> str:
        return str(self.parts)

    @property
    def title(self) -> str:
        return "Shared"

    def phases(self, settings: Settings) -> Sequence[Phase]:
        def alone() -> Task[int]:
            yield Progress(1)
            return 0

        return [Phase("Alone", alone)]

    def spread_phases(self, settings: Settings, crew: Crew) -> Sequence[Phase]:
        def shared() -> Task[int]:
            given = [(number, self.bad, self.endless) for number in range(self.parts)]
            for step in crew.do(_part, [given[0], None, *given[1:]]):
                yield Progress(step.done, self.parts)
            return self.parts

        return [Phase("Together", shared)]


def _part(settings: Settings, number: int, bad: bool, endless: bool) -> Task[None]:
    yield Progress(0.5)
    if bad and number == 1:
        raise MediaError("The file is damaged.")
    active.add(number)
    while not bad and (endless or (number < 2 and not {0, 1} <= active)):
        time.sleep(0.01)
        yield Progress(0.5)
    did.append(number)
    yield Progress(1)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a library whose cluster has two workers, in threads of this process."""
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setitem(registry.KINDS, "shared", Shared)
    for noted in (active, did):
        noted.clear()
    embedded = LocalCluster.__init__

    def with_two(self: LocalCluster, n_workers: int, **options: Any) -> None:
        embedded(self, n_workers=2, **options)

    monkeypatch.setattr(LocalCluster, "__init__", with_two)
    return load_settings()


@pytest.fixture
def library(settings: Settings) -> Iterator[Database]:
    database, dispatcher = open_database(settings), Dispatcher(settings)
    dispatcher.start()
    yield database
    dispatcher.close()
    database.close()


def until(
    library: Database, job: Job, reached: Callable[[Job], bool] = lambda job: not job.active
) -> Job:
    end = time.monotonic() + 60
    while True:
        found = records.find(library, job.id)
        assert found is not None and time.monotonic() < end, found
        if reached(found):
            return found
        time.sleep(0.02)


def test_parts_are_done_at_the_same_time(library: Database) -> None:
    done = until(library, records.add(library, Shared(6)))
    assert (done.state, result_of(done)) == (JobState.DONE, 6)
    # one whose beginning is not heard of in time may be done by both
    assert set(did) == set(range(6))


def test_a_part_that_fails_ends_the_job_with_its_sentence(library: Database) -> None:
    failed = until(library, records.add(library, Shared(4, bad=True)))
    assert (failed.state, failed.error) == (JobState.FAILED, "The file is damaged.")


def test_one_that_is_stopped_ends_and_the_next_one_is_done(library: Database) -> None:
    job = records.add(library, Shared(3, endless=True))
    until(library, job, lambda job: job.share > 0.3)
    records.stop(library, job.id)
    stopped = until(library, job)
    active.clear()
    assert stopped.state is JobState.STOPPED
    assert until(library, records.add(library, Shared(2))).state is JobState.DONE


def test_where_there_are_jobs_for_all_workers_each_does_one(library: Database) -> None:
    jobs = [records.add(library, Shared(parts)) for parts in (2, 4, 6, 8)]
    found = [until(library, job) for job in jobs]
    assert [job.state for job in found] == [JobState.DONE] * 4
    # while others wait, a job is done by one; whether the last was left alone is a matter of time
    assert [result_of(job) for job in found][:2] == [0, 0]


def test_workers_with_a_graphics_card_do_what_computes() -> None:
    class Client:
        def __init__(self, *resources: dict[str, float]) -> None:
            self.workers = {"abc"[n]: {"resources": one} for n, one in enumerate(resources)}

        def scheduler_info(self, n_workers: int) -> dict[str, Any]:
            assert n_workers == -1
            return {"workers": self.workers}

    plain = cluster.worker_options()["resources"]
    gpu = cluster.worker_options(gpu=True)["resources"]
    workers: Any = cluster.compute_workers
    takes: Any = cluster.compute_resources
    assert (workers(Client()), workers(Client(plain, {}, plain))) == ([], ["a", "c"])
    assert workers(Client(plain, gpu, plain)) == ["b"]
    assert takes(Client(plain)) == plain and takes(Client(plain, gpu)) == gpu


def test_a_clip_that_two_read_is_the_same_as_read_by_one(
    library: Database, settings: Settings, portrait: ImageArray, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(chunks, "CHUNK_SECONDS", 0.7)

    def picture(index: int) -> ImageArray:
        shot, at = divmod(index, 12)
        both = place(portrait[:, :: 1 - 2 * (shot % 2)], (320, 180), at, 0, 160)
        if shot % 3:
            both[:, 160:] = place(portrait, (160, 180), 0, 10, 160)
        return both if shot % 2 else 255 - (255 - both) // 2

    clip = make_clip(tmp_path / "a.mp4", n=60, size=(320, 180), picture=picture)
    work = ReadClip(to_text(clip), identify(clip), settings.model)
    store = AnalysisStore(settings.analyses_dir)

    def read() -> SceneAnalysis:
        done = until(library, records.add(library, work))
        assert done.state is JobState.DONE, done.error
        analysis = store.load(result_of(done))
        assert analysis is not None
        store.delete(analysis.id)
        return analysis

    chunk, alone = Reader.read_chunk, list[int]()

    def read_chunk(self: Reader, path: Path, clip: ClipId, number: int, segment: Any) -> Task[None]:
        alone.append(number)
        return chunk(self, path, clip, number, segment)

    monkeypatch.setattr(Reader, "read_chunk", read_chunk)
    by_two = read()
    assert sorted(alone) == [0, 1, 2]
    monkeypatch.setattr(ReadClip, "spreads", False)
    by_one = read()
    assert len(alone) == 3
    pd.testing.assert_frame_equal(by_two.faces, by_one.faces, check_exact=True)
    pd.testing.assert_frame_equal(by_two.frames, by_one.frames, check_exact=True)
    np.testing.assert_array_equal(by_two.identity.vectors, by_one.identity.vectors)
    assert len(by_two.shots) == 5 and by_two.faces["track"].nunique() == 8
