"""PostgreSQL servers that are started for tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Server:
    """A server of its own, which can be stopped and started again.

    Args:
        folder: of its files, short enough for the path of a socket.
    """

    def __init__(self, folder: str) -> None:
        self._folder, self._data = folder, f"{folder}/data"
        self.url = f"postgresql+psycopg://eme@/postgres?host={folder}"
        # PostgreSQL refuses to run as root; Debian's package makes a user for it
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def set_up(self, initdb: str) -> bool:
        """Make its files; False where that cannot be done."""
        command = [*self._as_user, initdb, "-D", self._data, "-U", "eme", "-A", "trust"]
        command += ["-E", "UTF8", "--no-sync"]
        return not subprocess.run(command, capture_output=True, cwd="/").returncode

    def start(self) -> None:
        options = f"-c listen_addresses= -k {self._folder} -c fsync=off"
        self._control("-w", "-o", options, "-l", f"{self._folder}/log", "start")

    def stop(self) -> None:
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        command = [*self._as_user, _program("pg_ctl") or "", "-D", self._data, *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@contextmanager
def started_server() -> Iterator[Server]:
    """A server that runs; the test is skipped where there can be none."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server: set EME_TEST_DATABASE_URL, or install one")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o777)
        server = Server(folder)
        if not server.set_up(initdb):
            pytest.skip("a PostgreSQL server is installed, but none can be set up here")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _program(name: str) -> str | None:
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else None)
