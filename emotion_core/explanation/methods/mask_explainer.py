"""The explainer that was trained for a classifier: one look at a face, a mask for each emotion.

Stalder et al. 2022, "What You See is What You Classify: Black Box Attributions" (NeurIPS). It
explains the classifier that it was trained for (:mod:`emotion_core.training.explainer.module`) and
no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.errors import ModelError
from emotion_core.explanation.explainers import ExplainerCard
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.inference.fastest import fastest
from emotion_core.inference.task import InferenceTask
from emotion_core.progress import Progress, Task
from emotion_core.types import Attribution, ImageArray

if TYPE_CHECKING:
    from torch import Tensor

    from emotion_core.explanation.mask_network import MaskNetwork

BATCH_SIZE = 16


class MaskExplainer(AttributionMethod):
    """Gives the masks of all emotions for faces, in one forward pass.

    Its masks are shares of what is to be shown to the classifier, and stay as they are: unlike
    the maps of other methods they are not stretched to reach from 0 to 1.

    Args:
        classifier: whose readings are explained.
        network, card: an explainer of this classifier.

    Attributes:
        card: what it was trained for.
        network: in evaluation mode, on the classifier's device.
        fast: the same, where something else than PyTorch as it is computes it faster.

    Raises:
        ModelError: it was trained for another classifier.
    """

    name = "explainer"

    def __init__(
        self, classifier: EmotionClassifier, network: MaskNetwork, card: ExplainerCard
    ) -> None:
        import torch

        # the name does not count: the same weights may lie in another folder
        own, given = card.classifier, classifier.identity
        if own.fingerprint != given.fingerprint:
            raise ModelError(
                f"This explainer was trained for {own.name} ({own.fingerprint}) and cannot "
                f"explain {given.name} ({given.fingerprint})."
            )
        self.card = card
        self._size = classifier.preprocessing.size
        self._device = classifier.device
        self.network = network.eval().to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        noise = np.random.default_rng(0).integers(0, 256, (2, card.size, card.size, 3), np.uint8)
        self.fast = fastest(InferenceTask(network, noise, 3 * [0.0], 3 * [255.0]), self._device)

    @classmethod
    def load(cls, folder: Path, classifier: EmotionClassifier) -> MaskExplainer:
        """Load an explainer for a classifier.

        Args:
            folder: as for :func:`~emotion_core.explanation.mask_network.load_explainer`.
            classifier: the one whose readings are to be explained.

        Raises:
            ModelError: it cannot be loaded, or was trained for another classifier.
        """
        from emotion_core.explanation.mask_network import load_explainer

        return cls(classifier, *load_explainer(folder))

    def task(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Task[Attribution]:
        """Look at n faces, once each; see :class:`AttributionMethod`.

        Crops may be larger than the classifier's input: the explainer looks at them in its own
        size, which is larger.
        """
        import torch

        from emotion_core.explanation.methods.maps import select_targets

        parts: list[Tensor] = []
        for start in range(0, len(images), BATCH_SIZE):
            parts.append(self._look(images[start : start + BATCH_SIZE]))
            yield Progress(min(start + BATCH_SIZE, len(images)), len(images))
        masks = torch.cat(parts) if parts else torch.zeros(0, len(EMOTIONS), self._size, self._size)
        return select_targets(masks, targets, self.name)

    def _look(self, images: Sequence[ImageArray]) -> Tensor:
        """(n, 7, S, S) masks at the size of the classifier's input."""
        import torch

        from emotion_core.explanation.methods.maps import enlarge

        stacked = np.stack([resize_face(image, self.card.size) for image in images])
        with torch.inference_mode():
            if self.fast is not None:
                masks = torch.from_numpy(self.fast(stacked)[0])
            else:
                pixels = torch.from_numpy(stacked).to(self._device).permute(0, 3, 1, 2)
                masks = self.network(pixels.float() / 255)
            return enlarge(masks, self._size).sigmoid()
