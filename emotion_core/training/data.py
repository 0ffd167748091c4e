"""Face pictures with soft labels, straight from folders or zips.

Three layouts are known, each in a folder or a zip: FER+ (``<split>/<label>/*`` beside a
``votes*.csv`` with the counts of ten annotators, Barsoum et al. 2016), ``<split>/<label>/*``,
and ``<label>/*``. Pictures are decoded once and kept as uint8 in memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTIONS, emotion_from_name
from emotion_core.errors import DatasetError
from emotion_core.types import FloatArray, ImageArray

Split = Literal["train", "val", "test"]
_PICTURES = {".webp", ".png", ".jpg", ".jpeg", ".bmp"}
# Share of a set without splits of its own that is held out, by a hash of the file name.
_HELD_OUT = 0.05
# Larger pictures are no face crops, or are meant to fill the memory.
_MAX_BYTES = 20 << 20


@dataclass(frozen=True)
class FaceSet:
    """Face pictures with soft labels, as parallel sequences.

    Attributes:
        images: n (H, W, 3) uint8 RGB pictures of any size.
        targets: (n, 7) float32 in the order of EMOTIONS, rows summing to 1.
        names: file names.
        skipped: pictures left out, by reason.
    """

    images: Sequence[ImageArray]
    targets: FloatArray
    names: Sequence[str]
    skipped: dict[str, int]

    def __len__(self) -> int:
        return len(self.images)

    def majority(self) -> npt.NDArray[np.int64]:
        """(n,) index of the emotion with the largest share; the first one in a tie."""
        return np.asarray(self.targets.argmax(axis=1), np.int64)

    def first(self, count: int) -> FaceSet:
        """At most ``count`` pictures, spread evenly over the set."""
        chosen = np.unique(np.linspace(0, len(self) - 1, min(count, len(self))).astype(int))
        return FaceSet(
            [self.images[i] for i in chosen],
            self.targets[chosen],
            [self.names[i] for i in chosen],
            self.skipped,
        )


def load_faces(sources: Sequence[Path], split: Split, labels: str = "auto") -> FaceSet:
    """Load one split of one or more data sets.

    Args:
        sources: folders or zips; those that do not hold the split are passed over.
        split: which part. A set without splits gives ``train`` and ``val`` by a hash of the
            file name, 5 % of it to ``val``, and all of it to ``test``: whoever measures on
            such a set has not trained on it, or asks for ``val``.
        labels: ``auto`` takes votes where there are any; ``folders`` takes the folder names.

    Raises:
        DatasetError: a source cannot be read or has another layout, or nothing is left.
    """
    images: list[ImageArray] = []
    targets: list[FloatArray] = []
    names: list[str] = []
    skipped: dict[str, int] = {}
    for source in sources:
        with _open(source) as files:
            wanted = _targets(source, files, split, labels, skipped)
            with ThreadPoolExecutor() as pool:
                encoded = ((name, files.read(name)) for name in wanted)
                decoded = pool.map(lambda pair: (pair[0], _decode(pair[1])), encoded)
                for name, image in decoded:
                    if image is None:
                        _count(skipped, "not a picture")
                        continue
                    images.append(image)
                    targets.append(wanted[name])
                    names.append(name)
    if not images:
        shown = ", ".join(str(source) for source in sources)
        raise DatasetError(f"There is no picture of the split {split!r} in {shown}.")
    return FaceSet(images, np.stack(targets), names, skipped)


class _Files:
    """The files of a folder or of a zip, by their path in it."""

    def __init__(self, source: Path) -> None:
        self._zip = zipfile.ZipFile(source) if source.is_file() else None
        self._folder = source

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    def names(self) -> Iterator[str]:
        """Names with forward slashes, sorted; nothing too large, nothing that climbs out."""
        if self._zip is not None:
            entries = [(item.filename, item.file_size) for item in self._zip.infolist()]
        else:
            paths = (path for path in self._folder.rglob("*") if path.is_file())
            entries = [
                (path.relative_to(self._folder).as_posix(), path.stat().st_size) for path in paths
            ]
        for name, size in sorted(entries):
            if size <= _MAX_BYTES and ".." not in PurePosixPath(name).parts:
                yield name

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises:
            DatasetError: the file is damaged, locked by a password, or may not be read.
        """
        try:
            if self._zip is not None:
                return self._zip.read(name)
            return (self._folder / name).read_bytes()
        # zipfile raises RuntimeError for a password, NotImplementedError for a rare packing
        except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError) as error:
            raise DatasetError(f"{name} in {self._folder} cannot be read: {error}.") from error


def _open(source: Path) -> _Files:
    if not source.exists():
        raise DatasetError(f"There is no data set {source}.")
    try:
        return _Files(source)
    except (zipfile.BadZipFile, OSError) as error:
        raise DatasetError(f"{source} is neither a folder nor a readable zip.") from error


def _targets(
    source: Path, files: _Files, split: Split, labels: str, skipped: dict[str, int]
) -> dict[str, FloatArray]:
    """The pictures of a split with their soft labels, by name."""
    names = list(files.names())
    votes = [name for name in names if PurePosixPath(name).match("votes*.csv")]
    if votes and labels == "auto":
        return _from_votes(files.read(votes[0]), votes[0], split, set(names), skipped)
    found: dict[str, FloatArray] = {}
    known = False
    for name in names:
        path = PurePosixPath(name)
        if path.suffix.lower() not in _PICTURES or len(path.parts) < 2:
            continue
        emotion = emotion_from_name(path.parts[-2])
        if emotion is None:
            _count(skipped, f"unknown class {path.parts[-2]!r}")
            continue
        known = True
        part = path.parts[-3] if len(path.parts) > 2 else ""
        inside = part == split if part in ("train", "val", "test") else _held_out(path, split)
        if inside:
            found[name] = np.eye(len(EMOTIONS), dtype=np.float32)[EMOTIONS.index(emotion)]
    if not known:
        raise DatasetError(f"{source} has no folders named after the seven emotions.")
    return found


def _from_votes(
    text: bytes, where: str, split: Split, names: set[str], skipped: dict[str, int]
) -> dict[str, FloatArray]:
    """Votes to distributions over the seven; contempt and unknown are not among them."""
    found: dict[str, FloatArray] = {}
    rows = csv.DictReader(io.StringIO(text.decode("utf-8-sig", errors="replace")))
    columns = {column: emotion_from_name(column) for column in rows.fieldnames or ()}
    if set(EMOTIONS) - set(columns.values()) or not {"file", "NF"} <= set(columns):
        raise DatasetError(f"{where} must have the columns file, NF and the seven emotions.")
    for row in rows:
        name = str(PurePosixPath(where).parent / row["file"])
        if not row["file"].startswith(f"{split}/") or name not in names:
            continue
        counts = np.zeros(len(EMOTIONS), np.float32)
        try:
            for column, emotion in columns.items():
                if emotion is not None:
                    counts[EMOTIONS.index(emotion)] = float(row[column])
            no_face = float(row["NF"])
        except (TypeError, ValueError) as error:  # a short row gives None
            raise DatasetError(f"{where} must have a number of votes for {name}.") from error
        if no_face >= max(float(counts.max()), 1):
            _count(skipped, "no face")
        elif counts.sum() == 0:
            _count(skipped, "no vote for one of the seven")
        else:
            found[name] = counts / counts.sum()
    return found


def _held_out(path: PurePosixPath, split: Split) -> bool:
    """Whether a picture of a set without splits belongs to this one; the same on every run."""
    digest = hashlib.sha256("/".join(path.parts[-2:]).encode()).digest()
    out = int.from_bytes(digest[:4], "big") / 2**32 < _HELD_OUT
    return split == "test" or (split == "val") == out


def _decode(encoded: bytes) -> ImageArray | None:
    if not encoded:  # OpenCV raises on nothing, and gives None for everything else
        return None
    image = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR_RGB)
    return None if image is None else np.asarray(image, np.uint8)


def _count(skipped: dict[str, int], reason: str) -> None:
    skipped[reason] = skipped.get(reason, 0) + 1
