"""The file that says how a run is doing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emotion_core.errors import ModelError
from emotion_core.training.runs.status import (
    RunStatus,
    read_status,
    tracked_run,
    write_status,
)


def test_a_run_is_running_until_it_is_finished(tmp_path: Path) -> None:
    with tracked_run(tmp_path):
        status = read_status(tmp_path)
        assert status is not None and status.state == "running"
    status = read_status(tmp_path)
    assert status is not None and (status.state, bool(status.message)) == ("finished", True)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_a_run_that_somebody_ends_is_stopped(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)), tracked_run(tmp_path):
        raise error
    status = read_status(tmp_path)
    assert status is not None and status.state == "stopped"


def test_a_crash_leaves_its_message(tmp_path: Path) -> None:
    with pytest.raises(ModelError), tracked_run(tmp_path):
        raise ModelError("The weights are damaged.")
    status = read_status(tmp_path)
    assert status is not None
    assert (status.state, status.message) == ("crashed", "The weights are damaged.")


def test_a_run_whose_process_is_gone_has_crashed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    write_status(tmp_path, RunStatus("running", process=gone.pid))
    status = read_status(tmp_path)
    assert status is not None and status.state == "crashed"


@pytest.mark.parametrize(
    "content",
    [
        *(None, "", "[]", '{"state": 1, "unknown": 2}', '{"state": "x"}'),
        '{"state": "finished", "epoch": "many"}',
        '{"state": "finished", "early_stopping": {"best": NaN}}',
        '{"state": "finished", "updated": "yesterday"}',
    ],
)
def test_a_folder_that_does_not_say_gives_nothing(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "status.json").write_text(content)
    assert read_status(tmp_path) is None


def test_a_status_of_a_later_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    (tmp_path / "status.json").write_text('{"state": "finished", "epoch": 3, "later": 2}')
    status = read_status(tmp_path)
    assert status is not None and (status.epoch, status.birth) == (3, "")
