"""The file of an archive, and what it says it holds: a ZIP file that anybody may have made."""

from __future__ import annotations

import struct
import time
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from emotion_core.errors import LibraryError
from emotion_core.library.archive.manifest import FORMAT_VERSION, MANIFEST, Manifest
from emotion_core.validation import first_problem

_MANIFEST_LIMIT = 200 << 20
# Deflate reaches 1000; tables of readings, which are compressed already, stay below 20.
_RATIO_LIMIT = 200
_SMALL = 1 << 20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LONGEST_LIST = 64 << 20  # bytes of the list of files, for half a million of them
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
# APPNOTE.TXT of PKWARE, 4.3.14 to 4.3.16: where a ZIP file says how long the list of its files is.
_END, _END64, _LONGEST_COMMENT = b"PK\5\6", b"PK\6\6", 1 << 16


class Deadline:
    """Ends an import that takes too long.

    Args:
        minutes: how long it may take from now on.
    """

    def __init__(self, minutes: float) -> None:
        self._minutes, self._end = minutes, time.monotonic() + 60 * minutes

    def check(self) -> None:
        """End it where the time is over.

        Raises:
            LibraryError: it is.
        """
        if time.monotonic() > self._end:
            raise LibraryError(
                f"The import took longer than {self._minutes:g} minutes and was ended "
                "(EME_MAX_IMPORT_MINUTES). Nothing was imported."
            )


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open the file of an archive.

    Raises:
        LibraryError: it cannot be read, or is none.
    """
    try:
        if (length := _list_length(path)) > _LONGEST_LIST:
            raise LibraryError(
                f"The archive is damaged: the list of its files has {length / 1e6:.0f} MB."
            )
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise LibraryError(f"There is no file {path}.") from None
    except OSError as error:
        raise LibraryError(f"{path} cannot be read: {error.strerror}.") from error
    except BROKEN as error:
        raise LibraryError("This is not a library archive: it is not a ZIP file.") from error


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """What the archive says it holds.

    Raises:
        LibraryError: it is no archive of a library, damaged, or of a newer version.
    """
    try:
        member = archive.getinfo(MANIFEST)
    except KeyError:
        raise LibraryError(f"This is not a library archive: it has no {MANIFEST}.") from None
    check_members([member])
    if member.file_size > _MANIFEST_LIMIT:
        raise LibraryError("The archive is damaged: its list of scenes is too long.")
    try:
        manifest = Manifest.model_validate_json(archive.read(member))
    except ValidationError as error:
        raise LibraryError(
            f"The archive is damaged, or from another program: {first_problem(error)}."
        ) from error
    except BROKEN as error:
        raise damaged(MANIFEST) from error
    if manifest.version > FORMAT_VERSION:
        raise LibraryError(
            "The archive was made by a newer version of Eme. Import it with that version."
        )
    return manifest


def check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse files that would not end, or need a decoder that Eme does not use.

    Raises:
        LibraryError: one of them does.
    """
    if any(member.compress_type not in _METHODS for member in members):
        raise LibraryError("The archive is damaged: it is packed in a way that Eme does not use.")
    if any(
        member.file_size > max(_SMALL, _RATIO_LIMIT * member.compress_size) for member in members
    ):
        raise LibraryError("The archive is damaged: a file in it is larger than it claims.")


def damaged(name: str) -> LibraryError:
    """The sentence on a file of an archive."""
    return LibraryError(f"The archive is damaged: {name} is not what it should be.")


def _list_length(path: Path) -> int:
    """Bytes of the list of files; ``zipfile`` would read all of it before anything is known."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _LONGEST_COMMENT - 100, 0))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        return 0  # no ZIP file: it is said by who opens it
    (length,) = struct.unpack_from("<I", tail, at + 12)
    large = tail.rfind(_END64, 0, at)
    if large >= 0 and len(tail) >= large + 56:
        length = max(length, struct.unpack_from("<Q", tail, large + 40)[0])
    return min(int(length), size)
