"""Face pictures with soft labels, straight from folders or zips.

The layouts are those of :mod:`emotion_core.datasets.layouts`. Pictures are decoded once and kept
as uint8 in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from emotion_core.datasets.layouts import Dataset, Picture, Split
from emotion_core.datasets.left_out import LeftOut
from emotion_core.datasets.sources import PICTURE_THREADS, Files
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.errors import DatasetError
from emotion_core.media.pictures import PictureError
from emotion_core.types import FloatArray, ImageArray

Channels = tuple[float, float, float]
Part = TypeVar("Part")
# Share of a set without splits of its own that is held out, by a hash of the file name.
_HELD_OUT = 0.05


@dataclass(frozen=True)
class FaceSet:
    """Face pictures with soft labels, as parallel sequences.

    Attributes:
        images: n (H, W, 3) uint8 RGB pictures of any size.
        targets: (n, 7) float32 in the order of EMOTIONS; rows sum to 1, or to 0 where there is
            no label.
        names: file names.
        skipped: pictures left out, by reason, with examples.
        votes: (n, 10) float32 counts in the order of BALLOT, where every picture has all ten.
        sources: (n,) number of the data set that each picture is from; ``None`` where all are from
            one.
        masks: for each picture, (H, W) uint8 where its face is; ``None`` where that is to be found
            by :func:`~emotion_core.training.common.augmentation.face_mask`.
        points: (n, 468, 2) float32 of the face's mesh, from 0 to 1 across the picture, NaN where a
            face has none; ``None`` where no mesh was looked for.
    """

    images: Sequence[ImageArray]
    targets: FloatArray
    names: Sequence[str]
    skipped: LeftOut
    votes: FloatArray | None = None
    sources: npt.NDArray[np.int64] | None = None
    masks: Sequence[npt.NDArray[np.uint8]] | None = None
    points: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.images)

    @property
    def numbered_sources(self) -> npt.NDArray[np.int64]:
        """(n,) number of the data set that each picture is from."""
        return np.zeros(len(self), np.int64) if self.sources is None else self.sources

    def majority(self) -> npt.NDArray[np.int64]:
        """(n,) index of the emotion with the largest share; the first one in a tie."""
        return np.asarray(self.targets.argmax(axis=1), np.int64)

    def chosen(self, places: npt.NDArray[np.int64]) -> FaceSet:
        """The pictures at some places."""
        return replace(
            self,
            images=[self.images[i] for i in places],
            targets=self.targets[places],
            names=[self.names[i] for i in places],
            votes=None if self.votes is None else self.votes[places],
            sources=None if self.sources is None else self.sources[places],
            masks=None if self.masks is None else [self.masks[i] for i in places],
            points=None if self.points is None else self.points[places],
        )

    def first(self, count: int) -> FaceSet:
        """At most ``count`` pictures, spread evenly over the set."""
        return self.chosen(
            np.unique(np.linspace(0, len(self) - 1, min(count, len(self))).astype(np.int64))
        )


def load_faces(sources: Sequence[Path], split: Split, labels: str = "auto") -> FaceSet:
    """Load one split of one or more data sets.

    Args:
        sources: folders or zips; those that do not hold the split are passed over.
        split: which part. A set without splits gives ``train`` and ``val`` by a hash of the
            file name, 5% of it to ``val``, and all of it to ``test``: whoever measures on
            such a set has not trained on it, or asks for ``val``.
        labels: ``auto`` takes votes where there are any; ``folders`` takes the folder names.

    Raises:
        DatasetError: a source cannot be read or has another layout, or nothing is left.
    """
    images: list[ImageArray] = []
    targets: list[FloatArray] = []
    names: list[str] = []
    votes: list[FloatArray | None] = []
    numbers: list[int] = []
    skipped = LeftOut()
    for number, source in enumerate(sources):
        with Dataset(source, labels) as dataset:
            for left_out in dataset.skipped:
                if left_out.split in (None, split):
                    skipped.add(left_out.reason, left_out.name)
            wanted = [picture for picture in dataset.pictures if _belongs(picture, split)]
            for picture, image in dataset.decode(wanted):
                if isinstance(image, PictureError):
                    skipped.add(str(image), picture.name)
                    continue
                images.append(image)
                targets.append(picture.target)
                names.append(picture.name)
                votes.append(picture.ballot)
                numbers.append(number)
    if not images:
        shown = ", ".join(str(source) for source in sources)
        reasons = f" Skipped: {skipped.describe()}." if skipped else ""
        raise DatasetError(f"There is no image in the split {split!r} of {shown}.{reasons}")
    return FaceSet(
        images,
        np.stack(targets),
        names,
        skipped,
        _join(votes, np.stack),
        np.array(numbers, np.int64),
    )


def load_unlabelled(sources: Sequence[Path], limit: int | None = None) -> FaceSet:
    """Load every picture of folders or zips, whatever the names of its folders.

    Args:
        sources: folders or zips.
        limit: at most so many from each, spread evenly.

    Returns:
        A set whose targets are 0.

    Raises:
        DatasetError: a source cannot be read.
    """
    images: list[ImageArray] = []
    names: list[str] = []
    skipped = LeftOut()
    for source in sources:
        with Files(source) as files:
            for name, reason in (files.refused | files.others()).items():
                skipped.add(reason, name)
            found = files.pictures()
            if limit is not None:
                found = found[:: max(len(found) // limit, 1)][:limit]
            for name, image in files.decode(found):
                if isinstance(image, PictureError):
                    skipped.add(str(image), name)
                    continue
                images.append(image)
                names.append(name)
    return FaceSet(images, np.zeros((len(images), len(EMOTIONS)), np.float32), names, skipped)


def join_sets(sets: Sequence[FaceSet]) -> FaceSet:
    """Several sets as one, in their order; their sources stay apart.

    Masks and points are kept where all of them have some.
    """
    skipped = LeftOut()
    sources: list[npt.NDArray[np.int64]] = []
    for part in sets:
        skipped.merge(part.skipped)
        before = sources[-1].max() + 1 if sources and len(sources[-1]) else 0
        sources.append(part.numbered_sources + before)
    return FaceSet(
        [image for part in sets for image in part.images],
        np.concatenate([part.targets for part in sets]),
        [name for part in sets for name in part.names],
        skipped,
        _join([part.votes for part in sets], np.concatenate),
        np.concatenate(sources),
        _join([part.masks for part in sets], _chain),
        _join([part.points for part in sets], np.concatenate),
    )


def channel_statistics(faces: FaceSet, size: int) -> tuple[Channels, Channels]:
    """Mean and standard deviation of all pixels of a set by RGB channel.

    Args:
        faces: at least one picture.
        size: side in pixels at which they are taken: smaller pictures vary less.

    Returns:
        Both on pixel values in [0, 1]; no deviation is less than 1/255, so that one may divide.
    """

    def moments(image: ImageArray) -> npt.NDArray[np.float64]:
        pixels = resize_face(image, size).reshape(-1, 3).astype(np.float64) / 255
        return np.stack([pixels.mean(axis=0), (pixels**2).mean(axis=0)])

    with ThreadPoolExecutor(PICTURE_THREADS) as pool:
        mean, square = sum(pool.map(moments, faces.images), np.zeros((2, 3))) / len(faces)
    std = np.sqrt(np.maximum(square - mean**2, 1 / 255**2))
    return _channels(mean), _channels(std)


def _channels(values: npt.NDArray[np.float64]) -> Channels:
    red, green, blue = (float(value) for value in values)
    return red, green, blue


def _join(parts: Sequence[Part | None], join: Callable[[list[Part]], Part]) -> Part | None:
    """What parts have, as one, unless one has none."""
    given = [part for part in parts if part is not None]
    return join(given) if given and len(given) == len(parts) else None


def _chain(parts: Sequence[Sequence[npt.NDArray[np.uint8]]]) -> Sequence[npt.NDArray[np.uint8]]:
    return [mask for part in parts for mask in part]


def _belongs(picture: Picture, split: Split) -> bool:
    """Whether a picture is of this split; in a set without any, the same on every run."""
    if picture.split is not None:
        return picture.split == split
    digest = hashlib.sha256("/".join(PurePosixPath(picture.name).parts[-2:]).encode()).digest()
    out = int.from_bytes(digest[:4], "big") / 2**32 < _HELD_OUT
    return split == "test" or (split == "val") == out
