"""Work in the background, by the command line."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.errors import JobError
from emotion_core.jobs import records
from emotion_core.jobs.kinds.drawing import DrawVideo
from emotion_core.jobs.records import JobState, Standing
from emotion_core.library.database.engine import open_database
from emotion_core.settings import load_settings
from emotion_core.types import ImageArray
from tests.cli.commands import run, run_process
from tests.conftest import place
from tests.media.clips import make_clip


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EME_SCHEDULER", "")


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_jobs_are_listed_stopped_and_put_in_another_order() -> None:
    assert said("jobs") == "Nothing runs or waits in the background.\n"
    library = open_database(load_settings())
    first, second, third = (records.add(library, DrawVideo(name)) for name in "abc")
    records.begin(library, first.id)
    records.report(library, first.id, Standing("Drawing the video", 0.25, 75.0))
    lines = said("jobs", "--first", str(third.id)).splitlines()
    assert [line.split()[0] for line in lines] == [str(job.id) for job in (first, third, second)]
    assert "Drawing the video 25%, 1:15" in lines[0] and "left" in lines[0]
    said("jobs", "--stop", str(second.id))
    stopping = records.find(library, second.id)
    assert stopping is not None and stopping.stopping
    records.end(library, second.id, JobState.FAILED, error="The clip is no longer there.")
    assert "The clip is no longer there." in said("jobs", "--all")
    said("jobs", "--again", str(second.id))
    assert len(said("jobs").splitlines()) == 3


def test_a_job_that_is_not_there_is_one_sentence() -> None:
    for arguments, sentence in (
        (["jobs", "--stop", "7"], "no job 7"),
        (["worker"], "Name a sched"),
        (["worker", "tls://127.0.0.1:1"], "without a certificate"),
    ):
        with pytest.raises(JobError, match=sentence):
            CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_a_scheduler_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", n=5, size=(64, 36))
    for run_it, arguments, sentence in (
        # all that a process says, what Dask says at its end included
        (run_process, ("worker", "nowhere"), "The scheduler at nowhere cannot be reached."),
        (run, ("analyze", clip, "--scheduler", "what:ever"), "The scheduler at what:ever cannot"),
    ):
        done = run_it(*arguments)
        assert done.returncode == 2, done.stderr
        said = done.stderr.strip()
        assert said.startswith(f"Error: {sentence}") and "\n" not in said, said


@pytest.fixture
def scheduler(request: pytest.FixtureRequest) -> Iterator[str]:
    """A scheduler of Dask and one worker of ours, in processes of their own."""
    if not request.config.getoption("--all-cases"):
        pytest.skip("only with --all-cases")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-dashboard", "--no-show"]
    processes = [subprocess.Popen(command, stderr=subprocess.DEVNULL)]
    processes.append(
        subprocess.Popen(
            [sys.executable, "-m", "emotion_core", "worker", address], stdout=subprocess.PIPE
        )
    )
    try:
        assert processes[1].stdout is not None
        assert b"Working for" in processes[1].stdout.readline()
        yield address
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGINT)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def test_a_cluster_reads_the_clips_of_a_folder_and_says_which_it_could_not(
    tmp_path: Path, portrait: ImageArray, scheduler: str
) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for name, frames in (("a", 12), ("b", 20)):
        make_clip(
            folder / f"{name}.mp4",
            n=frames,
            size=(320, 180),
            picture=lambda index: place(portrait, (320, 180), index, 0, 180),
        )
    (folder / "c.mp4").write_text("no clip")
    command = [sys.executable, "-m", "emotion_core", "analyze", str(folder)]
    command += ["--out", str(tmp_path / "out"), "--scheduler", scheduler]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as analysing:
        _, errors = analysing.communicate(timeout=120)
    assert analysing.returncode == 2
    assert "c.mp4: " in errors and "Error: 1 of 3 clips were not analyzed." in errors
    for name, frames in (("a", 12), ("b", 20)):
        assert len(pd.read_parquet(tmp_path / "out" / name / "frames.parquet")) == frames
    assert "Traceback" not in errors
