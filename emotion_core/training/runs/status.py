"""How a training run is doing, in a file that anyone can read while it runs."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, FiniteFloat, TypeAdapter

from emotion_core.errors import EmotionCoreError
from emotion_core.files import whole_file
from emotion_core.training.runs.processes import birth_of, is_same_process

State = Literal["running", "stopped", "crashed", "finished"]
STATUS_FILE = "status.json"
STOPPING = "It was asked to stop."
GONE = "The process ended without a message."
STOPPED = "Stopped on request. Resume with --resume."


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _checked(moment: str) -> str:
    datetime.fromisoformat(moment)
    return moment


_Moment = Annotated[str, AfterValidator(_checked)]


@dataclass(frozen=True, slots=True)
class RunStatus:
    """What ``status.json`` holds.

    Attributes:
        state: ``running``; ``stopped`` by someone (Ctrl-C or SIGTERM); ``crashed``; ``finished``.
        message: why it is in this state, for a reader.
        epoch: epochs that are over.
        early_stopping: ``best`` value, ``wait`` validations since then, and ``patience``.
        process, host: where it runs; SIGTERM to this process stops it.
        birth: distinguishes the process from a later one with its number; see :func:`birth_of`.
            Empty where that is not known, as in files from before it was noted.
        seconds_left: at most, from ``updated`` on, by the pace so far; ``None`` before there is
            one.
        started, updated: ISO 8601, UTC.
    """

    state: State
    message: str = ""
    epoch: int = 0
    early_stopping: dict[str, int | FiniteFloat | None] = field(default_factory=dict)
    process: int = field(default_factory=os.getpid)
    host: str = field(default_factory=socket.gethostname)
    birth: str = ""
    seconds_left: FiniteFloat | None = None
    started: _Moment = field(default_factory=_now)
    updated: _Moment = field(default_factory=_now)


_STATUS = TypeAdapter(RunStatus)


def write_status(run: Path, status: RunStatus) -> None:
    """Put a status in place, whole."""
    with whole_file(run / STATUS_FILE) as part:
        part.write_text(json.dumps(asdict(replace(status, updated=_now())), indent=2))


def read_status(run: Path) -> RunStatus | None:
    """How a run is doing; ``None`` where the folder does not say.

    A run of this machine whose process is gone without a word has crashed, or was stopped before
    it could say so.
    """
    try:
        status = _STATUS.validate_json((run / STATUS_FILE).read_bytes(), strict=True)
    except (OSError, ValueError):
        return None
    here = status.state == "running" and is_here(status)
    if here and is_same_process(status.process, status.birth) is False:
        if status.message == STOPPING:
            return replace(status, state="stopped", message=STOPPED)
        return replace(status, state="crashed", message=GONE)
    return status


def is_here(status: RunStatus) -> bool:
    """Whether a run is one of this machine."""
    return status.host == socket.gethostname()


def is_first_process() -> bool:
    """Whether this is the one process of a run with several that writes files."""
    return int(os.environ.get("LOCAL_RANK", 0)) == 0 and int(os.environ.get("NODE_RANK", 0)) == 0


@contextmanager
def tracked_run(run: Path) -> Iterator[None]:
    """Keep the status of a run from its beginning to its end, however it ends.

    Args:
        run: its folder, which is there.
    """
    if not is_first_process():
        yield
        return
    # whoever resumes a run takes up what was reached
    before = read_status(run) or _begun()
    write_status(run, replace(_begun(), epoch=before.epoch, early_stopping=before.early_stopping))
    try:
        yield
    except (KeyboardInterrupt, SystemExit):  # Lightning turns the first into the second
        _end(run, "stopped", STOPPED)
        raise
    except BaseException as error:
        ours = isinstance(error, EmotionCoreError)
        _end(run, "crashed", str(error) if ours else f"{type(error).__name__}: {error}")
        raise
    else:
        status = read_status(run)
        message = status.message if status and status.message != STOPPING else ""
        _end(run, "finished", message or "All epochs are done.")


def update_status(run: Path, **changes: Any) -> None:
    """Change what a status says of a run that continues."""
    write_status(run, replace(read_status(run) or _begun(), **changes))


def _begun() -> RunStatus:
    """The status of a run that this process has begun."""
    return RunStatus("running", birth=birth_of(os.getpid()) or "")


def _end(run: Path, state: State, message: str) -> None:
    update_status(run, state=state, message=message, seconds_left=None)
