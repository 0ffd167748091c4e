"""What is a picture of which emotion in a data set: the layouts that are known.

Each may lie in a folder or in a zip:

- ``<split>/<class>/*`` and ``<class>/*``;
- FER+ (Barsoum et al. 2016): pictures beside one or more ``votes*.csv`` with the counts of ten
  annotators;
- FER2013 (Goodfellow et al. 2013): a table with the columns ``emotion``, ``pixels`` and, unless
  only the training part is there, ``Usage``; and beside it, where present, the table
  ``fer2013new.csv`` of FER+, whose rows are those of FER2013.
"""

from __future__ import annotations

import csv
import io
import math
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import cv2
import numpy as np

from emotion_core.datasets.sources import PICTURE_THREADS, Files, why_not_read
from emotion_core.datasets.votes import OTHER_COLUMNS
from emotion_core.emotions.labels import EMOTIONS, emotion_from_name
from emotion_core.errors import DatasetError
from emotion_core.media.pictures import PICTURES, PictureError, decode_picture
from emotion_core.types import FloatArray, ImageArray

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
_SPLIT_NAMES: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "publictest": "val",
    "test": "test",
    "testing": "test",
    "privatetest": "test",
}
# The numbers of FER2013.
_FER_EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
_CHUNK = 64


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a data set and what it is labelled with.

    Attributes:
        name: its path in the set, or one made of split, class and row for a row of a table.
        emotion: its class; with votes, the emotion with most of them.
        split: None in a set without splits.
        votes: (7,) float32 counts in the order of EMOTIONS, where there are any.
        others: (3,) float32 counts of the votes for contempt, for unknown and for no face, where
            the table has them all.
    """

    name: str
    emotion: str
    split: Split | None
    votes: FloatArray | None = None
    others: FloatArray | None = None

    @property
    def ballot(self) -> FloatArray | None:
        """(10,) float32 counts in the order of BALLOT, where the table has all of them."""
        if self.votes is None or self.others is None:
            return None
        return np.concatenate([self.votes, self.others])

    @property
    def target(self) -> FloatArray:
        """(7,) float32 shares of the votes, or 1 for the class."""
        if self.votes is not None:
            return np.asarray(self.votes / self.votes.sum(), np.float32)
        one_hot = np.zeros(len(EMOTIONS), np.float32)
        one_hot[EMOTIONS.index(self.emotion)] = 1
        return one_hot


@dataclass(frozen=True, slots=True)
class Skipped:
    """A picture that is passed over; ``split`` is None where it is not known."""

    name: str
    reason: str
    split: Split | None = None


class Dataset:
    """The labelled pictures of a folder or zip.

    Args:
        source: folder or zip.
        labels: ``auto`` takes votes where there are any; ``folders`` takes the folder names,
            or the numbers of FER2013.

    Attributes:
        files: where they lie.
        pictures: in the order of their names, or of the rows of a table.
        skipped: what is passed over, with the reason.

    Raises:
        DatasetError: the source cannot be read, or has none of the known layouts.
    """

    def __init__(self, source: Path, labels: str = "auto") -> None:
        self.files = Files(source)
        self.pictures: list[Picture] = []
        self.skipped = [
            Skipped(name, reason, _split_of(name)) for name, reason in self.files.refused.items()
        ]
        self._tables: dict[str, ImageArray] = {}
        try:
            self._read(labels == "auto")
        except BaseException:
            self.files.__exit__()
            raise

    def __enter__(self) -> Dataset:
        return self

    def __exit__(self, *_: object) -> None:
        self.files.__exit__()

    def encoded(self, picture: Picture) -> bytes:
        """The file of a picture; a row of a table becomes a PNG."""
        if picture.name not in self._tables:
            return self.files.read(picture.name)
        return cv2.imencode(".png", self._tables[picture.name])[1].tobytes()

    def decode(
        self, pictures: Sequence[Picture]
    ) -> Iterator[tuple[Picture, ImageArray | PictureError]]:
        """Pictures as (H, W, 3) uint8 RGB, in order, or why one cannot be used.

        Raises:
            DatasetError: the folder or the zip itself is damaged.
        """
        with ThreadPoolExecutor(PICTURE_THREADS) as pool:
            for start in range(0, len(pictures), _CHUNK):
                chunk = pictures[start : start + _CHUNK]
                yield from zip(chunk, pool.map(self._decode, chunk), strict=True)

    def _decode(self, picture: Picture) -> ImageArray | PictureError:
        if picture.name in self._tables:
            return np.repeat(self._tables[picture.name][:, :, None], 3, axis=2)
        try:
            return decode_picture(self.files.read(picture.name))
        except PictureError as error:
            return error

    @classmethod
    def check(cls, source: Path) -> None:
        """Read names and headers alone, so that a long table is not read twice.

        Raises:
            DatasetError: the source cannot be read, or has none of the known layouts.
        """
        with Files(source) as files:
            tables = [name for name in files.names if name.lower().endswith(".csv")]
            if any(PurePosixPath(name).match("votes*.csv") for name in tables):
                return
            if any("pixels" in _columns(files, name) for name in tables):
                return
        with cls(source, "folders"):
            pass

    def _read(self, use_votes: bool) -> None:
        tables = [name for name in self.files.names if name.lower().endswith(".csv")]
        votes = [name for name in tables if PurePosixPath(name).match("votes*.csv")]
        if votes and use_votes:
            names = set(self.files.names)
            for name in votes:
                self._read_votes(name, names)
            return
        pixels = [name for name in tables if "pixels" in _columns(self.files, name)]
        if pixels:
            self._read_fer2013(pixels[0], tables, use_votes)
        else:
            self._read_folders()

    def _read_folders(self) -> None:
        for name in self.files.names:
            path = PurePosixPath(name)
            if len(path.parts) < 2:
                continue
            emotion, split = emotion_from_name(path.parts[-2]), _split_of(name)
            if path.suffix.lower() not in PICTURES:
                if emotion is not None:  # what lies elsewhere is not meant as a labelled picture
                    self.skipped.append(Skipped(name, why_not_read(name), split))
            elif emotion is None:
                self.skipped.append(Skipped(name, f"unknown class {path.parts[-2]!r}", split))
            else:
                self.pictures.append(Picture(name, emotion, split))
        if not self.pictures and not any(
            emotion_from_name(PurePosixPath(one.name).parent.name) for one in self.skipped
        ):
            raise DatasetError(
                f"{self.files.source} has no folders named after the seven emotions."
            )

    def _read_votes(self, where: str, names: set[str]) -> None:
        rows = _rows(self.files, where)
        columns = {column: emotion_from_name(column) for column in rows.fieldnames or ()}
        if set(EMOTIONS) - set(columns.values()) or not {"file", "NF"} <= set(columns):
            raise DatasetError(f"{where} must have the columns file, NF and the seven emotions.")
        beside = PurePosixPath(where).parent
        for row in _each(rows, where):
            name = (beside / (row["file"] or "")).as_posix()
            if name in names:
                self._add_voted(name, _split_of(name), row, where)

    def _read_fer2013(self, where: str, tables: Sequence[str], use_votes: bool) -> None:
        beside = PurePosixPath(where).parent / "fer2013new.csv"
        votes = None
        if use_votes and beside.as_posix() in tables:
            votes = _each(_rows(self.files, beside.as_posix()), beside.as_posix())
        for number, row in enumerate(_each(_rows(self.files, where), where)):
            voted = next(votes, None) if votes is not None else None
            split = _SPLIT_NAMES.get((row.get("Usage") or "").strip().lower())
            try:
                emotion = _FER_EMOTIONS[int(row["emotion"])]
            except (ValueError, KeyError, IndexError, TypeError):
                name = f"{where} row {number + 2}"
                self.skipped.append(Skipped(name, f"unknown class {row.get('emotion')!r}", split))
                continue
            folder = f"{split}/{emotion}" if split else emotion
            name = f"{folder}/fer{number:07d}.png"
            try:
                self._tables[name] = _pixels(row.get("pixels") or "")
            except PictureError as error:
                self.skipped.append(Skipped(name, str(error), split))
                continue
            if voted is not None:
                self._add_voted(name, split, voted, beside.as_posix())
            elif votes is not None:
                raise DatasetError(f"{beside} has fewer rows than {where}.")
            else:
                self.pictures.append(Picture(name, emotion, split))

    def _add_voted(self, name: str, split: Split | None, row: dict[str, str], where: str) -> None:
        """Votes of one picture; contempt and unknown are not among the seven."""
        counts = np.zeros(len(EMOTIONS), np.float32)
        others = None
        try:
            for column, text in row.items():
                emotion = emotion_from_name(column)
                if emotion is not None:
                    counts[EMOTIONS.index(emotion)] = float(text)
            no_face = float(row["NF"])
            if row.keys() >= set(OTHER_COLUMNS):
                others = np.array([float(row[column]) for column in OTHER_COLUMNS], np.float32)
        except (TypeError, ValueError, KeyError) as error:  # a short row gives None
            raise DatasetError(f"{where} must have a number of votes for {name}.") from error
        given = counts if others is None else np.append(counts, others)
        if not (np.isfinite(given).all() and (given >= 0).all()):
            raise DatasetError(f"{where} must have a number of votes for {name}.")
        if no_face >= max(float(counts.max()), 1):
            self.skipped.append(Skipped(name, "no face", split))
        elif counts.sum() == 0:
            self.skipped.append(Skipped(name, "no vote for one of the seven", split))
        else:
            emotion = EMOTIONS[int(counts.argmax())]
            self.pictures.append(Picture(name, emotion, split, counts, others))


def _split_of(name: str) -> Split | None:
    """The split that a folder above the class stands for."""
    parts = PurePosixPath(name).parts
    return _SPLIT_NAMES.get(parts[-3].lower()) if len(parts) > 2 else None


def _columns(files: Files, name: str) -> Sequence[str]:
    return _rows(files, name).fieldnames or ()


def _rows(files: Files, name: str) -> csv.DictReader[str]:
    """A table as a stream; spaces around the names of its columns do not matter."""
    try:
        text = io.TextIOWrapper(files.open(name), "utf-8-sig", errors="replace", newline="")
        rows = csv.DictReader(text, restkey="more")
        rows.fieldnames = [column.strip() for column in rows.fieldnames or ()]
    except (csv.Error, zipfile.BadZipFile, zlib.error, OSError, RuntimeError) as error:
        raise DatasetError(f"{name} in {files.source} cannot be read: {error}.") from error
    return rows


def _each(rows: csv.DictReader[str], where: str) -> Iterator[dict[str, str]]:
    try:
        for row in rows:
            row.pop("more", None)
            yield row
    except (csv.Error, zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
        raise DatasetError(f"{where} cannot be read: {error}.") from error


def _pixels(text: str) -> ImageArray:
    """Grey values of FER2013, 0 to 255 with spaces between, as a square (H, W) picture."""
    try:
        values = bytes(map(int, text.split()))
    except ValueError:
        raise PictureError("pixels that are not numbers from 0 to 255") from None
    side = math.isqrt(len(values))
    if side == 0 or side * side != len(values):
        raise PictureError("pixels that do not form a square")
    return np.frombuffer(values, np.uint8).reshape(side, side)
