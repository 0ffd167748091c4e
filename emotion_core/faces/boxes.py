"""Boxes in pictures: ``x1, y1, x2, y2`` in pixels, a row each."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[Any]

# Keeps the union of two empty boxes from being a divisor of 0, in pixels squared.
_LEAST_UNION = 1e-9


def iou(first: Boxes, second: Boxes) -> Boxes:
    """Intersection over union of every box of one set with every box of another.

    Args:
        first: (n, 4) px.
        second: (m, 4) px.

    Returns:
        (n, m) in [0, 1]; 0 where both are empty.
    """
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    area_first = np.prod(first[:, 2:] - first[:, :2], axis=1)
    area_second = np.prod(second[:, 2:] - second[:, :2], axis=1)
    union = area_first[:, None] + area_second[None] - shared
    return np.asarray(shared / np.maximum(union, _LEAST_UNION))
