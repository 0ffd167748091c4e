"""How the maps of a method become masks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.types import Attribution


def to_attribution(maps: Tensor, targets: Sequence[int] | None, method: str) -> Attribution:
    """Maps of any size and unit to masks at this size.

    Args:
        maps: (n, 7, H, W), larger where the picture speaks more for the emotion; where evidence
            against an emotion is distinguished from none, the method has set it to 0.
        targets: as a method takes them; maps of other emotions are set to 0.
        method: its name.
    """
    return select_targets(normalise_maps(maps), targets, method)


def select_targets(masks: Tensor, targets: Sequence[int] | None, method: str) -> Attribution:
    """Masks as they are, those of emotions that were not asked for set to 0.

    Args:
        masks: (n, 7, S, S) in [0, 1].
        targets, method: as for :func:`to_attribution`.
    """
    if targets is not None:
        asked = torch.zeros(masks.shape[:2], device=masks.device)
        asked[torch.arange(len(asked)), torch.as_tensor(targets, dtype=torch.long)] = 1
        masks = masks * asked[:, :, None, None]
    return Attribution(masks.detach().cpu().numpy().astype(np.float32), EMOTIONS, method)


def normalise_maps(maps: Tensor) -> Tensor:
    """Every map by itself to [0, 1]: (m - min m) / (max m - min m).

    The one normalisation of all methods. A map that is the same everywhere says nothing, and
    becomes 0 everywhere; so does one that is not finite, which a network without sense gives.

    Args:
        maps: (n, k, H, W) of any finite values.
    """
    low, high = maps.amin((2, 3), keepdim=True), maps.amax((2, 3), keepdim=True)
    spread = high - low
    # smaller differences are rounding errors of the sums that a map is made from
    varies = spread > 1e-6 * torch.maximum(low.abs(), high.abs())
    scaled = (maps - low) / torch.where(varies, spread, 1)
    return torch.where(varies & spread.isfinite(), scaled, 0).clamp(0, 1)


def enlarge(maps: Tensor, size: int) -> Tensor:
    """(n, k, h, w) to (n, k, size, size), bilinear."""
    return torch.nn.functional.interpolate(
        maps, size=(size, size), mode="bilinear", align_corners=False
    )


def asked_classes(targets: Sequence[int] | None, count: int) -> list[tuple[int, Tensor]]:
    """Which faces are asked about each emotion: pairs of an emotion and (m,) indices of faces.

    Args:
        targets: as a method takes them.
        count: number of faces.

    Raises:
        ValueError: not one target a face, or none of the seven.
    """
    if targets is None:
        return [(k, torch.arange(count)) for k in range(len(EMOTIONS))]
    given = torch.as_tensor(targets, dtype=torch.long)
    if given.shape != (count,):
        raise ValueError(f"targets must have shape ({count},), but has shape {tuple(given.shape)}")
    if count and not (int(given.min()) >= 0 and int(given.max()) < len(EMOTIONS)):
        raise ValueError(f"targets must be indices below {len(EMOTIONS)}, but are {targets}")
    return [(k, (given == k).nonzero()[:, 0]) for k in sorted(set(given.tolist()))]
