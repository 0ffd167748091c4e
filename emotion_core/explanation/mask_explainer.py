"""The explainer that was trained for a classifier: one look at a face, a mask for each emotion.

Stalder et al. 2022, "What You See is What You Classify: Black Box Attributions" (NeurIPS). It
explains the classifier that it was trained for (:mod:`emotion_core.training.explainer`) and no
other.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from emotion_core.emotions.classifier import choose_device
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.models import ModelId
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.errors import ModelError
from emotion_core.training.explainer_network import ExplainerCard, MaskNetwork, load_explainer
from emotion_core.types import FloatArray, ImageArray

BATCH_SIZE = 16


class MaskExplainer:
    """Gives the masks of all emotions for faces, in one forward pass.

    Holds no state between calls and can be shared between sessions.

    Attributes:
        card: what it was trained for.
    """

    def __init__(
        self, network: MaskNetwork, card: ExplainerCard, device: str | torch.device = "cpu"
    ) -> None:
        self.card = card
        self.device = torch.device(device)
        self._network = network.eval().to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @classmethod
    def load(cls, folder: Path, classifier: ModelId, device: str = "cpu") -> MaskExplainer:
        """Load an explainer for a classifier.

        Args:
            folder: as for :func:`load_explainer`.
            classifier: the one whose readings are to be explained.
            device: as for :func:`emotion_core.emotions.classifier.choose_device`.

        Raises:
            ModelError: it cannot be loaded, or was trained for another classifier.
        """
        network, card = load_explainer(folder)
        # the name does not count: the same weights may lie in another folder
        if card.classifier.fingerprint != classifier.fingerprint:
            raise ModelError(
                f"The explainer in {folder} was trained for {card.classifier.name} "
                f"({card.classifier.fingerprint}) and cannot explain {classifier.name} "
                f"({classifier.fingerprint})."
            )
        return cls(network, card, choose_device(device))

    def attribute(self, crops: ImageArray) -> FloatArray:
        """Where each emotion is read in each face.

        Args:
            crops: (n, S, S, 3) uint8 RGB face crops; n may be 0.

        Returns:
            (n, 7, S, S) float32 in [0, 1], in the order of :data:`EMOTIONS`.
        """
        masks = [
            self._forward(crops[start : start + BATCH_SIZE])
            for start in range(0, len(crops), BATCH_SIZE)
        ]
        if not masks:
            return np.zeros((0, len(EMOTIONS), *crops.shape[1:3]), np.float32)
        return np.concatenate(masks)

    def _forward(self, crops: ImageArray) -> FloatArray:
        stacked = np.stack([resize_face(crop, self.card.size) for crop in crops])
        pixels = torch.from_numpy(stacked).to(self.device).permute(0, 3, 1, 2).float() / 255
        with torch.inference_mode():
            maps = self._network(pixels)
            if maps.shape[2:] != crops.shape[1:3]:
                maps = functional.interpolate(maps, crops.shape[1:3], mode="bilinear")
            masks: FloatArray = maps.sigmoid().cpu().numpy()
        return masks
