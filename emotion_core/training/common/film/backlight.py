"""A face before a window, the sun or a lamp: bright behind, dark in front."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from emotion_core.training.common.constants import constant
from emotion_core.training.common.film.outlines import head_mask

_WARM, _COLD = (1.0, 0.86, 0.66), (0.82, 0.92, 1.0)


def lit_from_behind(image: Tensor, mask: Tensor, points: Tensor | None = None) -> Tensor:
    """Back light, each of its own strength.

    What is behind the face becomes bright, and bleeds over its outline; the face keeps a part of
    its light; and light that strays in the lens lies over all of it (veiling glare).

    Args:
        image: (n, 3, S, S) RGB in [0, 1].
        mask: (n, 1, S, S) in [0, 1], where the face is; in a picture that is no cut-out, where
            the picture is.
        points: (n, 468, 2) of the meshes from 0 to 1 across the image, NaN where a face has none;
            of such a face only the mask says where it ends.

    Returns:
        (n, 3, S, S) in [0, 1].
    """
    outline = mask if points is None else mask * head_mask(points, image.shape[2])
    behind = _bright(image) * (1 - outline)
    exposure = torch.exp(_between(image, math.log(0.12), math.log(0.7)))
    near, far = _spread(behind, 0.02), _spread(behind, 0.09)
    bleeding = near * _between(image, 0.3, 1) + far * _between(image, 0.1, 0.6)
    lit = image * exposure * outline + behind + bleeding * outline
    veil = _between(image, 0, 0.3)
    stray = behind.mean(dim=(2, 3), keepdim=True) + _between(image, 0.1, 0.5)
    return (lit * (1 - veil) + stray * veil).clamp(0, 1)


def _bright(image: Tensor) -> Tensor:
    """(n, 3, S, S) a bright background: a light somewhere, falling off around it."""
    n, side = len(image), image.shape[2]
    axis = (torch.arange(side, device=image.device) + 0.5) / side
    from_x = axis.view(1, 1, 1, side) - _between(image, -0.2, 1.2)
    from_y = axis.view(1, 1, side, 1) - _between(image, -0.2, 0.8)
    away = (from_x**2 + from_y**2) / _between(image, 0.3, 2.0) ** 2
    level = _between(image, 0.8, 1.4) * torch.exp(-(away * _between(image, 0, 0.6)).clamp(max=1))
    warm, cold = (constant(tone, image).view(1, 3, 1, 1) for tone in (_WARM, _COLD))
    color = 1 + (torch.where(_between(image, 0, 1) < 0.6, warm, cold) - 1) * _between(image, 0, 1)
    grey = (image.amax(dim=1) - image.amin(dim=1)).mean(dim=(1, 2)).view(n, 1, 1, 1) < 0.02
    return level * torch.where(grey, 1.0, color)


def _spread(light: Tensor, share: float) -> Tensor:
    """Light as it spreads over its surroundings, about so far as a share of the side."""
    reach = max(round(light.shape[2] * share), 1)
    for _ in range(2):
        light = functional.avg_pool2d(light, 2 * reach + 1, 1, reach, count_include_pad=False)
    return light


def _between(image: Tensor, low: float, high: float) -> Tensor:
    """(n, 1, 1, 1) by chance."""
    return low + (high - low) * torch.rand(len(image), 1, 1, 1, device=image.device)
