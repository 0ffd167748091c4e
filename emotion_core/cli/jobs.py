"""The commands ``jobs`` and ``worker``: what is done in the background, and by whom."""

from __future__ import annotations

import asyncio
import logging
import os
import time as clock
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core.errors import JobError

if TYPE_CHECKING:
    from emotion_core.jobs.records import Job
    from emotion_core.progress import Task

# Seconds from one look at jobs to the next.
_LOOK = 0.3


def jobs(
    stop: Annotated[int | None, typer.Option(help="Stop the job with this number.")] = None,
    first: Annotated[
        int | None, typer.Option(help="Do the job with this number before all that wait.")
    ] = None,
    again: Annotated[
        int | None, typer.Option(help="Do a job again that failed or was stopped.")
    ] = None,
    all_jobs: Annotated[bool, typer.Option("--all", help="Also list those that ended.")] = False,
) -> None:
    """List the work that runs or waits in the background; stop it or change its order.

    The app does it, or another cluster that EME_SCHEDULER names; what was open when the app was
    closed goes on when it is opened again.
    """
    from emotion_core.jobs import records
    from emotion_core.settings import load_settings

    library = records.open_queue(load_settings())
    for number in (stop, first, again):
        if number is not None and records.find(library, number) is None:
            raise JobError(f"There is no job {number}. See the list with eme jobs --all.")
    if stop is not None:
        records.stop(library, stop)
    if first is not None:
        records.move_first(library, first)
    if again is not None:
        records.retry(library, again)
    listed = records.listed(library, only_open=not all_jobs)
    if not listed:
        print("Nothing runs or waits in the background.")
    for job in listed:
        print(_line(job))


def _line(job: Job) -> str:
    from emotion_core.jobs.records import JobState
    from emotion_core.text import format_time

    said = job.error
    if job.state is JobState.RUNNING:
        said = f"{job.label} {job.share:.0%}"
        if job.seconds_left is not None:
            said += f", {format_time(job.seconds_left)} left"
    whose = f"  (library {job.library})" if job.library else ""
    return f"{job.id:>5}  {job.state:<8}  {job.title}  {said}".rstrip() + whose


def read_on_cluster(
    clips: Sequence[Path], model: str | None, scheduler: str, *, anew: bool
) -> Task[dict[Path, str]]:
    """Have clips read by a cluster into the library.

    Returns:
        A sentence for each that could not be read.

    Raises:
        JobError: the cluster cannot be reached.
        MediaError: there is no such clip.
    """
    from emotion_core.files import to_text
    from emotion_core.jobs import records
    from emotion_core.jobs.cluster import connect
    from emotion_core.jobs.dispatcher import Dispatcher
    from emotion_core.jobs.kinds.reading import ReadClip
    from emotion_core.progress import Progress
    from emotion_core.scene.clips.store import identify
    from emotion_core.settings import load_settings

    os.environ["EME_SCHEDULER"] = scheduler
    settings = load_settings()
    with connect(settings):
        pass  # says now that it cannot be reached; the dispatcher would try again and again
    library, asked = records.open_queue(settings), {}
    for clip in clips:
        work = ReadClip(to_text(clip.resolve()), identify(clip), model or settings.model, anew=anew)
        asked[clip] = records.add(library, work, settings).id
    dispatcher = Dispatcher(settings)
    dispatcher.start()
    try:
        while True:
            found = {clip: records.find(library, number) for clip, number in asked.items()}
            jobs = {clip: job for clip, job in found.items() if job is not None}
            ended = sum(not job.active for job in jobs.values())
            done = sum(job.share if job.active else 1.0 for job in jobs.values())
            yield Progress(done, len(clips), f"{ended} of {len(clips)} clips")
            if ended == len(jobs):
                break
            clock.sleep(_LOOK)
    finally:
        dispatcher.close()
    return {
        clip: job.error or "Its reading was stopped."
        for clip, job in jobs.items()
        if job.state is not records.JobState.DONE
    }


def worker(
    scheduler: Annotated[
        str | None,
        typer.Argument(help="Address of the scheduler; EME_SCHEDULER if not given."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the scheduler calls it.")] = None,
) -> None:
    """Do the work that a Dask scheduler gives, until it is closed.

    The data directory and the library must be the same as those of the app: EME_DATA_DIR on a
    shared folder, and EME_DATABASE_URL. A worker that is lost is started again. Where there are
    workers with a graphics card, only they read clips and draw videos.
    """
    import torch

    from emotion_core.library.database.engine import open_database
    from emotion_core.settings import load_settings
    from emotion_core.workers import share_cores

    settings = load_settings()
    address = scheduler or settings.scheduler
    if not address:
        raise JobError("Name a scheduler, as tcp://host:8786, or set EME_SCHEDULER.")
    open_database(settings)  # says now what no job could work with
    share_cores()
    gpu = settings.device.startswith(("auto", "cuda")) and torch.cuda.is_available()
    asyncio.run(_work(address, name, gpu=gpu))


async def _work(address: str, name: str | None, *, gpu: bool) -> None:
    from distributed import Nanny

    from emotion_core.jobs.cluster import check_certificate, worker_options

    check_certificate(address)
    logging.getLogger("distributed").setLevel(logging.WARNING)
    try:
        async with Nanny(address, name=name, **worker_options(gpu=gpu)) as nanny:
            print(f"Working for {address} as {nanny.name}. Close with Ctrl-C.", flush=True)
            await nanny.finished()
    except (OSError, TimeoutError, ValueError) as error:
        raise JobError(f"The scheduler at {address} cannot be reached.") from error
