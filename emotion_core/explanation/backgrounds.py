"""What stands where a mask hides a face."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from emotion_core.inference.libraries import gaussian_blur

_CELLS = 7  # across a face from afar: neither eyes nor a mouth can be seen
# Deviation of the blur that insertion starts from: 5 px at 224 px, as in its authors' code.
_BLUR = 5 / 224


def blur(pictures: Tensor) -> Tensor:
    """Pictures without their fine detail, from which insertion starts (Petsiuk et al. 2018).

    Args:
        pictures: (n, 3, S, S), S at least 3; n may be 0.
    """
    if not len(pictures):
        return pictures
    size = pictures.shape[-1]
    sigma = max(_BLUR * size, 0.5)
    radius = min(int(3 * sigma), (size - 1) // 2)
    blurred: Tensor = gaussian_blur(pictures, [2 * radius + 1] * 2, [sigma, sigma])
    return blurred


def vary_background(normalised: Tensor) -> Tensor:
    """A background for each picture, drawn from four kinds.

    The paper hides with one colour, the normalised zero. Before one and the same grey the outline
    of a mask is itself a drawing: an explainer learned to cut raised brows and an open mouth out
    of faces that have neither, and the classifier read surprise. An outline that is grey here,
    skin there and hardly to be seen elsewhere cannot be relied on; what the face shows can.

    Args:
        normalised: (n, 3, S, S), where 0 is the missing background of the paper.

    Returns:
        (n, 3, S, S): the zero, the mean colour of the picture, any colour, or the picture from
        so far that no expression is left in it. Chance comes from torch's generator of the device.
    """
    device = normalised.device
    kind = torch.randint(0, 4, (len(normalised), 1, 1, 1), device=device)
    mean = normalised.mean((2, 3), keepdim=True)
    colour = 2 * torch.rand(len(normalised), normalised.shape[1], 1, 1, device=device) - 1
    flat = torch.where(kind == 1, mean, torch.where(kind == 2, colour, 0))
    coarse = functional.interpolate(normalised, (_CELLS, _CELLS), mode="area")
    afar = functional.interpolate(coarse, normalised.shape[2:], mode="bicubic")
    return torch.where(kind == 3, afar, flat)
