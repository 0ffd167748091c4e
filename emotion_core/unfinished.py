"""What processes are writing, noted in the data directory, so that none leaves half of it behind.

A process that is killed cannot remove what it has begun. So each holds a lock for as long as it
lives, which the system lets go of however it ends, and keeps a note of each thing beside it::

    .unfinished/<process>.lock
    .unfinished/<process>/<number>.json

Whoever opens the library next sees by the lock who has died, and does what their notes say.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from emotion_core.errors import EmotionCoreError
from emotion_core.settings import load_settings

_FOLDER = ".unfinished"
# What versions without notes left behind where they were killed.
_EARLIER = (".new-*", ".import-*", "." + "[0-9a-f]" * 16 + ".part*")


@dataclass
class _Said:
    """What a note says is to be done; paths in the data directory without it.

    Attributes:
        host: where the paths lie that are not in the data directory.
        remove: what is not finished.
        target: where the files in the folder ``remove`` belong, once all of them are there.
        unless_known: what stays only if the library knows it.
    """

    host: str = ""
    remove: str = ""
    target: str = ""
    unless_known: list[str] = field(default_factory=list)


class Note:
    """A note of this process, until it is closed; none is kept before there is a data directory.

    Args:
        remove: a file or folder that will be written.
    """

    def __init__(self, remove: Path | None = None) -> None:
        self._data = load_settings().data_dir.absolute()
        self._file: Path | None = None
        self._undo: list[Callable[[], object]] = []
        if remove is not None:
            self._add(host=socket.gethostname(), remove=self._name(remove))

    def complete(self, target: Path) -> None:
        """All files of the folder are there, and belong in another one."""
        self._add(target=self._name(target))

    def unless_known(self, *paths: Path, undo: Callable[[Path], object] | None = None) -> None:
        """Note what stays only if the library knows it, before it is put in place.

        What is there already is noted too: another process may have left it, or have it taken back.

        Args:
            paths: where it will lie, or is said to lie if that is not a disk.
            undo: takes one back that lies elsewhere; raises an error of ours where it cannot.
        """
        self._undo += [
            partial(undo or remove_path, path) for path in paths if undo or not path.exists()
        ]
        self._add(unless_known=[self._name(path) for path in paths])

    def take_back(self) -> bool:
        """Remove all that was to stay only if the library knows it; gives whether that was done."""
        return all([_tried(undo) for undo in self._undo])

    def close(self) -> None:
        """All is as it should be."""
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)

    def _name(self, path: Path) -> str:
        path = path.absolute()
        return str(path.relative_to(self._data) if path.is_relative_to(self._data) else path)

    def _add(self, **said: object) -> None:
        # where no note can be kept, what it is about can hardly be written either
        with suppress(OSError):
            if self._file is None and self._data.is_dir():
                self._file = _own_folder(self._data) / f"{next(_numbers)}.json"
            if self._file is not None:
                with self._file.open("a", encoding="ascii") as file:
                    file.write(json.dumps(said) + "\n")


@contextmanager
def placing() -> Iterator[Note]:
    """What is put in place in this block is taken back where it fails, or is killed in it.

    Yields:
        Where it is noted, by :meth:`Note.unless_known`.
    """
    note, done = Note(), True
    try:
        yield note
    except BaseException:
        done = note.take_back()
        raise
    finally:
        if done:  # else whoever opens the library after this process tries again
            note.close()


class TemporaryFolder:
    """A folder that is removed when it is closed, or after its process was killed.

    Args:
        prefix: of its name.
        beside: where it is made; where the system has such folders if ``None``.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, prefix: str, beside: Path | None = None) -> None:
        parent = Path(tempfile.gettempdir()) if beside is None else beside
        self.path = parent / f"{prefix}{uuid4().hex[:16]}"
        self._note = Note(self.path)
        # also where it is forgotten, and at the end of the process
        self._close = weakref.finalize(self, _clear_folder, self.path, self._note)
        self.path.mkdir(mode=0o700)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def move_into(self, target: Path) -> None:
        """Let its files appear in another folder; those of the same name are replaced there.

        A process that is killed on the way leaves it to the next to go on.

        Raises:
            OSError: that cannot be done.
        """
        self._note.complete(target)
        _move(self.path, target)

    def close(self) -> None:
        """Remove it."""
        self._close()


def _clear_folder(path: Path, note: Note) -> None:
    shutil.rmtree(path, ignore_errors=True)
    note.close()


def clear_up(
    data: Path, known: Callable[[Path], bool], remove: Callable[[Path], object] | None = None
) -> None:
    """Finish or remove what processes that were killed have left.

    Args:
        data: the data directory.
        known: whether the library knows a file or folder in it.
        remove: removes what is not known, wherever it lies; where that cannot be done, it raises an
            error of ours, and is asked again the next time.
    """
    data = data.absolute()
    with suppress(OSError):  # of a directory that cannot be written to; all stays as it is
        if data.is_dir() and not (data / _FOLDER).is_dir():
            _clear_earlier(data)
            (data / _FOLDER).mkdir()
        alive: set[Path] = set()  # what is being put in place right now must stay
        dead: list[tuple[Path, FileLock]] = []
        for place in {path.with_suffix("") for path in (data / _FOLDER).iterdir()}:
            lock = FileLock(f"{place}.lock", thread_local=False)
            try:
                lock.acquire(timeout=0)
                dead.append((place, lock))
            except Timeout:
                alive.update(data / name for one in _notes(place) for name in one.unless_known)
        for place, lock in dead:
            done = True
            for one in _notes(place):
                _clear_work(one, data)
                for path in (data / name for name in one.unless_known):
                    if path.is_relative_to(data) and path not in alive and not known(path):
                        done &= _tried(partial(remove or remove_path, path))
            if done:
                _forget(place, lock)
            else:
                lock.release()


def _tried(undo: Callable[[], object]) -> bool:
    try:
        undo()
    except EmotionCoreError:
        return False
    return True


def _clear_work(said: _Said, data: Path) -> None:
    work = data / said.remove
    here = work.is_relative_to(data) or said.host == socket.gethostname()
    if not said.remove or not here:
        return
    if said.target and work.is_dir():
        with suppress(OSError):
            _move(work, data / said.target)
    remove_path(work)


def _move(work: Path, target: Path) -> None:
    work.chmod(0o755)
    if not target.exists():
        try:
            work.replace(target)
            return
        except OSError:
            if not target.is_dir():  # else another process was quicker
                raise
    for path in work.iterdir():
        if path.is_dir():  # which may be there, too
            _move(path, target / path.name)
        else:
            path.replace(target / path.name)


def remove_path(path: Path) -> None:
    """Remove a file, a link or a folder, as far as that can be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _notes(place: Path) -> Iterator[_Said]:
    for file in sorted(place.glob("*.json")):
        said = _Said()
        # its process may have come to half of a line
        with suppress(OSError, ValueError, TypeError):
            for line in file.read_text(encoding="ascii").splitlines():
                new = json.loads(line)
                new["unless_known"] = said.unless_known + new.get("unless_known", [])
                said = replace(said, **new)
        yield said


def _clear_earlier(data: Path) -> None:
    for pattern in _EARLIER:
        for path in list(data.rglob(pattern)):
            remove_path(path)


_numbers = count()
_registering = threading.Lock()
# by process and data directory: a forked process must not take its parent's lock for its own
_own: dict[tuple[int, Path], FileLock] = {}


def _own_folder(data: Path) -> Path:
    """Where this process keeps its notes, under a lock that it holds until it ends."""
    with _registering:
        key = os.getpid(), data
        if key not in _own or not Path(_own[key].lock_file).exists():
            (data / _FOLDER).mkdir(exist_ok=True)
            lock = FileLock(data / _FOLDER / f"{uuid4().hex}.lock", thread_local=False)
            lock.acquire(timeout=0)
            _own[key] = lock
            atexit.register(_end, key)
        place = Path(_own[key].lock_file).with_suffix("")
        place.mkdir(exist_ok=True)
        return place


def _end(key: tuple[int, Path]) -> None:
    if key[0] == os.getpid() and (lock := _own.pop(key, None)) is not None:
        place = Path(lock.lock_file).with_suffix("")
        if any(place.glob("*.json")):  # something could not be taken back
            lock.release()
        else:
            _forget(place, lock)


def _forget(place: Path, lock: FileLock) -> None:
    shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):  # Windows keeps what is open
        Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()
