"""Pictures and parts of them at another size, each pixel the mean of those it stands for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, kron

from emotion_core.types import FloatArray, ImageArray

# (H + 1, W + 1, 3) int32: of each pixel, the sum of all above and to the left of it.
Sums = npt.NDArray[np.int32]


def shrunk(image: ImageArray, size: tuple[int, int]) -> ImageArray:
    """A smaller copy of a picture; ``size`` is its width and height."""
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _places(length: Any, side: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First pixel of each of ``side`` places over ``length`` pixels, and the one after its last.

    Each place has all pixels that lie in it at least in part, as in PyTorch's area interpolation:
    with another, the boxes of the nets move by 2%.
    """
    steps = np.arange(side + 1)
    return steps[:-1] * length // side, -(-steps[1:] * length // side)


@lru_cache(maxsize=256)
def _means(length: int, side: int, channels: int) -> csr_array:
    """(side * channels, length * channels): what makes means of the pixels of each place."""
    start, end = _places(length, side)
    counts = end - start
    first = np.cumsum(counts) - counts
    columns = np.arange(counts.sum()) - np.repeat(first - start, counts)
    shares = np.repeat(1 / counts, counts).astype(np.float32)
    bounds = np.append(first, counts.sum())
    means = csr_array((shares, columns, bounds), shape=(side, length))
    return csr_array(kron(means, eye_array(channels, dtype=np.float32), format="csr"))


def area_means(pixels: FloatArray, size: tuple[int, int]) -> FloatArray:
    """A whole (H, W, 3) picture at another size, (height, width, 3)."""
    height, width, channels = pixels.shape
    rows = _means(height, size[0], 1) @ pixels.reshape(height, -1)
    columns = _means(width, size[1], channels) @ rows.T
    return np.asarray(columns.T, np.float32).reshape(*size, channels)


def cut_out(sums: Sums, boxes: FloatArray, side: int) -> tuple[FloatArray, FloatArray]:
    """What the picture shows of each candidate, (n, side, side, 3); none of those outside of it."""
    height, width = sums.shape[0] - 1, sums.shape[1] - 1
    bounds = np.trunc(boxes[:, :4]).astype(np.int64)
    start = np.maximum(bounds[:, :2], 1) - 1
    lengths = np.minimum(bounds[:, 2:], [width, height]) - start
    inside = np.flatnonzero((lengths > 0).all(axis=1))
    start, lengths = start[inside], lengths[inside]
    left, right = (start[:, :1] + place for place in _places(lengths[:, :1], side))
    top, bottom = (start[:, 1:] + place for place in _places(lengths[:, 1:], side))
    area = (bottom - top)[:, :, None] * (right - left)[:, None]
    left, right = left[:, None], right[:, None]
    top, bottom = (row[:, :, None] * (width + 1) for row in (top, bottom))
    table = sums.reshape(-1, sums.shape[2])
    # taking from one long row is twice as fast as by two indices
    total = table.take(bottom + right, 0) - table.take(top + right, 0)
    total += table.take(top + left, 0) - table.take(bottom + left, 0)
    means = total.astype(np.float32) / area[..., None].astype(np.float32)
    return boxes[inside], np.asarray(means, np.float32)
