"""What stands where a mask hides a face."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_CELLS = 7  # across a face from afar: neither eyes nor a mouth can be told


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
