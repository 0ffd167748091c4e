"""Reads the folders of training runs, of this machine or another, running or cut in half.

Needs neither PyTorch nor Lightning. What cannot be read is reported; the rest is given.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import TypeAdapter

from emotion_core.errors import RunError
from emotion_core.training.runs.masks import mask_epochs
from emotion_core.training.runs.origin import CONFIG_FILE, RunOrigin
from emotion_core.training.runs.status import (
    GONE,
    STATUS_FILE,
    STOPPING,
    RunStatus,
    is_here,
    read_status,
)
from emotion_core.validation import OBJECT

RunState = Literal["running", "stopping", "silent", "stopped", "crashed", "finished", "unknown"]
LOG_FILE = "log.txt"
METRICS_FILE = "metrics.csv"
# A run of another machine that has written nothing for so long may have ended.
SILENT_AFTER = timedelta(minutes=10)
_ORIGIN = TypeAdapter(RunOrigin)
_MEASURED = TypeAdapter(dict[str, float])
_LOG_BYTES = 16_384
_MOST_EPOCHS = 1_000_000
_ERROR = re.compile(r"^(?:Error: |(?=[\w.]*(?:Error|Exception): ))(.+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a list of runs says of one.

    Attributes:
        name: of its folder.
        folder: where it is.
        config: its settings; empty where they cannot be read.
        status: how it is doing; ``None`` where the folder does not say.
    """

    name: str
    folder: Path
    config: dict[str, Any]
    status: RunStatus | None

    @property
    def state(self) -> RunState:
        """What the run is doing, as far as one can tell; see :func:`state_of`."""
        return state_of(self.status)

    @property
    def epochs(self) -> int | None:
        """How many it should do at most; ``None`` where the folder does not say."""
        epochs = self.config.get("epochs")
        return epochs if isinstance(epochs, int) and epochs > 0 else None

    @property
    def origin(self) -> RunOrigin | None:
        """What it was started with; ``None`` where the folder does not say."""
        try:
            # a setting that this version does not know may change what is trained
            return _ORIGIN.validate_python(self.config.get("origin"), extra="forbid")
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class TrainingRun(RunSummary):
    """A training run as far as its folder can be read.

    Attributes:
        metrics: a row an epoch, with ``epoch`` first, counted from 0, and a column for each of
            ``train/...`` and ``val/...``; all parts of a run that was resumed.
        mask_epochs: epochs, counted from 0, of which there are masks.
        test: what was measured on the split test, ``test/...``.
        checkpoint: from which it can be resumed; ``None`` without one.
        message: why it is in its state.
        problems: a sentence for each thing that cannot be read.
    """

    metrics: pd.DataFrame
    mask_epochs: tuple[int, ...]
    test: dict[str, float]
    checkpoint: Path | None
    message: str
    problems: tuple[str, ...]


def list_runs(folder: Path) -> list[RunSummary]:
    """The runs in a folder, the one begun last first; empty where there is no such folder."""
    try:
        found = [_summarize(path) for path in folder.iterdir() if is_run(path)]
    except OSError:
        return []
    return sorted(found, key=lambda run: (_begun(run), run.name), reverse=True)


def is_run(folder: Path) -> bool:
    """Whether a folder is, or was begun as, one of a run."""
    return any((folder / name).is_file() for name in (STATUS_FILE, METRICS_FILE, LOG_FILE))


def read_run(folder: Path) -> TrainingRun:
    """All that the folder of a run says, but for its masks.

    Raises:
        RunError: it is not the folder of a run.
    """
    if not folder.is_dir():
        raise RunError(f"There is no folder {folder}.")
    if not is_run(folder):
        raise RunError(
            f"{folder} is not the folder of a training run: it has neither {STATUS_FILE} nor "
            f"{METRICS_FILE}."
        )
    problems: list[str] = []
    summary = _summarize(folder)
    if not summary.config:
        problems.append(f"The settings of this run, {CONFIG_FILE}, are missing or damaged.")
    if summary.status is None:
        problems.append(f"The state of this run is unknown: {STATUS_FILE} is missing or damaged.")
    metrics = _read_metrics(folder, problems)
    if metrics.empty and (folder / METRICS_FILE).exists() and summary.state != "running":
        problems.append(f"{METRICS_FILE} has no complete epoch.")
    checkpoint = folder / "checkpoints" / "last.ckpt"
    return TrainingRun(
        summary.name,
        folder,
        summary.config,
        summary.status,
        metrics,
        mask_epochs(folder),
        _read_test(folder, problems),
        checkpoint if checkpoint.is_file() else None,
        _message(folder, summary.status),
        tuple(problems),
    )


def state_of(status: RunStatus | None, now: datetime | None = None) -> RunState:
    """In which state a run is, as far as one can tell from here.

    Args:
        status: what its folder says.
        now: the time, UTC.
    """
    if status is None:
        return "unknown"
    if status.state != "running":
        return status.state
    if status.message == STOPPING:
        return "stopping"
    away = (now or datetime.now(UTC)) - heard_from(status) > SILENT_AFTER
    return "silent" if away and not is_here(status) else "running"


def heard_from(status: RunStatus) -> datetime:
    """When a run last wrote its status, UTC."""
    updated = datetime.fromisoformat(status.updated)
    return updated if updated.tzinfo else updated.replace(tzinfo=UTC)


def read_log(folder: Path) -> str:
    """The end of what the process of a run said; empty where that was not kept."""
    try:
        with (folder / LOG_FILE).open("rb") as file:
            file.seek(0, 2)
            file.seek(max(file.tell() - _LOG_BYTES, 0))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def _summarize(folder: Path) -> RunSummary:
    try:
        config = OBJECT.validate_json((folder / CONFIG_FILE).read_bytes())
    except (OSError, ValueError):
        config = {}
    return RunSummary(folder.name, folder, config, read_status(folder))


def _begun(run: RunSummary) -> float:
    try:
        if run.status is not None:
            return datetime.fromisoformat(run.status.started).timestamp()
        return run.folder.stat().st_mtime
    except OSError:
        return 0.0


def _read_metrics(folder: Path, problems: list[str]) -> pd.DataFrame:
    """All parts joined; of an epoch that was begun twice, what the later part says."""
    numbered = [
        (int(found[1]), path)
        for path in folder.glob("metrics-*.csv")
        if (found := re.fullmatch(r"metrics-(\d+)\.csv", path.name))
    ]
    parts: list[pd.DataFrame] = []
    for path in [*(path for _, path in sorted(numbered)), folder / METRICS_FILE]:
        if not path.exists():
            continue
        try:
            parts.append(_read_part(path))
        except (OSError, ValueError):
            problems.append(f"Part of the curves, {path.name}, is damaged and left out.")
    if not any(len(part) for part in parts):
        return pd.DataFrame({"epoch": pd.Series(dtype=int)})
    # the rows of training and of validation of an epoch are one; last() passes over blanks
    table = pd.concat(parts).groupby("epoch").last().reset_index()
    return table.astype({"epoch": int}).drop(columns="step", errors="ignore")


def _read_part(path: Path) -> pd.DataFrame:
    # a number that is cut short looks like another one: only whole lines count
    whole = path.read_bytes().rpartition(b"\n")[0]
    if not whole:
        return pd.DataFrame({"epoch": []})
    table: pd.DataFrame = pd.read_csv(
        io.BytesIO(whole), on_bad_lines="skip", encoding_errors="replace"
    )
    if "epoch" not in table:
        raise ValueError("no epochs")
    numbers: pd.DataFrame = table.apply(pd.to_numeric, errors="coerce")
    return numbers[numbers["epoch"].between(0, _MOST_EPOCHS)]


def _read_test(folder: Path, problems: list[str]) -> dict[str, float]:
    path = folder / "test.json"
    if not path.exists():
        return {}
    try:
        return _MEASURED.validate_json(path.read_bytes(), strict=True)
    except (OSError, ValueError):
        problems.append("The test results, test.json, are damaged.")
        return {}


def _message(folder: Path, status: RunStatus | None) -> str:
    """What the status says, or of a run that ended without a word the last error of its log."""
    if status is not None and status.message != GONE:
        return status.message
    errors: Sequence[str] = _ERROR.findall(read_log(folder))
    if errors:
        return errors[-1].strip()
    return "" if status is None else status.message
