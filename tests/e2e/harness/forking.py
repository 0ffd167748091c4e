"""A process that has imported what servers import, and forks one for each journey.

    python -m tests.e2e.harness.forking SOCKET

Each of some twenty servers would import PyTorch, the pages and all the rest again, for six seconds
of a core. All processes of pytest share one, which ends with the last of them. What is run, in
which folder and with which settings is the same as with a process of its own;
``test_first_address`` and ``tests/pages/shared/test_warming.py`` have such processes.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 30.0


class Forked:
    """A process that is no child of this one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """``None`` while it runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return -1
        return None

    def kill(self) -> None:
        """End it."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Its parent waits for it."""


def run_module(arguments: Sequence[str], variables: Mapping[str, str], log: Path) -> Forked:
    """Run ``python -m emotion_core`` with arguments and variables of its environment.

    Args:
        log: where it writes what it says.
    """
    stream = _parent()
    stream.write(json.dumps([[*arguments], {**variables}, str(log)]) + "\n")
    stream.flush()
    return Forked(int(stream.readline()))


@cache
def _parent() -> IO[str]:
    """A line to the process that forks, which the first who asks for it starts."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    path = Path(tempfile.gettempdir()) / f"eme-forking-{run}.socket"
    line = socket.socket(socket.AF_UNIX)
    with FileLock(path.with_suffix(".lock")):
        if not path.is_socket():
            subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.harness.forking", str(path)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        end = time.monotonic() + START_SECONDS
        while line.connect_ex(str(path)):
            assert time.monotonic() < end, "the process that forks did not start"
            time.sleep(0.05)
    return line.makefile("rw", encoding="utf-8")


def _serve(path: Path) -> None:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()  # who asks before all is imported waits for the answer
    _import_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody has to wait for those that end
    waiting = selectors.DefaultSelector()
    waiting.register(listening, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.data is None:
                line, _ = listening.accept()
                stream = line.makefile("rw", encoding="utf-8")
                waiting.register(line, selectors.EVENT_READ, stream)
            elif asked := key.data.readline():
                key.data.write(f"{_fork(waiting, *json.loads(asked))}\n")
                key.data.flush()
            else:
                waiting.unregister(key.fileobj)
        if len(waiting.get_map()) == 1:
            with FileLock(path.with_suffix(".lock")):
                if not waiting.select(0):  # nobody has come meanwhile
                    path.unlink()
                    path.with_suffix(".lock").unlink()
                    return


def _import_all() -> None:
    from emotion_core.workers import share_cores

    gc.disable()  # what is imported stays
    share_cores()  # as the app does before it imports PyTorch
    import matplotlib
    import openvino
    import pandas
    import plotly.graph_objects
    import pyarrow.parquet
    import streamlit.web.cli

    import emotion_core.inference.libraries  # noqa: F401
    from pages.shared import warming

    del matplotlib, openvino, pandas, plotly, pyarrow, streamlit
    warming.import_pages()
    gc.freeze()  # and is shared by all
    gc.enable()


def _fork(waiting: selectors.BaseSelector, arguments: list[str], *given: Any) -> int:
    pid = os.fork()
    if not pid:
        for key in waiting.get_map().values():
            os.close(key.fd)
        _become(arguments, *given)
    return pid


def _become(arguments: list[str], variables: dict[str, str], log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(variables)
    output = os.open(log, os.O_WRONLY | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    sys.argv = ["eme", *arguments]
    try:
        runpy.run_module("emotion_core", run_name="__main__", alter_sys=True)
    finally:
        os._exit(1)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
