"""Make-up that raises the contrast of a face: dark brows, eyes and lips on pale skin."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from emotion_core.training.common.constants import constant
from emotion_core.training.common.film.outlines import part_mask

_LUMA = (0.299, 0.587, 0.114)
# Factors of what is painted, for each channel, at full strength.
_BROW, _LID = (0.3, 0.28, 0.28), (0.3, 0.27, 0.32)
_RED, _BLACK = (0.8, 0.25, 0.3), (0.3, 0.26, 0.28)  # of lips: in colour, and in early film
_BROWS = ("right_outer_brow", "right_inner_brow", "left_outer_brow", "left_inner_brow")
_LIDS = ("right_upper_lid", "right_lower_lid", "left_upper_lid", "left_lower_lid")
_EYES = ("right_eye", "left_eye")


def made_up(image: Tensor, points: Tensor) -> Tensor:
    """Make-up on each face, each part of its own strength.

    Args:
        image: (n, 3, S, S) RGB in [0, 1].
        points: (n, 468, 2) of the meshes from 0 to 1 across the image; a face without any, NaN,
            stays as it is.

    Returns:
        (n, 3, S, S) in [0, 1].
    """
    side = image.shape[2]
    brows, lids = part_mask(points, _BROWS, side), part_mask(points, _LIDS, side)
    eyes, mouth = part_mask(points, _EYES, side), part_mask(points, ("lips_inner",), side)
    lids = lids * (1 - eyes)
    lips = part_mask(points, ("lips_outer",), side) * (1 - mouth)
    skin = _soft(part_mask(points, ("face_oval",), side))
    for part in (brows, lids, eyes, lips, mouth):
        skin = skin * (1 - part)
    luma = (image * constant(_LUMA, image).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)
    grey = (image - luma).abs().mean(dim=(1, 2, 3), keepdim=True) < 0.01
    powder = skin * _up_to(image, 0.6)
    # a power below 1 lifts skin towards white and keeps its creases
    paler = (image + (luma - image) * 0.5 * powder).clamp(1e-4, 1) ** (1 - powder)
    red, black = constant(_RED, image), constant(_BLACK, image)
    lip = torch.where(_up_to(image, 1) < 0.6, red.view(1, 3, 1, 1), black.view(1, 3, 1, 1))
    # where meshes place brows is a little uncertain: dark ones beside the true ones would be raised
    paints = (
        (brows, constant(_BROW, image).view(1, 3, 1, 1), 0.5),
        (lids, constant(_LID, image).view(1, 3, 1, 1), 0.8),
        (lips, lip, 0.8),
    )
    for mask, paint, most in paints:
        toned = (paint * constant(_LUMA, image).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)
        factor = torch.where(grey, toned, paint)
        paler = paler * (1 - _soft(mask) * _up_to(image, most) * (1 - factor))
    return paler


def _soft(mask: Tensor) -> Tensor:
    """A mask with edges as wide as fingers spread paint."""
    reach = max(mask.shape[2] // 40, 1)
    return functional.avg_pool2d(mask, 2 * reach + 1, 1, reach, count_include_pad=False)


def _up_to(image: Tensor, most: float) -> Tensor:
    """(n, 1, 1, 1) by chance."""
    return most * torch.rand(len(image), 1, 1, 1, device=image.device)
