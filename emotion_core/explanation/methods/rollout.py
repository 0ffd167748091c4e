"""Attention rollout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.layers import find_blocks
from emotion_core.explanation.methods.maps import asked_classes, enlarge, to_attribution
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.progress import Progress, Task
from emotion_core.types import Attribution, ImageArray

_NO_ATTENTION = (
    "Attention rollout needs a vision transformer with global attention that returns its "
    "attention maps. This model does not."
)


class AttentionRollout(AttributionMethod):
    """Attention rollout (Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers").

    The product over the blocks of (A + I) / 2, A being the attention averaged over the heads
    (section 3); of it the row of the class token, or the mean of all rows without one. It says
    where the network looks, whatever it then reads there: the masks of all classes are the same.

    Raises:
        ModelError: the network is no transformer that gives its attentions.
    """

    name = "rollout"

    def __init__(self, classifier: EmotionClassifier) -> None:
        self._network = ReadingNetwork(classifier)
        blocks = find_blocks(self._network)
        model = self._network.model
        if blocks is None or not blocks.whole or not hasattr(model, "set_attn_implementation"):
            raise ModelError(_NO_ATTENTION)
        self._blocks = blocks
        try:
            # the fused kernels never hold the attentions; this structure is the method's own
            model.set_attn_implementation("eager")
            self._attentions(self._network.blank())
        except (ValueError, TypeError, AttributeError) as error:
            raise ModelError(_NO_ATTENTION) from error

    def task(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Task[Attribution]:
        """See :class:`~emotion_core.explanation.methods.interface.AttributionMethod`."""
        size, device = self._network.size, self._network.device
        asked_classes(targets, len(images))  # before the work
        maps = torch.zeros(len(images), 1, size, size, device=device)
        for start in range(0, len(images), BATCH_SIZE):
            part = slice(start, start + BATCH_SIZE)
            flow = roll_out(self._attentions(self._network.to_batch(images[part])))
            looks = flow[:, 0] if self._blocks.prefix else flow.mean(1)
            grid = self._blocks.to_grid(looks[:, :, None])
            maps[part] = enlarge(grid, size)
            yield Progress(min(start + BATCH_SIZE, len(images)), len(images))
        return to_attribution(maps.expand(-1, len(EMOTIONS), -1, -1), targets, self.name)

    def _attentions(self, batch: Tensor) -> tuple[Tensor, ...]:
        """(n, heads, T, T) of each block."""
        with torch.inference_mode():
            found: Any = self._network.model(pixel_values=batch, output_attentions=True)
        attentions: tuple[Tensor, ...] = found.attentions or ()
        tokens = self._blocks.prefix + self._blocks.side**2
        whole = all(one is not None and one.shape[-2:] == (tokens,) * 2 for one in attentions)
        if len(attentions) != len(self._blocks.blocks) or not whole:
            raise ModelError(_NO_ATTENTION)
        return attentions


def roll_out(attentions: Sequence[Tensor]) -> Tensor:
    """How much of each token's content comes from each token of the input.

    Args:
        attentions: of each block from the first on, (n, heads, T, T), rows summing to 1.

    Returns:
        (n, T, T), rows summing to 1.
    """
    same = torch.eye(attentions[0].shape[-1], device=attentions[0].device)
    flow = same.expand(len(attentions[0]), -1, -1)
    for attention in attentions:
        flow = (attention.float().mean(1) + same) / 2 @ flow
    return flow
