"""Copies on this machine of clips that are kept elsewhere: whole, checked, and not too many.

fsspec has caches of whole files (``filecache``, ``simplecache``), but they are not used here: they
grow without a bound, write under the final name, so that who comes in between reads half a file,
and do not check what they have got.

Least recently used clips leave. What a process holds, because it will open it again, stays; on
POSIX a file that is only open can be removed, and is read to its end all the same. On Windows an
open file cannot be removed, so it stays too.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from emotion_core.errors import MediaError
from emotion_core.files import Room, whole_file
from emotion_core.progress import Progress, Task

_WAIT = 0.5  # seconds, from one sign of life to the next while another process fetches


class ClipCache:
    """The clips of one library.

    Args:
        root: where those of all libraries lie.
        place: name of the folder of this one.
        limit: bytes that all of them may take.
    """

    def __init__(self, root: Path, place: str, limit: float) -> None:
        self._root, self._limit = root, limit
        self.folder = root / place

    def find(self, name: str) -> Path | None:
        """A clip that is here, which counts as used now.

        Args:
            name: its SHA-256, with the ending or without.
        """
        path = next(self.folder.glob(f"{escape(name)}*"), None)
        if path is None:
            return None
        with suppress(OSError):  # the time of change stays: players know a file by it
            os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
        return path

    def fetch(self, name: str, size: int, read: Callable[[], Iterator[bytes]]) -> Task[Path]:
        """Fetch a clip, unless it is here; whoever asks for the same meanwhile waits for it.

        Args:
            name: its SHA-256, with an ending.
            size: bytes.
            read: gives its content.

        Raises:
            MediaError: it is not what its name says.
            OutputError: it cannot be written, or too little would be left on the disk.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        # a few files, whatever there is to fetch
        lock = FileLock(self._root / f"{name[:2]}.lock", thread_local=False)
        while True:
            with suppress(Timeout):
                lock.acquire(timeout=_WAIT)
                break
            yield Progress(0, size)
        try:
            path = self.find(name)
            if path is None:
                path = yield from self._fetch(name, size, read)
            return path
        finally:
            lock.release()

    def _fetch(self, name: str, size: int, read: Callable[[], Iterator[bytes]]) -> Task[Path]:
        self.make_room(size)
        path, done, digest = self.folder / name, 0, hashlib.sha256()
        with whole_file(path) as part, part.open("wb") as copy:
            room = Room(self.folder)
            for piece in read():
                room.check(len(piece))
                digest.update(piece)
                copy.write(piece)
                done += len(piece)
                yield Progress(done, size)
            if digest.hexdigest() != name.partition(".")[0]:
                raise MediaError(f"The clip {name} was damaged where it is kept (EME_MEDIA_URL).")
        return path

    def take(self, file: Path, name: str) -> None:
        """Keep a file of the same disk as a clip, where that can be done."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self.make_room(file.stat().st_size)
            file.replace(self.folder / name)

    def make_room(self, needed: float) -> None:
        """Let clips leave, until so many bytes more fit in, and on the disk.

        Args:
            needed: bytes.
        """
        kept: list[tuple[int, int, Path]] = []
        for path in self._root.glob("*/[!.]*"):
            with suppress(OSError):
                state = path.stat()
                kept.append((state.st_atime_ns, state.st_size, path))
        room, total = Room(self._root), needed + sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self._limit and room.has(needed):
                break
            with suppress(OSError):  # it is held
                _let_go(path)
                total -= size

    def remove(self, name: str) -> None:
        """Remove a clip, if it is here."""
        with suppress(OSError):
            (self.folder / name).unlink(missing_ok=True)


@contextmanager
def holding(fetch: Callable[[], Path]) -> Iterator[Path]:
    """A clip that does not leave until the block ends.

    Args:
        fetch: gives the clip, fetched anew where it has left.
    """
    while True:
        path = fetch()
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            _hold(file)
            if path.exists():  # else it has left just before
                yield path
                return


if sys.platform == "win32":

    def _hold(file: BinaryIO) -> None:
        """What is open cannot be removed there."""

    def _let_go(path: Path) -> None:
        path.unlink()

else:
    import fcntl

    def _hold(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_SH)

    def _let_go(path: Path) -> None:
        """Remove a file, unless a process holds it; raises an OSError then."""
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
