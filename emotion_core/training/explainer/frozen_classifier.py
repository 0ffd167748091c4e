"""A classifier that is looked at and not changed: what an explainer learns to explain."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.explanation.explainers import coarser


class FrozenClassifier:
    """A classifier whose weights stay as they are, while gradients flow through it to its input.

    No module on purpose: it is neither trained, averaged nor saved with the explainer, and stays
    in evaluation mode whatever mode the explainer is in.

    Args:
        classifier: of any architecture that the app loads, in float32.

    Attributes:
        identity: which one it is.
        size: side of its input in pixels.
        mean, std: by RGB channel, on pixel values in [0, 1].
    """

    def __init__(self, classifier: EmotionClassifier) -> None:
        self.identity = classifier.identity
        self.size = classifier.preprocessing.size
        self.network: Any = classifier.model.float().eval().requires_grad_(False)
        self.mean, self.std = classifier.preprocessing.mean, classifier.preprocessing.std
        self._mean = torch.tensor(self.mean).view(1, 3, 1, 1)
        self._std = torch.tensor(self.std).view(1, 3, 1, 1)
        self._columns = torch.tensor(classifier.columns)

    def __deepcopy__(self, memo: dict[int, Any]) -> FrozenClassifier:
        return self  # a running average of the explainer needs no second one

    def to(self, device: torch.device) -> None:
        """Move all of it; pictures must be on the same device."""
        self.network.to(device, memory_format=torch.channels_last)
        self._mean, self._std = self._mean.to(device), self._std.to(device)
        self._columns = self._columns.to(device)

    def lend(self, architecture: str) -> dict[str, Tensor] | None:
        """Its own weights, where it is the backbone of an explainer's architecture.

        Args:
            architecture: one of :data:`~emotion_core.explanation.explainers.ARCHITECTURES`.

        Returns:
            The weights by timm's names; ``None`` where it is another network.
        """
        if getattr(self.network.config, "architecture", None) != coarser(architecture):
            return None
        state: dict[str, Tensor] = self.network.timm_model.state_dict()
        return state

    def normalise(self, pixels: Tensor) -> Tensor:
        """(n, 3, S, S) RGB in [0, 1] to the values in which 0 is a missing background."""
        return (pixels - self._mean) / self._std

    def read(self, normalised: Tensor) -> Tensor:
        """Logits of pictures, masked or whole.

        Args:
            normalised: (n, 3, S, S) as :meth:`normalise` gives them; another size is resized to
                the classifier's own.

        Returns:
            (n, 7) float32 in the project's order.
        """
        if normalised.shape[-1] != self.size:
            normalised = functional.interpolate(
                normalised, (self.size,) * 2, mode="bilinear", antialias=True
            )
        view = normalised.contiguous(memory_format=torch.channels_last)
        logits: Tensor = self.network(pixel_values=view).logits
        return logits.float().index_select(1, self._columns)
