"""Where the parts of faces are in a batch of pictures, as soft masks on any device."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from emotion_core.faces.mesh.points import OUTLINES
from emotion_core.training.common.constants import constant

# Of the oval of a face, which ends at the hairline, to the outline of its head: to the sides, up.
_WIDER, _HIGHER = 1.15, 1.45


def part_mask(points: Tensor, names: tuple[str, ...], side: int) -> Tensor:
    """Where some parts of faces are.

    Args:
        points: (n, 468, 2) from 0 to 1 across the picture; NaN where a face has none.
        names: of outlines of :data:`~emotion_core.faces.mesh.points.OUTLINES`.
        side: of the picture in pixels.

    Returns:
        (n, 1, side, side) in [0, 1]; all 0 where a face has no points.
    """
    longest = max(len(OUTLINES[name]) for name in names)
    # a corner that is named twice adds an edge of no length
    corners = tuple(
        OUTLINES[name] + OUTLINES[name][-1:] * (longest - len(OUTLINES[name])) for name in names
    )
    return inside(points[:, _numbers(corners, points)], side).amax(dim=1, keepdim=True)


def head_mask(points: Tensor, side: int) -> Tensor:
    """About where heads are, their hair included: the oval of the face, wider and higher.

    Args:
        points, side: as of :func:`part_mask`.

    Returns:
        (n, 1, side, side) in [0, 1]; all 1 where a face has no points.
    """
    oval = points[:, _numbers(OUTLINES["face_oval"], points)]
    middle = oval.mean(dim=1, keepdim=True)
    across, down = (oval - middle).unbind(dim=2)
    down = torch.where(down < 0, down * _HIGHER, down)
    corners = middle + torch.stack([across * _WIDER, down], dim=2)
    known = points.isfinite().all(dim=2).all(dim=1).view(-1, 1, 1, 1)
    mask = functional.avg_pool2d(inside(corners[:, None], side), 3, 1, 1, count_include_pad=False)
    return torch.where(known, mask, 1.0)


def _numbers(values: tuple[Any, ...], points: Tensor) -> Tensor:
    return constant(values, points.new_zeros((), dtype=torch.long))


def inside(corners: Tensor, side: int) -> Tensor:
    """The insides of closed outlines, by the even-odd rule.

    Found on half as many pixels and drawn out, which makes the edges soft.

    Args:
        corners: (n, k, c, 2) from 0 to 1 across a picture, the c corners of k outlines in order.
        side: of the picture in pixels.

    Returns:
        (n, k, side, side) in [0, 1].
    """
    axis = (torch.arange(-(-side // 2), device=corners.device) + 0.5) / -(-side // 2)
    x1, y1 = corners.unsqueeze(-1).unbind(dim=3)
    x2, y2 = corners.roll(-1, dims=2).unsqueeze(-1).unbind(dim=3)
    # where each row of pixels crosses each edge
    crossed = (y1 <= axis) != (y2 <= axis)
    at = x1 + (axis - y1) / (y2 - y1) * (x2 - x1)
    right_of = crossed.unsqueeze(-1) & (axis > at.unsqueeze(-1))
    filled = (right_of.sum(dim=2) % 2).to(corners.dtype)
    return functional.interpolate(filled, (side, side), mode="bilinear", align_corners=False)
