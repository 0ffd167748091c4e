"""The explainer network: one look at a face, a mask for each emotion.

Stalder et al. 2022, "What You See is What You Classify: Black Box Attributions" (NeurIPS). It is
trained for one classifier (:mod:`emotion_core.training.explainer`) and explains no other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.segmentation import deeplabv3_mobilenet_v3_large, deeplabv3_resnet50

from emotion_core.emotions.classifier import choose_device
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.models import ModelId
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.errors import ModelError
from emotion_core.types import FloatArray, ImageArray

# DeepLabV3 (Chen et al. 2017) by backbone: 39.6 million parameters, as in the study, and 11.0.
ARCHITECTURES = {
    "resnet50": deeplabv3_resnet50,
    "mobilenet_v3_large": deeplabv3_mobilenet_v3_large,
}
MODEL_TYPE = "eme_mask_explainer"
BATCH_SIZE = 16


@dataclass(frozen=True, slots=True)
class ExplainerCard:
    """What has to be known of an explainer to use it, beside its weights.

    Attributes:
        architecture: one of :data:`ARCHITECTURES`.
        size: side of the input in pixels.
        mean, std: of its training set by RGB channel, on pixel values in [0, 1].
        classifier: which one it explains.
        labels: the emotions in the order of its maps.
    """

    architecture: str
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    classifier: ModelId
    labels: tuple[str, ...] = EMOTIONS

    def to_dict(self) -> dict[str, Any]:
        """As ``config.json`` holds it."""
        return {
            "model_type": MODEL_TYPE,
            "architecture": self.architecture,
            "size": self.size,
            "mean": list(self.mean),
            "std": list(self.std),
            "labels": list(self.labels),
            "classifier": {
                "name": self.classifier.name,
                "fingerprint": self.classifier.fingerprint,
            },
        }

    @classmethod
    def from_dict(cls, given: Any, source: Path) -> ExplainerCard:
        """The inverse of :meth:`to_dict`.

        Args:
            given: what was read.
            source: named in errors.

        Raises:
            ModelError: it describes something else, or not all of an explainer.
        """
        if not isinstance(given, dict) or given.get("model_type") != MODEL_TYPE:
            raise ModelError(f"{source} holds a model of another kind, not an explainer of masks.")
        try:
            (r, g, b), (r_std, g_std, b_std) = given["mean"], given["std"]
            card = cls(
                architecture=str(given["architecture"]),
                size=int(given["size"]),
                mean=(float(r), float(g), float(b)),
                std=(float(r_std), float(g_std), float(b_std)),
                classifier=ModelId(
                    str(given["classifier"]["name"]), str(given["classifier"]["fingerprint"])
                ),
                labels=tuple(map(str, given["labels"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{source} describes an explainer incompletely: {error!r}.") from error
        if card.architecture not in ARCHITECTURES:
            raise ModelError(
                f"{source} holds an explainer of the architecture {card.architecture!r}; "
                f"known are {', '.join(ARCHITECTURES)}."
            )
        if card.labels != EMOTIONS or card.size < 1:
            raise ModelError(
                f"{source} does not explain the seven emotions in the project's order."
            )
        return card


class MaskNetwork(nn.Module):
    """DeepLabV3 with a map for each emotion.

    Args:
        architecture: one of :data:`ARCHITECTURES`.
        mean, std: by RGB channel, for the normalisation of the input.

    Raises:
        ModelError: there is no such architecture.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, architecture: str, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        if architecture not in ARCHITECTURES:
            raise ModelError(
                f"There is no explainer with the backbone {architecture!r}; "
                f"known are {', '.join(ARCHITECTURES)}."
            )
        self.body = ARCHITECTURES[architecture](
            weights=None, weights_backbone=None, num_classes=len(EMOTIONS), aux_loss=False
        )
        # no part of the weights: half precision would round them
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """The maps S of a batch, before the sigmoid.

        Args:
            pixels: (n, 3, H, W) RGB in [0, 1], of any size.

        Returns:
            (n, 7, H, W) float32 logits.
        """
        normalised = (pixels - self.mean) / self.std
        maps: Tensor = self.body(normalised.contiguous(memory_format=torch.channels_last))["out"]
        return maps.float()


def load_explainer(folder: Path) -> tuple[MaskNetwork, ExplainerCard]:
    """Load what :func:`emotion_core.training.explainer_export.export_explainer` wrote.

    Args:
        folder: with ``config.json`` and ``model.safetensors``.

    Returns:
        The network in evaluation mode, float32 on the CPU, and its card.

    Raises:
        ModelError: a file is missing or damaged, or holds another kind of model.
    """
    card = ExplainerCard.from_dict(_read_config(folder), folder)
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"The folder {folder} holds no explainer: {weights.name} is missing.")
    try:
        state = load_file(weights)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{weights} is damaged or cut short; copy or train it again.") from error
    network = MaskNetwork(card.architecture, card.mean, card.std)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ModelError(
            f"{weights} does not hold the weights of an explainer with the backbone "
            f"{card.architecture}."
        ) from error
    return network.eval().requires_grad_(False), card


def _read_config(folder: Path) -> Any:
    try:
        return json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelError(
            f"The folder {folder} holds no explainer: config.json is missing."
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / 'config.json'} cannot be read; it is damaged.") from error


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
