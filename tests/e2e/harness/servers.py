"""The app, and other Streamlit scripts, as processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.harness.forking import Forked, run_module

ROOT = Path(__file__).resolve().parents[3]
APP = ROOT / "streamlit_app.py"
START_SECONDS = 90.0
# Of servers that have ended. The next takes one over: a browser that knows an address has loaded
# and compiled the files of the app that it serves.
_PORTS_LEFT: list[int] = []


class AppUrl(str):
    """Address of a running app.

    Attributes:
        pid: its process.
    """

    pid: int


@contextmanager
def running(
    script: Path, variables: dict[str, str], port: int = 0, *, afresh: bool = False
) -> Iterator[AppUrl]:
    """Run a Streamlit script on a free port; gives its address and ends it afterwards.

    The app itself starts as ``make run`` starts it.

    Args:
        script: which one.
        variables: of its environment.
        port: where it listens; a free one if 0.
        afresh: whether it imports all that it needs itself, see :mod:`.forking`.
    """
    port = port or free_port()
    arguments = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    arguments += ["--server.headless", "true", "--server.fileWatcherType", "none"]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "streamlit.log"
        log.touch()
        if script == APP and not afresh:
            process: Forked | subprocess.Popen[bytes] = run_module(
                ["app", *arguments], variables, log
            )
        else:
            process = _start(script, arguments, variables, log)
        try:
            url = AppUrl(f"http://127.0.0.1:{port}")
            url.pid = process.pid
            _wait_until_healthy(url, process, log)
            yield url
        finally:
            process.kill()  # a polite end takes Streamlit seconds, and nobody asks for it here
            process.wait()
            _PORTS_LEFT.append(port)


def run_to_end(arguments: Sequence[str], variables: dict[str, str]) -> str:
    """Run a command of the app's, as :func:`running` runs the app; gives what it says."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "command.log"
        log.touch()
        process = run_module(arguments, variables, log)
        while process.poll() is None:
            time.sleep(0.2)
        return log.read_text(errors="replace")


def _start(
    script: Path, arguments: list[str], variables: dict[str, str], log: Path
) -> subprocess.Popen[bytes]:
    name = ["emotion_core", "app"] if script == APP else ["streamlit", "run", str(script)]
    environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *name, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def free_port() -> int:
    """A port that nobody listens at."""
    if _PORTS_LEFT:
        return _PORTS_LEFT.pop()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(url: str, process: Forked | subprocess.Popen[bytes], log: Path) -> None:
    # A proxy of the environment has no say about this machine itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"the app did not start:\n{log.read_text(errors='replace')[-4000:]}")
