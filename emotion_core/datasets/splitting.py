"""Parting a set into train, val and test so that nothing is on both sides."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.datasets.duplicates import NEAR, Hashes, connected, near_pairs, perceptual_hash
from emotion_core.datasets.layouts import SPLITS, Dataset, Picture
from emotion_core.datasets.left_out import LeftOut
from emotion_core.datasets.output import (
    Names,
    Target,
    new_dataset,
    rejects_table,
    table,
    votes_table,
)
from emotion_core.datasets.stratifying import Indices, assign
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import DatasetError
from emotion_core.media.pictures import PictureError
from emotion_core.progress import Progress, Task
from emotion_core.types import ImageArray

# Fewer pictures of an emotion in a part say nothing about it.
_FEW = 10


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """How a set is parted.

    Attributes:
        shares: of train, val and test; they sum to 1.
        seed: of the order in which groups of one size are dealt out.
        person_from_name: regular expression for the whole file name without its ending; its
            first group is the person.
        person_column: column of the set's ``manifest.csv`` that names the person.
        distance: bits in which near-duplicates may differ; negative looks for none.
        link: hard link instead of copying, where source and target are folders.

    Raises:
        DatasetError: the shares do not sum to 1, or the expression cannot be used.
    """

    shares: tuple[float, float, float] = (0.8, 0.1, 0.1)
    seed: int = 0
    person_from_name: str | None = None
    person_column: str | None = None
    distance: int = NEAR
    link: bool = False

    def __post_init__(self) -> None:
        if min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-6:
            raise DatasetError(f"The shares {self.shares} must be positive and sum to 1.")
        if self.person_from_name is not None:
            try:
                groups = re.compile(self.person_from_name).groups
            except re.error as error:
                raise DatasetError(
                    f"{self.person_from_name!r} is not a valid regular expression: {error}."
                ) from error
            if groups == 0:
                raise DatasetError(
                    f"{self.person_from_name!r} needs parentheses around the part that names the "
                    "person."
                )


@dataclass(frozen=True, slots=True)
class SplitSummary:
    """What was parted.

    Attributes:
        counts: pictures by split and emotion.
        mean, std: of the RGB channels in [0, 1] over all pixels of train, or of the whole set
            where train is empty.
        groups: number of groups that had to stay together, single pictures included.
        near_duplicates: pictures that show what an earlier one shows.
        rejected: pictures left out, by reason.
        warnings: sentences about what may not be as wished.
    """

    counts: dict[str, dict[str, int]]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    groups: int
    near_duplicates: int
    rejected: LeftOut
    warnings: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def split_dataset(
    source: Path,
    out: Path,
    options: SplitOptions,
    labels: str = "auto",
) -> Task[SplitSummary]:
    """Write SOURCE anew as ``<split>/<class>/*`` with manifest.csv, rejects.csv, dataset.json.

    Pictures of one person, and near-duplicates, come into one split. The splits that the source
    has do not matter; its votes go along as ``votes.csv``.

    Args:
        source: any layout that :class:`Dataset` reads.
        out: new folder, or new zip when it ends in ``.zip``.
        options: how to part.
        labels: as for :class:`Dataset`.

    Raises:
        DatasetError: the source cannot be read or has no usable picture.
        OutputError: the target is in the way or cannot be written.
    """
    with Dataset(source, labels) as dataset, new_dataset(out) as target:
        persons = _persons(dataset, options)
        rejects = {one.name: one.reason for one in dataset.skipped}
        pictures, hashes, moments = yield from _look(dataset, rejects)
        near = near_pairs(hashes, options.distance) if options.distance >= 0 else _NONE
        links = np.concatenate([near, _same_person(pictures, persons)])
        groups = connected(len(pictures), links)
        classes = np.array([EMOTIONS.index(picture.emotion) for picture in pictures])
        parts = assign(classes, groups, options.shares, options.seed)
        named = _write_pictures(target, dataset, pictures, parts, options.link)
        mean, std = _channels(moments[parts == 0] if (parts == 0).any() else moments)
        summary = SplitSummary(
            counts=_counts(classes, parts),
            mean=mean,
            std=std,
            groups=int(groups.max()) + 1,
            near_duplicates=len(set(near[:, 1].tolist())),
            rejected=LeftOut.of(rejects),
            warnings=_warnings(pictures, parts, near, persons, options),
        )
        target.add("manifest.csv", _manifest(named, parts, groups, persons))
        target.add("rejects.csv", rejects_table(rejects))
        if (votes := votes_table(named)) is not None:
            target.add("votes.csv", votes)
        described = {"shares": options.shares, "seed": options.seed, "source": source.name}
        content = json.dumps(described | summary.to_dict(), indent=2) + "\n"
        target.add("dataset.json", content.encode())
    return summary


_NONE: Indices = np.zeros((0, 2), np.int64)


def _look(
    dataset: Dataset, rejects: dict[str, str]
) -> Task[tuple[list[Picture], Hashes, npt.NDArray[np.float64]]]:
    """The n usable pictures, their (n, 4) hashes and (n, 7) moments; adds to ``rejects``."""
    pictures: list[Picture] = []
    hashes, moments = [], []
    for done, (picture, image) in enumerate(dataset.decode(dataset.pictures), 1):
        yield Progress(done, len(dataset.pictures))
        if isinstance(image, PictureError):
            rejects[picture.name] = str(image)
            continue
        pictures.append(picture)
        hashes.append(perceptual_hash(image))
        moments.append(_moments(image))
    if not pictures:
        why = f": {LeftOut.of(rejects).describe()}" if rejects else ""
        raise DatasetError(f"{dataset.files.source} has no usable image{why}.")
    return pictures, np.stack(hashes), np.stack(moments)


def _persons(dataset: Dataset, options: SplitOptions) -> dict[str, str]:
    """The person in each picture, where the name or the manifest says."""
    persons: dict[str, str] = {}
    if options.person_from_name is not None:
        expression = re.compile(options.person_from_name)
        for picture in dataset.pictures:
            match = expression.fullmatch(PurePosixPath(picture.name).stem)
            if match is not None and match[1]:
                persons[picture.name] = match[1]
    if options.person_column is not None:
        if "manifest.csv" not in dataset.files.names:
            raise DatasetError(f"{dataset.files.source} has no manifest.csv to name the persons.")
        text = dataset.files.read("manifest.csv").decode("utf-8-sig", errors="replace")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        if not {"file", options.person_column} <= set(rows.fieldnames or ()):
            raise DatasetError(f"manifest.csv needs the columns file and {options.person_column}.")
        for row in rows:
            if row[options.person_column]:
                persons[row["file"]] = row[options.person_column]
    return persons


def _same_person(pictures: Sequence[Picture], persons: Mapping[str, str]) -> Indices:
    """(m, 2) links from each picture of a person to the first one."""
    first: dict[str, int] = {}
    links = [
        (first.setdefault(persons[picture.name], i), i)
        for i, picture in enumerate(pictures)
        if picture.name in persons
    ]
    return np.array(links, np.int64).reshape(-1, 2)


def _write_pictures(
    target: Target, dataset: Dataset, pictures: Sequence[Picture], parts: Indices, link: bool
) -> list[tuple[str, Picture]]:
    names = Names()
    named: list[tuple[str, Picture]] = []
    for picture, part in zip(pictures, parts, strict=True):
        suffix = PurePosixPath(picture.name).suffix.lower()
        name = names.take(f"{SPLITS[part]}/{picture.emotion}", picture.name, suffix)
        path = dataset.files.source / picture.name
        target.add(name, dataset.encoded(picture), path if link and path.is_file() else None)
        named.append((name, picture))
    return named


def _manifest(
    named: Sequence[tuple[str, Picture]],
    parts: Indices,
    groups: Indices,
    persons: Mapping[str, str],
) -> bytes:
    """``manifest.csv``: where each picture is from, and what it stays together with."""
    rows = [
        {
            "file": name,
            "split": SPLITS[part],
            "class": picture.emotion,
            "origin": picture.name,
            "person": persons.get(picture.name, ""),
            "group": group,
        }
        for (name, picture), part, group in zip(named, parts, groups, strict=True)
    ]
    return table(list(rows[0]), rows)


def _moments(image: ImageArray) -> npt.NDArray[np.float64]:
    """Pixels, sums and sums of squares of the channels of a picture in [0, 1]: (7,)."""
    mean, std = (value.ravel() / 255 for value in cv2.meanStdDev(image))
    pixels = image.shape[0] * image.shape[1]
    return np.concatenate([[pixels], mean * pixels, (std**2 + mean**2) * pixels])


def _channels(
    moments: npt.NDArray[np.float64],
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    pixels, sums, squares = np.split(moments.sum(axis=0), [1, 4])
    mean = sums / pixels
    std = np.sqrt(np.maximum(squares / pixels - mean**2, 0))
    return tuple(mean.round(6).tolist()), tuple(std.round(6).tolist())


def _counts(classes: Indices, parts: Indices) -> dict[str, dict[str, int]]:
    return {
        split: {
            emotion: int(((parts == s) & (classes == k)).sum())
            for k, emotion in enumerate(EMOTIONS)
        }
        for s, split in enumerate(SPLITS)
    }


def _warnings(
    pictures: Sequence[Picture],
    parts: Indices,
    near: Indices,
    persons: Mapping[str, str],
    options: SplitOptions,
) -> list[str]:
    found: list[str] = []
    there = Counter(
        (picture.emotion, int(part)) for picture, part in zip(pictures, parts, strict=True)
    )
    for s, split in enumerate(SPLITS):
        few = [emotion for emotion in EMOTIONS if there[emotion, s] < _FEW]
        if few and options.shares[s] > 0:
            found.append(f"{split} has fewer than {_FEW} images of {', '.join(few)}.")
        if abs(float((parts == s).mean()) - options.shares[s]) > 0.05:
            found.append(f"{split} is far from its share, because large groups are kept together.")
    unknown = sum(picture.name not in persons for picture in pictures)
    if unknown and (options.person_from_name or options.person_column):
        found.append(f"{unknown} images name no person; each counts as its own person.")
    torn = sum(pictures[a].emotion != pictures[b].emotion for a, b in near)
    if torn:
        found.append(f"{torn} pairs of near-duplicates have different labels.")
    return found
