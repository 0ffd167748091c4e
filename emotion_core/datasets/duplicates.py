"""Pictures that show the same but for size, compression or a little light."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from emotion_core.types import ImageArray

Hashes = npt.NDArray[np.uint64]

# Face crops resemble each other: with the usual 8x8 signs two people who face the camera are as
# close as two copies of a picture. With 16x16 they are far apart.
_SIDE = 16
# Bits in which copies may differ. Of 40 pairs of wildfaces that differ in 18 to 24 bits, drawn by
# chance and looked at, all show one picture twice; from 26 on different people turn up.
NEAR = 24
_BLOCK = 64  # rows whose distances to all others fit into the cache


def perceptual_hash(image: ImageArray) -> Hashes:
    """Signs of the low frequencies of a picture, by the method of the imagehash package.

    Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions", the
    hash by the discrete cosine transform, 16x16 signs around their median.

    Args:
        image: (H, W, 3) uint8 RGB.

    Returns:
        (4,) uint64, 256 bits.
    """
    import imagehash

    # the hash looks at 64x64 pixels: shrinking first by whole steps spares it the large ones
    picture = Image.fromarray(image)
    step = min(picture.size) // (_SIDE * 8)
    bits = imagehash.phash(picture.reduce(step) if step > 1 else picture, hash_size=_SIDE).hash
    return np.packbits(bits).view(np.uint64)


def near_pairs(hashes: Hashes, distance: int) -> npt.NDArray[np.int64]:
    """Pairs of hashes that differ in few bits.

    Every pair is compared, a block of rows at a time, and only those that are close in the
    first half are compared in the other: 30,000 pictures take two seconds.

    Args:
        hashes: (n, 4) uint64 of :func:`perceptual_hash`.
        distance: largest number of bits (Hamming distance) of a pair.

    Returns:
        (m, 2) int64 indices, the smaller one first. Of hashes that are equal, only the pairs
        with the first of them are named, so that m stays small for a set full of copies.
    """
    if len(hashes) == 0:
        return np.zeros((0, 2), np.int64)
    _, first, inverse = np.unique(hashes, axis=0, return_index=True, return_inverse=True)
    copies = np.stack([first[inverse.ravel()], np.arange(len(hashes))], axis=1)
    found = [copies[copies[:, 0] != copies[:, 1]]]
    first = np.sort(first)
    distinct = hashes[first]
    for start in range(0, len(distinct), _BLOCK):
        rows, columns = distinct[start : start + _BLOCK], distinct[start:]
        apart = np.bitwise_count(rows[:, None, 0] ^ columns[None, :, 0])
        apart += np.bitwise_count(rows[:, None, 1] ^ columns[None, :, 1])
        a, b = np.nonzero(apart <= distance)
        a, b = a[a < b], b[a < b]
        close = np.bitwise_count(rows[a] ^ columns[b]).sum(axis=1) <= distance
        found.append(np.stack([first[start + a[close]], first[start + b[close]]], axis=1))
    pairs = np.concatenate(found).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]


def connected(count: int, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Groups of what hangs together over any number of pairs.

    Args:
        count: n.
        pairs: (m, 2) indices below n.

    Returns:
        (n,) number of the group of each, from 0.
    """
    links = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), (count, count))
    _, groups = connected_components(links, directed=False)
    return cast("npt.NDArray[np.int64]", groups.astype(np.int64))


class Seen:
    """Pictures that were kept so far, to see whether the next one repeats one of them.

    A picture is dropped only for one that was kept, so a chain of small differences does not
    swallow a set.

    Args:
        distance: bits in which copies may differ.
    """

    def __init__(self, distance: int = NEAR) -> None:
        self.distance = distance
        self._names: list[str] = []
        self._hashes: Hashes = np.zeros((1024, _SIDE * _SIDE // 64), np.uint64)

    def add(self, name: str, bits: Hashes) -> str | None:
        """Keep a picture, or name the one that it repeats.

        Args:
            name: its name.
            bits: (4,) uint64 of :func:`perceptual_hash`.
        """
        count = len(self._names)
        if count:
            apart = np.bitwise_count(self._hashes[:count] ^ bits).sum(axis=1)
            nearest = int(apart.argmin())
            if apart[nearest] <= self.distance:
                return self._names[nearest]
        if count == len(self._hashes):
            self._hashes = np.concatenate([self._hashes, np.zeros_like(self._hashes)])
        self._hashes[count] = bits
        self._names.append(name)
        return None
