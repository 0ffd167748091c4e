"""Runs as processes of their own: begun, stopped, resumed, and what they refuse."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import pytest

from emotion_core.errors import DatasetError, RunError
from emotion_core.jobs.kinds.training import LIVE, FollowTraining
from emotion_core.progress import Progress, finish
from emotion_core.settings import load_settings
from emotion_core.training.explainer.config import ExplainerConfig, LossWeights
from emotion_core.training.launching import (
    config_from,
    delete_run,
    resume_run,
    run_folder,
    start_run,
    stop_run,
    to_arguments,
)
from emotion_core.training.runs.folders import TrainingRun, read_run
from emotion_core.training.runs.origin import RunOrigin, write_config
from emotion_core.training.runs.status import RunStatus, read_status, write_status
from tests.cli.commands import run as run_here
from tests.emotions.model_folders import make_vit
from tests.training.runs.run_trees import make_run
from tests.training.sets import label_zip, picture, write_zip

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ExplainerConfig(backbone="mobilenet_v3_large", size=32, epochs=60, batch=8, patience=99)


@pytest.fixture(autouse=True)
def _no_run_is_left(tmp_path: Path) -> Iterator[None]:
    """A test that fails must not leave its run behind."""
    yield
    for status in tmp_path.rglob("status.json"):
        with suppress(RunError):
            stop_run(status.parent)


def _wait(folder: Path, until: Callable[[TrainingRun], bool], seconds: float = 120) -> TrainingRun:
    end = time.monotonic() + seconds
    while not until(run := read_run(folder)):
        assert run.state != "crashed", run.message
        assert time.monotonic() < end, (run.state, run.message)
        time.sleep(0.1)
    return run


def _origin(data: Path, folder: Path) -> RunOrigin:
    return RunOrigin.of("explainer", [data], str(make_vit(folder / "vit")), 16, False)


def _launch_as(process: type, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = SimpleNamespace(Popen=process, DEVNULL=subprocess.DEVNULL, STDOUT=subprocess.STDOUT)
    monkeypatch.setattr("emotion_core.training.launching.subprocess", stand_in)


class FakeTraining(subprocess.Popen[bytes]):
    """A process that is started, asked and stopped like one that trains, without PyTorch."""

    def __init__(self, command: list[str], **options: Any) -> None:
        python, _m, _package, *arguments = command
        options["env"] = {**options["env"], "PYTHONPATH": str(ROOT)}
        super().__init__([python, "-m", "tests.training.fake_trainer", *arguments], **options)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are written by a process that learns nothing; the journeys start real ones."""
    _launch_as(FakeTraining, monkeypatch)


@pytest.mark.usefixtures("fake")
def test_a_run_is_started_stopped_and_gone_on_with_to_its_end(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "mine"
    start_run(folder, CONFIG, _origin(label_zip(tmp_path / "set.zip", 40), tmp_path))
    assert read_run(folder).state == "running"
    with pytest.raises(RunError, match="still running"):
        resume_run(read_run(folder))
    # the status is written after the metrics and the checkpoint of an epoch
    _wait(folder, lambda run: run.status is not None and run.status.seconds_left is not None)
    stop_run(folder)
    run = _wait(folder, lambda run: run.state not in ("running", "stopping"))
    assert run.state == "stopped" and run.checkpoint is not None
    with pytest.raises(RunError, match="already ended"):
        stop_run(folder)
    done = len(run.metrics)
    # the same settings but for a nearer end, or the test would take long
    shorter = replace(run, config={**run.config, "epochs": done + 1})
    resume_run(shorter)
    run = _wait(folder, lambda run: run.state == "finished")
    assert list(run.metrics["epoch"]) == list(range(done + 1))
    assert run.problems == () and run.origin is not None and run.origin.limit == 16


def test_a_run_that_is_stopped_before_it_began_to_learn_was_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    start_run(folder, CONFIG, _origin(label_zip(tmp_path / "set.zip", 40), tmp_path))
    stop_run(folder)
    run = _wait(folder, lambda run: run.state not in ("running", "stopping"))
    assert (run.state, run.checkpoint) == ("stopped", None)


@pytest.mark.skipif(os.name == "nt", reason="process groups are those of POSIX")
def test_a_run_outlives_whoever_started_it(tmp_path: Path) -> None:
    folder, origin = tmp_path / "mine", _origin(label_zip(tmp_path / "set.zip", 40), tmp_path)
    script = (
        "import time; from pathlib import Path; from emotion_core.training.launching import *; "
        f"start_run(Path({str(folder)!r}), ExplainerConfig(size=32), "
        f"RunOrigin('explainer', {origin.data!r}, {origin.model!r})); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    end = time.monotonic() + 30
    while not (folder / "status.json").exists() and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(starter.pid, signal.SIGTERM)  # as the end of a terminal does
    starter.wait()
    time.sleep(0.5)
    assert read_run(folder).state == "running"
    stop_run(folder)
    _wait(folder, lambda run: run.state == "stopped")


class CommandHere:
    """In place of a process that trains: the same command in this one, over when it is made."""

    def __init__(self, command: list[str], *, stdout: BinaryIO, **_: object) -> None:
        _python, _m, _package, *arguments = command
        ended = run_here(*arguments)
        stdout.write((ended.stdout + ended.stderr).encode())
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        self.pid = gone.pid

    def wait(self) -> int:
        return 2


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs end before they have begun, without a process that loads PyTorch."""
    _launch_as(CommandHere, monkeypatch)


@pytest.mark.usefixtures("here")
def test_a_set_that_is_too_small_is_reported_in_the_folder_of_the_run(tmp_path: Path) -> None:
    files = {"train/happy/0.png": picture(), "val/happy/1.png": picture()}
    data = write_zip(tmp_path / "set.zip", files)
    folder = tmp_path / "mine"
    start_run(folder, CONFIG, _origin(data, tmp_path))
    run = read_run(folder)
    assert run.state == "crashed"
    assert "at least two faces" in run.message
    assert not run.message.startswith("Error") and "\n" not in run.message


@pytest.mark.usefixtures("here")
def test_a_checkpoint_that_is_damaged_is_reported_in_the_folder_of_the_run(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "mine", state="stopped", message="Stopped.")
    origin = _origin(label_zip(tmp_path / "set.zip", 40), tmp_path)
    run = read_run(folder)
    origin_held = {**run.config["origin"], "data": list(origin.data), "model": origin.model}
    resume_run(replace(run, config={**run.config, "origin": origin_held}))
    run = read_run(folder)
    assert run.state == "crashed" and "damaged or truncated" in run.message
    assert run.status is not None and run.status.epoch == 4  # what was reached is still told


def test_the_settings_of_a_run_are_found_again_in_its_folder(tmp_path: Path) -> None:
    weights = LossWeights(entropy=0.5, area_max=0.4)
    config = replace(CONFIG, loss=weights, minutes=3.0, weights=Path("/w.pt"))
    write_config(make_run(tmp_path / "mine"), config, RunOrigin("explainer", ("/a", "/b")))
    run = read_run(tmp_path / "mine")
    assert config_from(run.config) == config
    assert run.origin == RunOrigin("explainer", ("/a", "/b"))
    arguments = to_arguments(run.folder, config, run.origin)
    said = " ".join(arguments)
    for option in ("--data /b", "--entropy 0.5", "--area-max 0.4", "--minutes 3.0"):
        assert option in said
    assert "--model" not in arguments and "--weight-decay" not in arguments


def test_a_run_of_another_machine_is_not_stopped_from_here(tmp_path: Path) -> None:
    make_run(tmp_path / "mine", state="running", message="", host="elsewhere")
    with pytest.raises(RunError, match="on the machine elsewhere"):
        stop_run(tmp_path / "mine")


def test_a_process_that_may_be_another_is_left_alone(tmp_path: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        write_status(tmp_path, RunStatus("running", process=bystander.pid, birth=""))
        with pytest.raises(RunError, match="cannot be sure"):
            stop_run(tmp_path)
        write_status(tmp_path, RunStatus("running", process=bystander.pid, birth="1"))
        with pytest.raises(RunError, match="already ended"):
            stop_run(tmp_path)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_run_that_does_not_say_how_it_was_started_is_resumed_by_hand(tmp_path: Path) -> None:
    run = read_run(make_run(tmp_path / "mine", state="stopped"))
    config = {name: value for name, value in run.config.items() if name != "origin"}
    with pytest.raises(RunError, match="on the command line"):
        resume_run(replace(run, config=config))
    with pytest.raises(RunError, match="not those of an explainer"):
        resume_run(replace(run, config={"origin": run.config["origin"]}))
    with pytest.raises(RunError, match="or are incomplete"):
        resume_run(replace(run, config={**run.config, "size": "large"}))


def test_a_name_that_is_taken_and_data_that_are_not_there_are_refused(tmp_path: Path) -> None:
    make_run(tmp_path / "mine")
    origin = RunOrigin("explainer", (str(tmp_path),))
    with pytest.raises(RunError, match="already"):
        start_run(tmp_path / "mine", CONFIG, origin)
    for data, text in (((), "at least one"), (("/no/such",), "There is nothing at /no/such")):
        with pytest.raises(DatasetError, match=text):
            start_run(tmp_path / "new", CONFIG, RunOrigin("explainer", data))
    none = write_zip(tmp_path / "set.zip", {"a.png": picture()})
    with pytest.raises(DatasetError, match="no folders named after"):
        start_run(tmp_path / "new", CONFIG, RunOrigin("explainer", (str(none),)))
    assert not (tmp_path / "new").exists()


def test_a_run_is_deleted_once_it_has_ended_and_nothing_else_is(tmp_path: Path) -> None:
    done = make_run(tmp_path / "done")
    busy = make_run(tmp_path / "busy", state="running", message="", host="far")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("to keep")
    delete_run(done)
    assert not done.exists()
    with pytest.raises(RunError, match="Stop it first"):
        delete_run(busy)
    with pytest.raises(RunError, match="no run in"):
        delete_run(tmp_path / "mine")
    assert busy.exists() and (tmp_path / "mine" / "letter.txt").exists()


@pytest.mark.usefixtures("fake")
def test_the_name_of_a_run_that_came_to_nothing_may_be_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    write_status(folder, RunStatus("crashed", "There is no picture in x."))
    start_run(folder, CONFIG, _origin(label_zip(tmp_path / "set.zip", 40), tmp_path))
    assert read_run(folder).state == "running"
    stop_run(folder)
    _wait(folder, lambda run: run.state == "stopped")


@pytest.mark.parametrize("name", ["", "..", "a/b", "../x", ".hidden", "x" * 90])
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunError, match="letters, digits"):
        run_folder(tmp_path, name)
    assert run_folder(tmp_path, " first try ") == tmp_path / "first try"


def test_a_job_follows_a_run_to_its_end_and_takes_up_one_that_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    _launch_as(FakeTraining, monkeypatch)
    settings, work = load_settings(), FollowTraining("mine")
    folder, data = settings.runs_dir / "mine", label_zip(tmp_path / "set.zip", 40)
    start_run(folder, replace(CONFIG, epochs=6), _origin(data, tmp_path))
    steps: list[Progress] = []
    (phase,) = work.phases(settings)
    assert finish(phase.begin(), steps.append) == "finished"
    assert steps and {step.total for step in steps} == {6}
    crashed = replace(read_status(folder) or RunStatus("crashed"), state="crashed", epoch=3)
    write_status(folder, crashed)
    assert finish(phase.begin()) == "finished"
    status = read_status(folder)
    assert status is not None and status.epoch == 6


def test_a_job_that_is_stopped_stops_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    _launch_as(FakeTraining, monkeypatch)
    settings, work = load_settings(), FollowTraining("mine")
    folder, data = settings.runs_dir / "mine", label_zip(tmp_path / "set.zip", 40)
    start_run(folder, CONFIG, _origin(data, tmp_path))
    _wait(folder, lambda run: run.status is not None and run.status.epoch > 0)
    work.stop(settings)
    assert _wait(folder, lambda run: run.state not in LIVE).state == "stopped"
    work.stop(settings)  # it has ended already
