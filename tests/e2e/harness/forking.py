"""A process that has imported what servers import, and forks one for each journey.

    python -m tests.e2e.harness.forking

Each of some twenty servers would import PyTorch, the pages and all the rest again, for six seconds
of a core. What is run, in which folder and with which settings is the same as with a process of its
own;
``test_first_address`` and ``tests/pages/shared/test_warming.py`` have such processes.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


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
    process = _parent()
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps([[*arguments], {**variables}, str(log)]) + "\n")
    process.stdin.flush()
    return Forked(int(process.stdout.readline()))


@cache
def _parent() -> subprocess.Popen[str]:
    """Ends with this process, by the end of its input."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.harness.forking"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _serve() -> None:
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
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody has to wait for those that end
    for line in sys.stdin:
        arguments, variables, log = json.loads(line)
        pid = os.fork()
        if not pid:
            _become(arguments, variables, log)
        print(pid, flush=True)


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
    _serve()
