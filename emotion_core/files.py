"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes
from uuid import uuid4

from emotion_core.errors import OutputError
from emotion_core.settings import load_settings
from emotion_core.unfinished import Note, TemporaryFolder

_LONGEST_SUFFIX = 40  # characters
_PIECE = 1 << 20


class Room:
    """What may be written to a disk until too little is left on it, see ``EME_MIN_FREE_GB``.

    Others write to it too, so what writes for long asks again and again.

    Args:
        folder: on that disk; need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._least = load_settings().min_free_gb * 1e9

    def check(self, needed: float = 0) -> None:
        """Refuse to write.

        Args:
            needed: bytes that will be written.

        Raises:
            OutputError: less would be left than is to stay free, or the disk cannot be asked.
        """
        try:
            folder, disk = self._usage()
        except OSError as error:
            raise cannot_write(self._folder, error) from error
        # some file systems, as those that the kernel makes up, do not say how large they are
        if disk.total and disk.free - needed < self._least:
            free, least = f"{disk.free / 1e9:.1f} GB", f"{self._least / 1e9:.1f} GB"
            wanted = f"{needed / 1e9:.1f} GB are needed, " if needed >= 1e8 else ""
            raise OutputError(
                f"The disk with {folder} is nearly full: {wanted}{free} are free, and "
                f"{least} must stay free (EME_MIN_FREE_GB). Free some space, then try again."
            )

    def has(self, needed: float) -> bool:
        """Whether :meth:`check` would not refuse."""
        try:
            self.check(needed)
        except OutputError:
            return False
        return True

    def _usage(self) -> tuple[Path, shutil._ntuple_diskusage]:
        """The folder, or the nearest above it that is there at this moment."""
        for folder in (self._folder, *self._folder.parents):
            with suppress(FileNotFoundError, NotADirectoryError):
                return folder, shutil.disk_usage(folder)
        raise OutputError(f"{self._folder} cannot be written: its disk is not there.")


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """Give a temporary name beside ``out``; put it in place only if the block succeeds.

    Whatever ends the block early, also a closed generator, removes the temporary file and
    leaves an older ``out`` as it was.

    Raises:
        OutputError: the folder cannot be made or written to, the file cannot be replaced, or too
            little is left on the disk.
    """
    Room(out.parent).check()
    # of the suffix alone, since a name may be as long as the file system allows
    temporary = out.with_name(f".{uuid4().hex[:16]}.part{out.suffix[:_LONGEST_SUFFIX]}")
    note: Note | None = None
    try:
        if out.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        out.parent.mkdir(parents=True, exist_ok=True)
        note = Note(temporary)
        temporary.touch()
        yield temporary
        temporary.replace(out)
    except OSError as error:
        raise cannot_write(out, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if note is not None:
            note.close()


def link_whole(path: Path, out: Path) -> None:
    """A second name for a file, or a copy where the disk knows no links or is another one.

    Raises:
        OutputError: as :func:`copy_whole`.
        OSError: the file cannot be read.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, out)
    except OSError:
        with path.open("rb") as file:
            copy_whole(file, out)


def copy_whole(source: BinaryIO, out: Path) -> None:
    """Copy an open file, a piece at a time; the copy appears whole or not at all.

    Raises:
        OutputError: it cannot be written, or too little is left on the disk.
    """
    with whole_file(out) as part, part.open("wb") as copy:
        room = Room(out.parent)
        while piece := source.read(_PIECE):
            room.check(len(piece))
            copy.write(piece)


@contextmanager
def completed_folder(target: Path) -> Iterator[Path]:
    """A folder to fill, whose files appear in ``target`` only once all are there.

    Files of the same name in ``target`` are replaced, others stay. When the block ends with
    an error, nothing is left, not even folders made on the way.

    Raises:
        OutputError: the place cannot be written to, or too little is left on the disk; raised
            before the block runs where that is known.
    """
    Room(target.parent).check()
    made = [path for path in (target.parent, *target.parent.parents) if not path.exists()]
    work: TemporaryFolder | None = None
    try:
        if target.exists() and not target.is_dir():
            raise OutputError(f"{target} cannot be written: a file with that name is in the way.")
        target.parent.mkdir(parents=True, exist_ok=True)
        work = TemporaryFolder(".new-", target.parent)
        yield work.path
        work.move_into(target)
        made = []
    except OSError as error:
        raise cannot_write(target, error) from error
    finally:
        if work is not None:
            work.close()
        for path in made:
            with suppress(OSError):
                path.rmdir()


def printable(name: str) -> str:
    """A file's name as text: bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")


def to_text(path: Path) -> str:
    """A path as text that every file and database can hold; one that is not UTF-8 as an address."""
    text = str(path)
    return text if printable(text) == text else path.absolute().as_uri()


def from_text(text: str) -> Path:
    """The path that :func:`to_text` wrote."""
    if not text.startswith("file:///"):
        return Path(text)
    return Path(os.fsdecode(unquote_to_bytes(text.removeprefix("file://"))))


def cannot_write(out: Path, reason: OSError | str) -> OutputError:
    """The sentence for a file that cannot be written."""
    detail = (reason.strerror or str(reason)) if isinstance(reason, OSError) else reason
    if "no space left" in detail.lower():
        detail = "the disk is full"
    return OutputError(f"{out} cannot be written: {detail[:1].lower()}{detail[1:]}.")
