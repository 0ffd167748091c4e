"""A classifier as the methods need it: gradients pass, and labels stand in the project's order."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.types import ImageArray
from emotion_core.workers import in_order


class ReadingNetwork(nn.Module):
    """From normalised pictures to logits of the seven emotions, in float32.

    The structure of the network is its own, so that hooks and settings of a method do not touch
    the classifier, which other threads may be reading with; the weights are shared with it.

    Attributes:
        size: side of the input in pixels.
        device: where the network is.
        model: the network, labels in the checkpoint's own order.

    Args:
        classifier: loaded with ``exact=True``.

    Raises:
        ValueError: the classifier computes in another precision than float32, in which small
            changes of a reading drown.
    """

    def __init__(self, classifier: EmotionClassifier) -> None:
        super().__init__()
        if classifier.precision != "float32":
            raise ValueError("a classifier that is to be explained must be loaded with exact=True")
        self.classifier = classifier
        self.size = classifier.preprocessing.size
        self.device = classifier.device
        self.model: Any = share_weights(classifier.model)
        self._columns = torch.tensor(classifier.columns, device=classifier.device)

    def forward(self, batch: Tensor) -> Tensor:
        """(n, 3, S, S) float32 to (n, 7) logits in the order of EMOTIONS."""
        if self.device.type == "cpu":
            batch = batch.contiguous(memory_format=torch.channels_last)
        logits: Tensor = self.model(pixel_values=batch).logits
        return logits.float()[:, self._columns]

    def to_batch(self, images: Sequence[ImageArray]) -> Tensor:
        """Normalise square crops: (n, 3, S, S) float32 on the device; n may be 0."""
        if not len(images):
            return torch.zeros(0, 3, self.size, self.size, device=self.device)
        return self.classifier.preprocessing.to_batch(images, self.device)

    def blank(self) -> Tensor:
        """One picture of the mean colour, to try the network with: (1, 3, S, S) zeros."""
        return torch.zeros(1, 3, self.size, self.size, device=self.device)

    def probabilities(self, batch: Tensor) -> Tensor:
        """(n, 3, S, S) float32 to (n, 7) probabilities, a part at a time and without gradients.

        More than one part is computed by the workers, of whom none may ask for that.
        """

        def read(part: Tensor) -> Tensor:
            with torch.inference_mode():
                return self(part).softmax(1)  # type: ignore[no-any-return]

        if not len(batch):
            return torch.zeros(0, len(EMOTIONS), device=self.device)
        parts = torch.split(batch, BATCH_SIZE)
        if len(parts) == 1:
            return read(batch)
        return torch.cat([result for _, result in in_order(read, parts)])


def share_weights(model: Any) -> Any:
    """A network of the same structure over the same weights: it costs no memory to speak of.

    The weights ask for no gradients there, which saves much of the time of a backward pass.
    """
    shared: dict[int, Tensor] = {id(buffer): buffer for buffer in model.buffers()}
    for parameter in model.parameters():
        shared[id(parameter)] = nn.Parameter(parameter.detach(), requires_grad=False)
    return copy.deepcopy(model, shared)


def find_head(model: nn.Module) -> nn.Linear:
    """The layer that gives the logits: the last linear one with as many outputs as labels.

    Raises:
        ModelError: there is none.
    """
    config: Any = model.config
    fitting = [
        module
        for module in model.modules()
        if isinstance(module, nn.Linear) and module.out_features == len(config.id2label)
    ]
    if not fitting:
        raise ModelError("The network has no final linear layer, so this method cannot be used.")
    return fitting[-1]
