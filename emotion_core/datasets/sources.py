"""The files of a data set, in a folder or in a zip that need not be unpacked."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import IO

from emotion_core.errors import DatasetError
from emotion_core.media.pictures import MAX_PICTURE_BYTES, PICTURES, PictureError, decode_picture
from emotion_core.types import ImageArray

# FER2013 is a table of 287 MB; the largest public sets have fewer than a million pictures.
_MAX_TABLE_BYTES = 1 << 30
_MAX_ENTRIES = 1_000_000
_MAX_TOTAL_BYTES = 64 << 30
# Deflate shrinks at most 1032 times. FER2013 as text shrinks 4 times, pictures hardly at all.
_MAX_RATIO = 100

# What lies beside pictures and describes them.
_TEXTS = {".csv", ".json", ".md", ".toml", ".txt", ".yaml", ".yml"}

# Threads that decode or resize pictures; more of them would take turns at Python's lock.
PICTURE_THREADS = min(8, (os.cpu_count() or 1) + 4)

# Pictures that are decoded ahead.
_CHUNK = 64


class Files:
    """The files of a folder, of a zip, or a single table, by their path in it.

    Attributes:
        source: the folder, the zip or the table.
        names: paths with forward slashes, sorted, of what may be read.
        refused: the others, with the reason.

    Raises:
        DatasetError: there is nothing there, or it is neither a folder nor a zip that may be
            read: damaged, locked by a password, or built to fill the memory or the disk.
    """

    def __init__(self, source: Path) -> None:
        if not source.exists():
            raise DatasetError(f"There is no data set {source}.")
        self.source = source
        self._folder = source
        self._zip: zipfile.ZipFile | None = None
        try:
            if source.suffix.lower() == ".csv":
                # a table stands for itself, and for the votes of FER+ that lie beside it
                tables = (source, source.parent / "fer2013new.csv")
                sizes = {path.name: path.stat().st_size for path in tables if path.is_file()}
                self._folder = source.parent
            elif source.is_file():
                self._zip = zipfile.ZipFile(source)
                sizes = _zip_sizes(self._zip, source)
            else:
                sizes = {
                    path.relative_to(source).as_posix(): path.stat().st_size
                    for path in source.rglob("*")
                    if path.is_file()
                }
        except (zipfile.BadZipFile, OSError) as error:
            raise DatasetError(f"{source} is neither a folder nor a readable zip.") from error
        self.names: list[str] = []
        self.refused: dict[str, str] = {}
        for name in sorted(sizes):
            self._add(name, sizes[name])

    def __enter__(self) -> Files:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    def _add(self, name: str, size: int) -> None:
        parts = PurePosixPath(name).parts
        # what macOS puts beside every picture of a zip, and files that nobody sees
        if any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in parts):
            return
        limit = _MAX_TABLE_BYTES if name.lower().endswith(".csv") else MAX_PICTURE_BYTES
        if ".." in parts or name.startswith("/") or "\\" in name:
            self.refused[name] = "path that leads out of the data set"
        elif size > limit:
            self.refused[name] = f"larger than {limit >> 20} MB"
        elif size == 0:
            self.refused[name] = "empty file"
        else:
            self.names.append(name)

    def open(self, name: str) -> IO[bytes]:
        """One file, to be read as a stream."""
        if self._zip is not None:
            return self._zip.open(name)
        return (self._folder / name).open("rb")

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            DatasetError: the file is damaged, locked by a password, or may not be read.
        """
        try:
            with self.open(name) as file:
                return file.read()
        # zipfile raises RuntimeError for a password, NotImplementedError for a rare packing
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
            raise DatasetError(f"{name} in {self.source} cannot be read: {error}.") from error

    def pictures(self) -> list[str]:
        """The names of pictures among the files."""
        return [name for name in self.names if PurePosixPath(name).suffix.lower() in PICTURES]

    def others(self) -> dict[str, str]:
        """Why each of the other files is not read; tables and texts are not meant to be."""
        return {
            name: why_not_read(name)
            for name in self.names
            if PurePosixPath(name).suffix.lower() not in PICTURES | _TEXTS
        }

    def decode(self, names: Sequence[str]) -> Iterator[tuple[str, ImageArray | PictureError]]:
        """Some pictures, each with its name, decoded ahead in threads a few at a time."""
        with ThreadPoolExecutor(PICTURE_THREADS) as pool:
            for first in range(0, len(names), _CHUNK):
                some = names[first : first + _CHUNK]
                yield from zip(some, pool.map(self._decode, some), strict=True)

    def _decode(self, name: str) -> ImageArray | PictureError:
        try:
            return decode_picture(self.read(name))
        except PictureError as error:
            return error


def why_not_read(name: str) -> str:
    """Why a file among pictures is passed over, by its ending."""
    ending = PurePosixPath(name).suffix.lower()
    return f"{ending} is not read" if ending else "no ending in the name"


def _zip_sizes(archive: zipfile.ZipFile, source: Path) -> dict[str, int]:
    """Sizes by name, from the directory of the zip; zipfile never gives more than is said there."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > _MAX_ENTRIES:
        raise DatasetError(f"{source} has more than {_MAX_ENTRIES:,} files.")
    if sum(entry.file_size for entry in entries) > _MAX_TOTAL_BYTES:
        raise DatasetError(f"{source} would unpack to more than {_MAX_TOTAL_BYTES >> 30} GB.")
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise DatasetError(f"{source} is protected by a password.")
        if entry.file_size > _MAX_RATIO * max(entry.compress_size, 1) and entry.file_size > 1 << 20:
            raise DatasetError(
                f"{entry.filename} in {source} unpacks to more than {_MAX_RATIO} times its size; "
                "no image does."
            )
    return {entry.filename: entry.file_size for entry in entries}
