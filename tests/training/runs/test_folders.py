"""Reading the folders of runs: whole ones, those of other machines, and those cut in half."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from emotion_core.errors import RunError
from emotion_core.training.runs.folders import list_runs, read_log, read_run, state_of
from emotion_core.training.runs.masks import read_faces, read_masks
from emotion_core.training.runs.status import (
    STOPPING,
    RunStatus,
    read_status,
    write_status,
)
from tests.training.runs.run_trees import HEADER, make_run, metric_lines


def test_reading_runs_needs_neither_pytorch_nor_lightning() -> None:
    script = (
        "import sys, emotion_core.training.launching, emotion_core.training.runs.masks, "
        "emotion_core.render.figures.curves; "
        "sys.exit(bool({'torch', 'lightning', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_finished_run_is_read_whole(tmp_path: Path) -> None:
    run = read_run(make_run(tmp_path / "mine"))
    assert (run.name, run.state, run.message) == ("mine", "finished", "All epochs are done.")
    assert list(run.metrics["epoch"]) == [0, 1, 2, 3]
    assert not run.metrics.isna().any(axis=None)  # training and validation stand in one row
    assert run.mask_epochs == (0, 1, 2, 3)
    assert run.test == {"test/loss": 0.7, "test/top1": 0.9}
    assert run.checkpoint is not None and run.problems == ()
    assert run.origin is not None and run.origin.data == ("/faces",)


def test_the_parts_of_a_run_that_was_gone_on_with_are_one_table(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "mine", epochs=3)
    (folder / "metrics.csv").rename(folder / "metrics-1.csv")
    (folder / "metrics-2.csv").write_text(f"{HEADER}\n" + metric_lines(2, 4))
    (folder / "metrics.csv").write_text(f"{HEADER}\n" + metric_lines(4, 6))
    assert list(read_run(folder).metrics["epoch"]) == [0, 1, 2, 3, 4, 5]


def test_a_line_that_is_cut_in_half_does_not_count(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "mine")
    text = (folder / "metrics.csv").read_text()
    (folder / "metrics.csv").write_text(text[:-40])
    run = read_run(folder)
    assert run.metrics["train/loss"].isna().tolist() == [False, False, False, True]
    assert run.metrics["val/loss"].notna().all()


def test_of_a_folder_cut_in_half_the_rest_is_shown_and_each_loss_is_reported(
    tmp_path: Path,
) -> None:
    folder = make_run(tmp_path / "mine")
    for name in ("config.json", "status.json", "test.json"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])
    (folder / "metrics-1.csv").write_bytes(b"\x00\xff nothing\n\n")
    run = read_run(folder)
    words = " ".join(run.problems)
    for name in ("config.json", "status.json", "test.json", "metrics-1.csv"):
        assert name in words
    assert len(run.problems) == 4 and run.state == "unknown"
    assert len(run.metrics) == 4 and run.mask_epochs == (0, 1, 2, 3)


def test_a_run_that_has_not_ended_an_epoch_has_no_curves_and_no_problem(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "mine", epochs=0, masks=False)
    (folder / "metrics.csv").unlink()
    run = read_run(folder)
    assert run.metrics.empty and "epoch" in run.metrics
    assert run.mask_epochs == () and run.problems == ()


def test_masks_are_those_of_the_faces(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "mine")
    faces = read_faces(folder)
    masks = read_masks(folder, 1, len(faces.images))
    assert masks.shape == (9, 7, 56, 56) and masks.dtype == np.float32 and masks.max() == 1
    with pytest.raises(RunError, match="do not match the faces"):
        read_masks(folder, 1, 3)


@pytest.mark.parametrize("name", ["faces.npz", "epoch-0001.npz"])
@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_masks_cut_short_or_missing_are_reported(tmp_path: Path, name: str, share: float) -> None:
    folder = make_run(tmp_path / "mine")
    path = folder / "masks" / name
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    for words in ("damaged or truncated", "missing"):
        with pytest.raises(RunError, match=words):
            read_faces(folder) if name == "faces.npz" else read_masks(folder, 1, 9)
        path.unlink(missing_ok=True)


def test_a_run_of_another_machine_is_silent_once_it_has_not_been_heard_from() -> None:
    status = RunStatus("running", host="elsewhere")
    assert state_of(status) == "running"
    assert state_of(status, datetime.now(UTC) + timedelta(minutes=11)) == "silent"
    here = RunStatus("running")
    assert state_of(here, datetime.now(UTC) + timedelta(minutes=11)) == "running"


def _gone() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_crash_before_the_training_shows_the_sentence_of_its_log(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "mine", state="running", message="", process=_gone())
    (folder / "log.txt").write_text("Warning: slow\nError: There is no picture in x.\n\n")
    run = read_run(folder)
    assert (run.state, run.message) == ("crashed", "There is no picture in x.")


def test_an_error_that_nobody_foresaw_is_shown_as_the_log_has_it(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "mine", state="running", message="", process=_gone())
    (folder / "log.txt").write_text("Traceback ...\nMemoryError: too large\n")
    assert read_run(folder).message == "MemoryError: too large"
    (folder / "log.txt").write_text("14 images for training\n")
    assert read_run(folder).message == "The process ended without a message."


def test_another_process_with_the_number_of_a_run_is_not_the_run(tmp_path: Path) -> None:
    write_status(tmp_path, RunStatus("running", birth="-1"))
    status = read_status(tmp_path)
    assert status is not None and status.state == "crashed"


def test_a_run_that_ends_before_it_can_say_so_was_stopped_if_it_was_asked_to(
    tmp_path: Path,
) -> None:
    write_status(tmp_path, RunStatus("running", STOPPING, process=_gone()))
    status = read_status(tmp_path)
    assert status is not None and status.state == "stopped"


def test_of_a_long_log_only_the_end_is_read(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("x" * 100_000 + "\nError: The end.\n")
    assert len(read_log(tmp_path)) < 20_000 and "The end." in read_log(tmp_path)


def test_runs_are_listed_the_latest_first_and_other_folders_are_not(tmp_path: Path) -> None:
    make_run(tmp_path / "old", started="2026-01-01T00:00:00+00:00")
    make_run(tmp_path / "new", started="2026-02-01T00:00:00+00:00")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("")
    assert [run.name for run in list_runs(tmp_path)] == ["new", "old"]
    assert list_runs(tmp_path / "nothing") == []


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_what_is_no_run_is_described(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match=r"There is no folder|not the folder of a training run"):
        read_run(tmp_path / name)
