"""Grad-CAM."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.layers import (
    TokenBlocks,
    find_blocks,
    find_feature_layer,
    replace_input,
)
from emotion_core.explanation.methods.maps import asked_classes, enlarge, to_attribution
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.progress import Progress, Task
from emotion_core.types import Attribution, ImageArray


class GradCAM(AttributionMethod):
    """Grad-CAM (Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks").

    ReLU(sum_c w_c A_c), the weight w_c of a channel being the mean over the map of the gradient
    of the class's logit (equations 1 and 2). A is the last feature map before pooling. In a
    transformer it is what the block before the last attention gives, the tokens of the patches
    laid out as a grid: after the last attention, only the class token reaches the logit.

    Raises:
        ModelError: the network has neither a feature map nor a grid of patches.
    """

    name = "grad-cam"

    def __init__(self, classifier: EmotionClassifier) -> None:
        self._network = ReadingNetwork(classifier)
        # what gives the features, and how these are laid out
        self._source = find_blocks(self._network) or find_feature_layer(self._network)

    def task(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Task[Attribution]:
        """See :class:`~emotion_core.explanation.methods.interface.AttributionMethod`."""
        size = self._network.size
        maps = torch.zeros(len(images), len(EMOTIONS), size, size, device=self._network.device)
        asked_classes(targets, len(images))  # before the work
        for start in range(0, len(images), BATCH_SIZE):
            part = slice(start, start + BATCH_SIZE)
            chosen = None if targets is None else targets[part]
            maps[part] = enlarge(self._maps(images[part], chosen), size)
            yield Progress(min(start + BATCH_SIZE, len(images)), len(images))
        return to_attribution(maps, targets, self.name)

    def _maps(self, images: Sequence[ImageArray], targets: Sequence[int] | None) -> Tensor:
        """(n, 7, h, w) at the size of the feature map."""
        logits, features = self._forward(self._network.to_batch(images))
        shape = self._source.to_grid(features).shape
        maps = torch.zeros(shape[0], len(EMOTIONS), *shape[2:], device=features.device)
        for emotion, faces in asked_classes(targets, len(images)):
            (gradient,) = torch.autograd.grad(
                logits[faces, emotion].sum(), features, retain_graph=True
            )
            weights = self._source.to_grid(gradient).mean((2, 3), keepdim=True)
            found = (weights * self._source.to_grid(features)).sum(1).relu()
            maps[faces, emotion] = found[faces].detach()
        return maps

    def _forward(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 7) logits, and the features that they are computed from.

        What lies before the features takes no part in the gradients.
        """
        seen: list[Tensor] = []
        caller = threading.get_ident()

        def leaf(features: Tensor) -> Tensor:
            if threading.get_ident() != caller:  # another session uses the same method
                return features
            seen.append(features.detach().requires_grad_())
            return seen[-1].clone()  # a next layer may work in place

        handle = self._hook(leaf)
        try:
            with torch.enable_grad():
                logits = self._network(batch)
        finally:
            handle.remove()
        return logits, seen[-1]

    def _hook(self, leaf: Callable[[Tensor], Tensor]) -> Any:
        if isinstance(self._source, TokenBlocks):
            return replace_input(self._source.blocks[-1], leaf)
        module = self._source.module
        return module.register_forward_hook(lambda _module, _inputs, output: leaf(output))
