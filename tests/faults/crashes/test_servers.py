"""The app, an external scheduler and workers, killed while a clip is read: what was open is taken
up, and its tables equal those of an undisturbed reading, bit for bit.

Minutes long, so only with --all-cases; a shorter one is in :mod:`tests.jobs.test_dispatcher`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pandas as pd
import psutil
import pytest

from emotion_core.errors import LibraryError
from emotion_core.files import to_text
from emotion_core.jobs import records
from emotion_core.jobs.dispatcher import Dispatcher
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.jobs.records import Job, JobState
from emotion_core.jobs.registry import result_of
from emotion_core.library.database.engine import Database, open_database
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.e2e.harness.servers import APP, running
from tests.faults.crashes.soundness import check_whole
from tests.media.clips import make_clip

HALF_AN_HOUR = 1800.0


@pytest.fixture(autouse=True)
def only_with_all(all_cases: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not all_cases:
        pytest.skip("only with --all-cases")
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EME_SCHEDULER", "")
    monkeypatch.setattr("emotion_core.jobs.dispatcher._REACH_AGAIN", 0.5)
    (tmp_path / "tmp").mkdir()


@pytest.fixture(scope="session")
def minute(tmp_path_factory: pytest.TempPathFactory, portrait: ImageArray) -> Path:
    """A clip of a minute, in shots of five seconds, at six frames a second."""

    def picture(index: int) -> ImageArray:
        shot, at = divmod(index, 30)
        one = place(portrait, (320, 180), at, 0, 150 + 3 * (shot % 10))
        return one if shot % 2 else 255 - (255 - one) // 2

    path = tmp_path_factory.mktemp("clips") / "minute.mp4"
    return make_clip(path, n=360, fps=6, size=(320, 180), picture=picture)


@pytest.fixture(scope="session")
def half_an_hour(minute: Path) -> Path:
    """The same over and over."""
    out = minute.with_name("half an hour.mp4")
    with av.open(str(out), "w") as copy:
        stream, begins = None, 0
        for _ in range(round(HALF_AN_HOUR / 60)):
            with av.open(str(minute)) as source:
                video = source.streams.video[0]
                stream = stream or copy.add_stream_from_template(video)
                length = round(60 / video.time_base)
                for packet in source.demux(video):
                    if packet.dts is not None:
                        packet.pts, packet.dts = packet.pts + begins, packet.dts + begins
                        packet.stream = stream
                        copy.mux(packet)
                begins += length
    return out


@contextmanager
def dispatching() -> Iterator[None]:
    dispatcher = Dispatcher(load_settings())
    dispatcher.start()
    try:
        yield
    finally:
        dispatcher.close()


def ask(clip: Path) -> tuple[Database, Job]:
    settings = load_settings()
    library = open_database(settings)
    return library, records.add(library, ReadClip(to_text(clip), identify(clip), settings.model))


def until(library: Database, job: Job, reached: Callable[[Job], bool], seconds: float = 300) -> Job:
    end = time.monotonic() + seconds
    while True:
        try:
            found = records.find(library, job.id)
            assert found is not None and time.monotonic() < end, found
            if reached(found):
                return found
        except LibraryError:
            pass
        time.sleep(0.05)


def analysis_of(library: Database, job: Job) -> SceneAnalysis:
    done = until(library, job, lambda job: not job.active, 1200)
    assert done.state is JobState.DONE, done.error
    analysis = AnalysisStore(load_settings().analyses_dir).load(result_of(done))
    assert analysis is not None
    return analysis


def undisturbed(clip: Path, folder: Path) -> SceneAnalysis:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EME_DATA_DIR", str(folder / "undisturbed"))
        library, job = ask(clip)
        with dispatching():
            return analysis_of(library, job)


def check_same(one: SceneAnalysis, other: SceneAnalysis) -> None:
    pd.testing.assert_frame_equal(one.faces, other.faces, check_exact=True)
    pd.testing.assert_frame_equal(one.frames, other.frames, check_exact=True)
    np.testing.assert_array_equal(one.identity.vectors, other.identity.vectors)
    assert one.shots == other.shots


def test_an_app_that_is_killed_goes_on_where_it_was(minute: Path, tmp_path: Path) -> None:
    wanted = undisturbed(minute, tmp_path)
    library, job = ask(minute)
    variables = {"EME_DATA_DIR": str(tmp_path / "data"), "TMPDIR": str(tmp_path / "tmp")}
    with running(APP, variables, afresh=True) as app:
        until(library, job, lambda job: job.share > 0.3)
        os.kill(app.pid, signal.SIGKILL)
    with running(APP, variables, afresh=True):
        check_same(analysis_of(library, job), wanted)
    check_whole(tmp_path, load_settings())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_clip_of_half_an_hour_whose_workers_are_killed_three_times_is_read_as_if_none_had_been(
    half_an_hour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    wanted = undisturbed(half_an_hour, tmp_path)
    assert wanted.info.duration == pytest.approx(HALF_AN_HOUR, abs=1)
    monkeypatch.setenv("EME_WORKERS", str(workers))  # two read the clip together
    library, job = ask(half_an_hour)
    killed = set()
    with dispatching():
        for share in (0.2, 0.5, 0.8):
            until(library, job, lambda job: job.share > share, 1200)  # noqa: B023
            worker = _workers()[len(killed) % workers]
            killed.add(worker.pid)
            worker.kill()
        check_same(analysis_of(library, job), wanted)
    assert len(killed) == 3
    check_whole(tmp_path, load_settings())


def _workers() -> list[psutil.Process]:
    """The processes that Dask has started to work for this one."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def test_a_scheduler_that_is_killed_and_started_again_has_the_clip_read(
    minute: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = undisturbed(minute, tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    monkeypatch.setenv("EME_SCHEDULER", f"tcp://127.0.0.1:{port}")
    with cluster(port) as scheduler:
        library, job = ask(minute)
        with dispatching():
            until(library, job, lambda job: job.share > 0.3)
            scheduler.kill()
            time.sleep(2)
            found = records.find(library, job.id)
            assert found is not None and found.active
            with cluster(port):
                check_same(analysis_of(library, job), wanted)
    check_whole(tmp_path, load_settings())


@contextmanager
def cluster(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A scheduler of Dask and one worker of ours, in processes of their own."""
    address = f"tcp://127.0.0.1:{port}"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-dashboard", "--no-show"]
    command += ["--preload", "emotion_core.jobs.clock"]
    scheduler = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    command = [sys.executable, "-m", "emotion_core", "worker", address]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert worker.stdout is not None and b"Working for" in worker.stdout.readline()
        yield scheduler
    finally:
        for process in (worker, scheduler):
            for child in [*psutil.Process(process.pid).children(recursive=True), process]:
                child.kill()
            process.wait()
