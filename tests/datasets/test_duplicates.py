"""Near-duplicates by a perceptual hash."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from emotion_core.datasets.duplicates import (
    NEAR,
    Seen,
    connected,
    near_pairs,
    perceptual_hash,
)
from emotion_core.types import ImageArray
from tests.datasets.pictures import encoded, scene


def _distance(a: ImageArray, b: ImageArray) -> int:
    return int(np.bitwise_count(perceptual_hash(a) ^ perceptual_hash(b)).sum())


def test_a_copy_that_was_shrunk_and_compressed_is_near(portrait: ImageArray) -> None:
    small = cv2.resize(portrait, (160, 160), interpolation=cv2.INTER_AREA)
    copy = np.asarray(Image.open(io.BytesIO(encoded(small, "JPEG", 60))))
    assert _distance(portrait, copy) <= NEAR


def test_other_pictures_are_far(portrait: ImageArray) -> None:
    assert _distance(scene(1), scene(2)) > 2 * NEAR
    assert _distance(portrait, scene(1)) > 2 * NEAR


def test_near_pairs_are_those_of_comparing_each_with_each() -> None:
    random = np.random.default_rng(0)
    hashes = random.integers(0, 2**63, (700, 4)).astype(np.uint64)
    hashes[::7] = hashes[0] ^ (np.uint64(1) << random.integers(0, 60, (100, 4)).astype(np.uint64))
    bits = np.bitwise_count(hashes[:, None] ^ hashes[None]).sum(axis=2)
    expected = np.argwhere(np.triu((bits <= 6) & (bits > 0), 1))
    found = {tuple(pair) for pair in near_pairs(hashes, 6)}
    different = {pair for pair in found if bits[pair] > 0}
    _, first = np.unique(hashes, axis=0, return_index=True)
    assert different == {tuple(p) for p in expected if set(p) <= set(first)}


def test_a_set_full_of_copies_gives_few_pairs() -> None:
    assert len(near_pairs(np.zeros((5000, 4), np.uint64), NEAR)) == 4999


def test_no_picture_gives_no_pair() -> None:
    assert near_pairs(np.zeros((0, 4), np.uint64), NEAR).shape == (0, 2)


def test_what_hangs_together_over_others_is_one_group() -> None:
    groups = connected(5, np.array([[0, 3], [3, 4]]))
    assert len(set(groups[[0, 3, 4]])) == 1
    assert len(set(groups)) == 3


def test_a_picture_is_dropped_only_for_one_that_stays() -> None:
    # a and b are near, b and c are near, a and c are not
    seen = Seen(distance=2)
    hashes = np.array([[0, 0, 0, 0], [0b11, 0, 0, 0], [0b1111, 0, 0, 0]], np.uint64)
    found = [seen.add(name, bits) for name, bits in zip("abc", hashes, strict=True)]
    assert found == [None, "a", None]


def test_thousands_of_pictures_are_remembered() -> None:
    seen = Seen(distance=0)
    for number in range(3000):
        assert seen.add(str(number), np.array([number, 0, 0, 0], np.uint64)) is None
    assert seen.add("again", np.array([2999, 0, 0, 0], np.uint64)) == "2999"
