"""Writing a data set: under its name only once it is complete, and never over another one."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

import cv2

from emotion_core.datasets.layouts import Picture
from emotion_core.datasets.votes import OTHER_COLUMNS
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import OutputError
from emotion_core.files import completed_folder
from emotion_core.types import ImageArray

# The same pictures give the same zip, whenever it is written.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class Target(Protocol):
    """Where the files of a new data set go."""

    def add(self, name: str, content: bytes, link: Path | None = None, /) -> None:
        """Write a file.

        Args:
            name: path in the set.
            content: its bytes.
            link: a file with these bytes, to hard link to it where that is possible.
        """
        ...


@contextmanager
def new_dataset(out: Path) -> Iterator[Target]:
    """A data set to fill: a folder, or a zip when the name ends in ``.zip``.

    Raises:
        OutputError: there is something in the way, or it cannot be written. Nothing is left.
    """
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise OutputError(f"{out} already exists and is not overwritten.")
    if out.suffix.lower() != ".zip":
        with completed_folder(out) as work:
            yield _Folder(work)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}-")
        work = Path(name)
        try:
            with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
                yield _Zip(archive)
            work.chmod(0o644)
            work.replace(out)
        finally:
            work.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}.") from error


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, content: bytes, link: Path | None = None, /) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if link is not None:
            try:
                os.link(link.resolve(), path)
                return
            except OSError:
                pass  # another disk, or one without hard links: it is copied
        path.write_bytes(content)


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, content: bytes, _link: Path | None = None, /) -> None:
        # pictures are compressed already
        self._archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content)


class Names:
    """Paths in a new set, none of them twice."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, folder: str, origin: str, suffix: str) -> str:
        """A path in ``folder``, named after the picture's old path.

        Args:
            folder: split and class.
            origin: the picture's path in the set that it comes from.
            suffix: with a point.
        """
        stem, number = PurePosixPath(origin).stem, 1
        name = f"{folder}/{stem}{suffix}"
        # some file systems do not tell A from a
        while name.lower() in self._taken:
            number += 1
            name = f"{folder}/{stem}-{number}{suffix}"
        self._taken.add(name.lower())
        return name


def png(image: ImageArray) -> bytes:
    """A (H, W, 3) uint8 RGB picture as a PNG file."""
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


def table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A CSV file with a header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def rejects_table(rejects: Mapping[str, str]) -> bytes:
    """``rejects.csv``: what was left out and why."""
    rows = [{"file": name, "reason": reason} for name, reason in sorted(rejects.items())]
    return table(["file", "reason"], rows)


def votes_table(pictures: Iterable[tuple[str, Picture]]) -> bytes | None:
    """The votes of those pictures that have some, by their new path, as ``load_faces`` reads them.

    Votes for contempt, unknown and no face go along where every picture has them.

    Returns:
        The table, or None unless every picture has votes: a table of votes stands for the whole
        set.
    """
    rows: list[dict[str, object]] = []
    columns = {*OTHER_COLUMNS}
    for name, picture in pictures:
        if picture.votes is None:
            return None
        row = dict(zip(EMOTIONS, picture.votes, strict=True))
        if picture.others is None:
            columns = {"NF"}
        others = (0, 0, 0) if picture.others is None else picture.others
        row |= dict(zip(OTHER_COLUMNS, others, strict=True))
        rows.append({"file": name, **{column: f"{count:g}" for column, count in row.items()}})
    shown = ["file", *EMOTIONS, *(column for column in OTHER_COLUMNS if column in columns)]
    return (
        table(shown, [{column: row[column] for column in shown} for row in rows]) if rows else None
    )
