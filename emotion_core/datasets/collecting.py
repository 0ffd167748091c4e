"""Collecting images by search words, politely, and so that a run can be taken up again."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from emotion_core.datasets.output import table
from emotion_core.datasets.searching import Engine, SearchError, why
from emotion_core.errors import DatasetError, OutputError
from emotion_core.media.pictures import PictureError, check_picture, decode_picture, ending_of
from emotion_core.progress import Progress, Task

_MANIFEST = (
    "file", "class", "word", "address", "licence", "sha256", "width", "height", "time",
)  # fmt: skip
_SKIPPED = ("class", "word", "address", "reason", "time")
# A photograph on a web page is smaller.
MAX_PICTURE_BYTES = 20 << 20
_CHUNK = 1 << 16
# A host that sends drop by drop is not waited for.
_MAX_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection holds after a run.

    Attributes:
        counts: pictures by emotion, those of earlier runs included.
        skipped: addresses of this run that gave no picture, by reason.
        notes: sentences about searches that failed.
    """

    counts: dict[str, int]
    skipped: dict[str, int]
    notes: list[str]


def collect(
    out: Path,
    words: Mapping[str, Sequence[str]],
    engine: Engine,
    session: requests.Session,
    count: int,
    *,
    min_side: int = 64,
    retry: bool = False,
) -> Task[Collected]:
    """Collect pictures into ``OUT/<class>/*`` until each class has ``count``.

    ``manifest.csv`` has a row for each picture, ``skipped.csv`` one for each address that gave
    none. A picture is there before its row, and a row is written whole, so a run can be stopped at
    any moment; the next one continues, and fetches nothing that is in one of the tables.

    Args:
        out: folder; new, or of an earlier run.
        words: search words of each class.
        engine: finds addresses.
        session: fetches the pictures.
        count: pictures of each class.
        min_side: shorter side in pixels that a picture must have.
        retry: also fetch again what was skipped before.

    Raises:
        OutputError: the folder holds something else, or cannot be written.
        DatasetError: the engine does not answer, and nothing was collected.
    """
    collection = _Collection(out, engine.license, min_side, retry)
    notes: list[str] = []
    try:
        for emotion, searches in words.items():
            for word in searches:
                yield Progress(collection.counts[emotion], count, emotion)
                if collection.counts[emotion] >= count:
                    break
                try:
                    for address in engine.find(emotion, word):
                        collection.take(session, emotion, word, " ".join(address.split()))
                        yield Progress(collection.counts[emotion], count, emotion)
                        if collection.counts[emotion] >= count:
                            break
                except SearchError as error:
                    if not collection.counts.total():
                        raise
                    notes.append(str(error))
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}.") from error
    if not collection.counts.total():
        reasons = ", ".join(f"{reason} {n}" for reason, n in collection.skipped.most_common(3))
        raise DatasetError(f"No image was found{': ' + reasons if reasons else ''}.")
    return Collected(dict(collection.counts), dict(collection.skipped), list(dict.fromkeys(notes)))


class _Collection:
    """A folder with its two tables."""

    def __init__(self, folder: Path, license: str, min_side: int, retry: bool) -> None:
        self.folder, self.license, self.min_side = folder, license, min_side
        self.manifest = _Log(folder / "manifest.csv", _MANIFEST)
        self.log = _Log(folder / "skipped.csv", _SKIPPED)
        tables = self.manifest.there or self.log.there
        if folder.is_file() or (folder.is_dir() and not tables and any(folder.iterdir())):
            raise OutputError(f"{folder} already exists and cannot be resumed as a collection.")
        self.fetched = {row["address"] for row in self.manifest.rows}
        self.fetched |= set() if retry else {row["address"] for row in self.log.rows}
        self.by_content = {row["sha256"]: row["file"] for row in self.manifest.rows}
        # what someone took out by hand is not fetched again, but does not count
        self.counts = Counter(
            row["class"] for row in self.manifest.rows if (folder / row["file"]).is_file()
        )
        self.skipped: Counter[str] = Counter()

    def take(self, session: requests.Session, emotion: str, word: str, address: str) -> None:
        """Fetch one picture, unless that was done before."""
        if address in self.fetched:
            return
        self.fetched.add(address)
        row: dict[str, object] = {"class": emotion, "word": word, "address": address}
        try:
            content = fetch(session, address)
            width, height, kind = verify(content)
            if min(width, height) < self.min_side:
                raise PictureError(f"smaller than {self.min_side} pixels")
            digest = hashlib.sha256(content).hexdigest()
            if digest in self.by_content:
                raise PictureError(f"the same image as {self.by_content[digest]}")
        except PictureError as error:
            reason = str(error)
            self.log.append(row | {"reason": reason, "time": _now()})
            self.skipped["the same image" if reason.startswith("the same") else reason] += 1
            return
        name = f"{emotion}/{digest[:20]}{ending_of(kind)}"
        _write(self.folder / name, content)
        size = {"sha256": digest, "width": width, "height": height}
        row |= {"file": name, "licence": self.license, **size, "time": _now()}
        self.manifest.append(row)
        self.by_content[digest] = name
        self.counts[emotion] += 1


class _Log:
    """A table that grows by whole rows.

    Raises:
        OutputError: there is another table with this name.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.columns = path, columns
        self.rows: list[dict[str, str]] = []
        self.there = path.is_file()
        if not self.there:
            return
        text = path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]  # a row that a power cut broke off is left out
        reader = csv.DictReader(io.StringIO(whole, newline=""))
        if tuple(reader.fieldnames or ()) != tuple(columns):
            raise OutputError(f"{path} already exists and belongs to something else.")
        self.rows = [row for row in reader if None not in row.values()]
        if whole != text:
            _write(path, table(columns, self.rows))

    def append(self, row: Mapping[str, object]) -> None:
        """Write one row; the table itself is made with the first one."""
        if not self.there:
            _write(self.path, table(self.columns, []))
            self.there = True
        line = table(self.columns, [row]).split(b"\n", 1)[1]
        with self.path.open("ab", buffering=0) as file:
            file.write(line)


def fetch(session: requests.Session, address: str) -> bytes:
    """Download a picture, no more of it than a picture has.

    Raises:
        PictureError: there is no answer, or it is a web page, or too large or too slow.
    """
    started = time.monotonic()
    try:
        with session.get(address, stream=True) as response:
            if response.status_code != 200:
                raise PictureError(f"HTTP {response.status_code}")
            if "html" in response.headers.get("Content-Type", "").lower():
                raise PictureError("a web page instead of an image")
            length = response.headers.get("Content-Length", "")
            too_large = length.isdigit() and int(length) > MAX_PICTURE_BYTES
            content = bytearray()
            for piece in () if too_large else response.iter_content(_CHUNK):
                content += piece
                too_large = len(content) > MAX_PICTURE_BYTES
                if too_large:
                    break
                if time.monotonic() - started > _MAX_SECONDS:
                    raise PictureError("too slow")
            if too_large:
                raise PictureError(f"larger than {MAX_PICTURE_BYTES >> 20} MB")
    except (requests.RequestException, ValueError, OSError) as error:
        raise PictureError(why(error)) from error
    return bytes(content)


def verify(content: bytes) -> tuple[int, int, str]:
    """Width, height and format of a downloaded picture that can be decoded to its end.

    Raises:
        PictureError: it is none, is cut off, or has more pixels than a photograph.
    """
    if not content:
        raise PictureError("empty file")
    if content.lstrip()[:15].lower().startswith((b"<!doctype", b"<html")):
        raise PictureError("a web page instead of an image")
    width, height, kind = check_picture(io.BytesIO(content))
    decode_picture(content)
    return width, height, kind


def _write(path: Path, content: bytes) -> None:
    """Write a file that appears under its name once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
