"""Processes that kill themselves at a given step of an action, as by ``kill -9``.

One process imports all that the actions need and forks another for each death, so that a death
costs little. A step is whatever changes a file or folder, each statement to the database, and each
sign of progress: between two of them nothing changes that another process could find.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from emotion_core import progress
from emotion_core.errors import EmotionCoreError
from emotion_core.settings import load_settings
from tests.faults.runner import ROOT

_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "shutil.copyfile")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
NEVER = 1 << 30
KEPT = "kept"  # a folder in which clips are kept instead of the data directory, where it is there
# What the actions import; it starts no threads, which would be gone in a fork.
_IMPORTED = (
    "tests.faults.crashes.actions",
    "emotion_core.scene.analyzer",
    "emotion_core.render.video.annotated",
    "pandas",
    "pyarrow.parquet",
    "scenedetect",
    "torch",
)


@dataclass(frozen=True)
class Death:
    """How a process ended: by itself or at a step, after how many, and what it said."""

    killed: bool
    steps: int
    said: str


class Killer:
    """Asks the process that forks for one death after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, action: str, folder: Path, at: int = NEVER) -> Death:
        """Let an action be done in a folder by a process that dies at a step."""
        (death,) = self._ask(action, folder, at, 1)
        return death

    def at_once(self, action: str, folder: Path, times: int) -> list[Death]:
        """Let the same be done by several processes at the same time."""
        return self._ask(action, folder, NEVER, times)

    def _ask(self, action: str, folder: Path, at: int, times: int) -> list[Death]:
        assert self._process.stdin is not None and self._process.stdout is not None
        line = json.dumps([action, str(folder), at, times])
        print(line, file=self._process.stdin, flush=True)
        return [Death(**one) for one in json.loads(self._process.stdout.readline())]


@contextmanager
def killer() -> Iterator[Killer]:
    """Start the process that forks, and end it."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "EME_MIN_FREE_GB": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.crashes.killing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
    ) as process:
        yield Killer(process)
        assert process.stdin is not None
        process.stdin.close()


def main() -> None:
    """Fork the processes that each line asks for, and say how they ended."""
    for name in _IMPORTED:
        importlib.import_module(name)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        action, folder, at, times = json.loads(line)
        started = [_fork(action, Path(folder), at) for _ in range(times)]
        print(json.dumps([_end_of(child, told) for child, told in started]), file=answers)


def _fork(action: str, folder: Path, at: int) -> tuple[int, int]:
    """A process, and where it says what has become of it."""
    told, tell = os.pipe()
    if (child := os.fork()) == 0:
        os.close(told)
        _die_at(action, folder, at, tell)
    os.close(tell)
    return child, told


def _end_of(child: int, told: int) -> dict[str, object]:
    with os.fdopen(told) as file:
        steps, _, said = file.read().partition(" ")
    status = os.waitpid(child, 0)[1]
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return asdict(Death(killed, int(steps or 0), said))


def _die_at(action: str, folder: Path, at: int, tell: int) -> None:
    from tests.faults.crashes.actions import ACTIONS

    os.environ["EME_DATA_DIR"] = str(folder / "data")
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "tmp")
    if (folder / KEPT).is_dir():
        os.environ["EME_MEDIA_URL"] = f"file://{folder / KEPT}"
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    steps, said, code = _Steps(folder, at), "", 0
    try:
        ACTIONS[action](folder, load_settings())
    except EmotionCoreError as error:
        said = str(error)
    except BaseException:
        said, code = traceback.format_exc(), 1
    os.write(tell, f"{steps.count} {said}".encode())
    os._exit(code)


class _Steps:
    """Counts the steps of this process, and kills it at one of them."""

    def __init__(self, folder: Path, at: int) -> None:
        self.count, self._at, self._folder = 0, at, str(folder)
        sys.addaudithook(self._audit)
        event.listen(Engine, "before_cursor_execute", lambda *_: self.step())
        event.listen(Engine, "commit", lambda *_: self.step())
        made = progress.Progress.__init__

        def counted(*arguments: Any, **named: Any) -> None:
            made(*arguments, **named)
            self.step()

        progress.Progress.__init__ = counted  # type: ignore[method-assign]

    def step(self) -> None:
        self.count += 1
        if self.count == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if not (arguments[2] or 0) & _WRITES:
                return
        elif event not in _CHANGES:
            return
        path = arguments[0]
        if isinstance(path, (str, bytes, os.PathLike)) and os.fsdecode(path).startswith(
            self._folder
        ):
            self.step()


if __name__ == "__main__":
    main()
