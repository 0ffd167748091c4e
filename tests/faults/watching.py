"""What a process opens: files of one folder by any means, and all that Python opens itself."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from pathlib import Path
from typing import Any

_OPENED = 0x20  # IN_OPEN
_NONBLOCK = 0o4000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Watch:
    """Notes what is opened between two calls of :meth:`start` and :meth:`opened`.

    Args:
        bait: a folder of which no file may be opened, not by FFmpeg either (inotify tells).
        own: where files may be written.
    """

    def __init__(self, bait: Path, own: Path) -> None:
        self._own = str(own)
        self._bait = str(bait)
        self._noted: list[str] = []
        self._noting = False
        libc = ctypes.CDLL(None, use_errno=True)
        self._file = libc.inotify_init1(_NONBLOCK)
        if self._file < 0 or libc.inotify_add_watch(self._file, os.fsencode(bait), _OPENED) < 0:
            raise OSError(ctypes.get_errno(), "inotify cannot watch")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        sys.addaudithook(self._note)

    def start(self) -> None:
        """Forget what was opened so far."""
        self._drain()
        self._noted = []
        self._noting = True

    def opened(self) -> list[str]:
        """What was opened since: files of the bait, addresses, and foreign files to write to."""
        self._noting = False
        found = list(self._noted)
        if self._drain():
            found.append(f"a file in {self._bait}")
        try:
            self._listener.accept()[0].close()
            found.append("a connection")
        except BlockingIOError:
            pass
        return found

    def _drain(self) -> bool:
        seen = False
        try:
            while os.read(self._file, 1 << 16):
                seen = True
        except BlockingIOError:
            pass
        return seen

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._noting:
            return
        if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
            self._noted.append(f"{event} {arguments[0]!r}"[:200])
        elif event == "open" and not isinstance(arguments[0], int):
            path, flags = os.fspath(arguments[0]), arguments[2] or 0
            path = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
            bytecode = sys.pycache_prefix or "__pycache__"
            own = path.startswith((self._own, "/dev/null")) or bytecode in path
            if flags & _WRITES and not own:
                self._noted.append(f"wrote {path}"[:200])
