"""Clips read by workers on cores of their own."""

from __future__ import annotations

import os
import shutil
import time as clock
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.scale.simulation import Costs

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True)
class Measured:
    """Clips that were read: minutes of film, and seconds that it took."""

    minutes: float
    seconds: float

    @property
    def rate(self) -> float:
        """Minutes of film in a minute."""
        return self.minutes * 60 / self.seconds


def measure_parts(work: Path, clip: Path, model: str) -> Costs:
    """What one worker takes for each step of a clip."""
    with _workers(work, 1, model) as client:
        took = client.submit(_parts, clip, model).result()
    whole = _read(work, [clip], model, 1, spread=False)
    return Costs(*took, whole)


def measure_one(work: Path, clip: Path, model: str, workers: int) -> float:
    """Seconds for one clip, read by all workers together."""
    return _read(work, [clip], model, workers, spread=True)


def measure_many(work: Path, clips: Sequence[Path], model: str, workers: int) -> Measured:
    """Many clips, each read by one worker."""
    return Measured(_minutes(clips), _read(work, clips, model, workers, spread=False))


def _minutes(clips: Sequence[Path]) -> float:
    from emotion_core.media.probe import probe

    return sum(probe(clip).duration for clip in clips) / 60


def _read(work: Path, clips: Sequence[Path], model: str, workers: int, *, spread: bool) -> float:
    """Seconds, from when the models are loaded until the last clip is in the library."""
    from emotion_core.files import to_text
    from emotion_core.jobs.cluster import compute_resources
    from emotion_core.jobs.kinds.reading import ReadClip
    from emotion_core.jobs.records import JobState
    from emotion_core.jobs.worker import run
    from emotion_core.scene.clips.store import identify

    with _workers(work, workers, model) as client:
        given = [ReadClip(to_text(clip), identify(clip), model) for clip in clips]
        resources = compute_resources(client)
        started = clock.perf_counter()
        futures = [
            client.submit(
                run, number, work.kind, work.to_json(), "", spread=spread, resources=resources
            )
            for number, work in enumerate(given)
        ]
        for outcome in client.gather(futures):
            assert outcome.state is JobState.DONE, outcome.error
        return clock.perf_counter() - started


@contextmanager
def _workers(work: Path, count: int, model: str) -> Iterator[Client]:
    """Workers with a library of their own that is empty, on a core each, their models loaded."""
    data = work / "data"
    shutil.rmtree(data, ignore_errors=True)
    os.environ |= {"EME_DATA_DIR": str(data), "EME_WORKERS": str(count), "EME_MIN_FREE_GB": "0"}
    from emotion_core.jobs.cluster import connect
    from emotion_core.library.scenes import open_library
    from emotion_core.settings import load_settings

    settings = load_settings()
    open_library(settings)
    with connect(settings) as client:
        addresses = sorted(client.scheduler_info(n_workers=-1)["workers"])
        cores = sorted(os.sched_getaffinity(0))
        settled = [
            client.submit(_settle, core, model, workers=[worker], pure=False)
            for worker, core in zip(addresses, cores, strict=False)
        ]
        client.gather(settled)
        yield client


def _settle(core: int, model: str) -> None:
    """Keep this process on a core, and load what reads clips."""
    from emotion_core.jobs.kinds.reading import reader_of
    from emotion_core.settings import load_settings

    for thread in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})
    reader = reader_of(load_settings(), model)
    assert reader.classifier and reader.detector and reader.embedder


def _parts(clip: Path, model: str) -> tuple[float, tuple[float, ...], tuple[float, ...], float]:
    """Of a clip: its seconds, the seconds to find each chunk, to read each, and to join them."""
    from emotion_core.jobs.kinds.reading import reader_of
    from emotion_core.library.scenes import read_scene
    from emotion_core.media.decode import read_frames
    from emotion_core.media.probe import probe
    from emotion_core.media.shots import split_shots
    from emotion_core.progress import Progress, Task, finish
    from emotion_core.scene.chunks import find_segments
    from emotion_core.scene.clips.store import identify
    from emotion_core.settings import load_settings

    reader, identity = reader_of(load_settings(), model), identify(clip)
    cuts, segments, started = [], [], clock.perf_counter()
    numbered = split_shots(read_frames(clip, max_side=reader.parameters.max_side))
    for segment in find_segments(numbered):
        if segment is not None:
            segments.append(segment)
            cuts.append(clock.perf_counter() - started)
            started = clock.perf_counter()
    reads = []
    for number, segment in enumerate(segments):
        started = clock.perf_counter()
        finish(reader.read_chunk(clip, identity, number, segment))
        reads.append(clock.perf_counter() - started)
    joining = 0.0

    def nothing(found: Iterator[object]) -> Task[None]:
        nonlocal joining
        assert all(chunk is None for chunk in found)
        joining = clock.perf_counter()
        yield Progress(0.0)

    finish(read_scene(reader, clip, identity, hand_out=nothing))
    join = clock.perf_counter() - joining
    return probe(clip).duration, tuple(cuts), tuple(reads), join
