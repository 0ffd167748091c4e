"""Starts, stops and resumes training runs, as processes that outlive whoever started them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import psutil
from pydantic import TypeAdapter

from emotion_core.datasets.layouts import Dataset
from emotion_core.errors import DatasetError, RunError
from emotion_core.files import cannot_write
from emotion_core.settings import SHIPPED
from emotion_core.training.explainer.config import ExplainerConfig
from emotion_core.training.runs.folders import LOG_FILE, RunSummary, is_run, read_run
from emotion_core.training.runs.origin import RunOrigin, write_config
from emotion_core.training.runs.processes import birth_of, is_same_process
from emotion_core.training.runs.status import (
    STOPPING,
    RunStatus,
    is_here,
    read_status,
    update_status,
    write_status,
)
from emotion_core.workers import environment

# of these there is no option on the command line
_FIXED = ("weight_decay", "loss")
_CONFIG = TypeAdapter(ExplainerConfig)


def start_run(folder: Path, config: ExplainerConfig, origin: RunOrigin) -> None:
    """Start the training of an explainer in a process of its own.

    Args:
        folder: of the run; must not hold one yet, unless it ended before its first epoch did.
        config: its settings.
        origin: its data and its classifier.

    Raises:
        DatasetError: no data set is named, or one is not there or is none.
        RunError: the folder holds a run, or a process cannot be started.
        OutputError: the folder cannot be written to.
    """
    check_free(folder)
    if not origin.data:
        raise DatasetError("Name at least one data set.")
    for path in origin.data:
        if not Path(path).exists():
            raise DatasetError(f"There is nothing at {path}. A data set is a folder or a zip.")
        Dataset.check(Path(path))  # at once, and not once PyTorch is loaded
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    write_config(folder, config, origin)
    _launch(folder, to_arguments(folder, config, origin), None)


def resume_run(run: RunSummary) -> None:
    """Go on with a run as it was started; without a checkpoint it begins anew.

    Args:
        run: what its folder says.

    Raises:
        RunError: it is still running, or its folder does not say how it was started.
    """
    if run.state in ("running", "stopping"):
        raise RunError(f"The run {run.name} is still running.")
    if run.origin is None or run.origin.command != "explainer":
        raise RunError(
            f"The run {run.name} has no record of how it was started. Resume it on the command "
            "line, with the original options and --resume."
        )
    arguments = [*to_arguments(run.folder, config_from(run.config), run.origin), "--resume"]
    _launch(run.folder, arguments, run.status)


def stop_run(run: Path) -> None:
    """Ask a run to stop; the last epoch that is over is kept.

    Args:
        run: its folder.

    Raises:
        RunError: it does not run, or not on this machine.
    """
    status = read_status(run)
    if status is None or status.state != "running":
        raise RunError(f"The run {run.name} has already ended.")
    if not is_here(status):
        raise RunError(f"The run {run.name} is on the machine {status.host}. Stop it there.")
    if not is_same_process(status.process, status.birth):
        raise RunError(
            f"Eme cannot be sure that the process {status.process} belongs to the run {run.name}. "
            "Stop it where it was started."
        )
    # said first: a run that has not got far ends without a word of its own
    update_status(run, message=STOPPING)
    try:
        psutil.Process(status.process).terminate()
    except psutil.NoSuchProcess:
        pass  # it ended by itself
    except psutil.AccessDenied as error:
        update_status(run, message="")
        raise RunError(f"The run {run.name} belongs to another user, who can stop it.") from error


def delete_run(run: Path) -> None:
    """Delete a run with its model, checkpoints and masks.

    Args:
        run: its folder.

    Raises:
        RunError: it holds no run, or one that has not ended, or cannot be deleted.
    """
    if not is_run(run):
        raise RunError(f"There is no run in {run}.")
    if read_run(run).state in ("running", "stopping"):
        raise RunError(f"The run {run.name} is still running. Stop it first.")
    try:
        shutil.rmtree(run)
    except OSError as error:
        raise RunError(f"Cannot delete {run}: {error.strerror or error}.") from error


def to_arguments(folder: Path, config: ExplainerConfig, origin: RunOrigin) -> list[str]:
    """The arguments of ``python -m emotion_core`` that train with these settings."""
    arguments = ["train", origin.command, "--out", str(folder)]
    for path in origin.data:
        arguments += ["--data", path]
    options: dict[str, Any] = {
        **{f.name: getattr(config, f.name) for f in fields(config) if f.name not in _FIXED},
        **asdict(config.loss),
        "model": origin.model,
        "limit": origin.limit,
        "devices": origin.devices,
        "strategy": origin.strategy,
    }
    for name, value in options.items():
        if value is not None:
            arguments += [f"--{name.replace('_', '-')}", str(value)]
    arguments.append("--upright" if origin.upright else "--as-they-are")
    return [*arguments, "--test"] if origin.test else arguments


def config_from(held: dict[str, Any]) -> ExplainerConfig:
    """The settings that ``config.json`` holds.

    Raises:
        RunError: it holds others, or not all, as one of an older version does.
    """
    try:
        return _CONFIG.validate_python(
            {each.name: held[each.name] for each in fields(ExplainerConfig)}
        )
    except (KeyError, ValueError) as error:
        raise RunError(
            "The settings of this run are not those of an explainer, or are incomplete. Resume "
            "it on the command line."
        ) from error


def check_free(folder: Path) -> None:
    """Whether a run can begin in a folder.

    Raises:
        RunError: it holds one, which has not ended before its first epoch did.
    """
    if is_run(folder) and not _came_to_nothing(folder):
        raise RunError(f"There is already a run named {folder.name}. Choose another name.")


def _came_to_nothing(folder: Path) -> bool:
    run = read_run(folder)
    return run.state in ("stopped", "crashed") and run.metrics.empty and run.checkpoint is None


def run_folder(runs: Path, name: str) -> Path:
    """The folder of a run with a name that a user wrote down.

    Raises:
        RunError: it is no name for a folder.
    """
    name = name.strip()
    if not re.fullmatch(r"\w[\w .-]{0,79}", name) or name.endswith("."):
        raise RunError("The name of a run can have letters, digits, spaces, dots and dashes.")
    return runs / name


def _launch(folder: Path, arguments: list[str], before: RunStatus | None) -> None:
    """Start the process, with what it says in ``log.txt``, and note that it runs."""
    # in a session of its own: neither the end of the app nor Ctrl-C there ends it
    apart: dict[str, Any] = {"start_new_session": True}
    if os.name == "nt":
        apart = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    command = [sys.executable, "-m", "emotion_core", *arguments]
    try:
        with (folder / LOG_FILE).open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=SHIPPED.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # a crash in a narrow box would lose half of its sentence
                env={**environment(), "COLUMNS": "1000", "NO_COLOR": "1"},
                **apart,
            )
    except OSError as error:
        raise RunError(f"Training cannot start: {error.strerror or error}.") from error
    # whoever started it has to ask for its end, or the system keeps its number
    threading.Thread(target=process.wait, daemon=True).start()
    begun = RunStatus("running", process=process.pid, birth=birth_of(process.pid) or "")
    if before is not None:
        begun = replace(begun, epoch=before.epoch, early_stopping=before.early_stopping)
    write_status(folder, begun)
