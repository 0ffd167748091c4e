"""The app as a process that is measured."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
_QUIET = 7  # s in a row; the models wait for 4 in which no page is run


@contextmanager
def server(command: list[str]) -> Iterator[tuple[str, float, float, int]]:
    """A running app: its address, when it wrote its first line and first answered, its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    options = ["--server.port", str(port), "--server.headless", "true"]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, *command, *options, "--server.address", "127.0.0.1"],
            cwd=ROOT, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield url, *_wait(process, url, output.fileno()), process.pid
        finally:
            process.kill()
            process.wait()


def settle(pid: int) -> None:
    """Wait until the server has nothing more to do, also what it waits some seconds to begin."""
    process = psutil.Process(pid)
    end, quiet = time.monotonic() + START_SECONDS, 0
    while quiet < _QUIET and time.monotonic() < end:
        quiet = quiet + 1 if process.cpu_percent(1.0) <= 10 else 0


def _wait(process: subprocess.Popen[bytes], url: str, output: int) -> tuple[float, float]:
    # a proxy of the environment has no say about this machine itself
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    line, end = 0.0, time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if not line and os.fstat(output).st_size:
            line = time.time()
        try:
            with opener.open(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return line or time.time(), time.time()
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the app did not start")
