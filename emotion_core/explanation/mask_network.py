"""The explainer network and loading it; needs nothing beyond requirements.txt.

Stalder et al. 2022, "What You See is What You Classify: Black Box Attributions" (NeurIPS).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.explanation.backbone import TimmBackbone
from emotion_core.explanation.explainers import ARCHITECTURES, ExplainerCard, read_card
from emotion_core.explanation.refined_deeplab import RefinedDeepLab
from emotion_core.inference.libraries import (
    DeepLabHead,
    DeepLabV3,
    deeplabv3_mobilenet_v3_large,
    deeplabv3_resnet50,
)


def deeplabv3_efficientnet_lite2(num_classes: int, **_: object) -> DeepLabV3:
    """DeepLabV3 on the network of the embedded classifier, which can lend its weights."""
    backbone = TimmBackbone("tf_efficientnet_lite2")
    return DeepLabV3(backbone, DeepLabHead(backbone.channels, num_classes))


def refined_efficientnet_lite2(num_classes: int, **_: object) -> RefinedDeepLab:
    """The same with a decoder that makes its grid finer."""
    return RefinedDeepLab(TimmBackbone("tf_efficientnet_lite2"), num_classes)


_BUILDERS = dict(
    zip(
        ARCHITECTURES,
        (
            deeplabv3_resnet50,
            deeplabv3_mobilenet_v3_large,
            deeplabv3_efficientnet_lite2,
            refined_efficientnet_lite2,
        ),
        strict=True,
    )
)
_MOMENTUM = 0.1  # of the statistics of batch normalisation
# Of the maps. A long training drives them far apart; from 17 on the sigmoid is 1 in single
# precision, and which parts of a mask come first would be lost.
_BOUND = 10.0


class MaskNetwork(nn.Module):
    """DeepLabV3, or its refinement, with a map for each emotion.

    Args:
        architecture: one of :data:`~emotion_core.explanation.explainers.ARCHITECTURES`.
        mean, std: by RGB channel, for the normalisation of the input.

    Raises:
        ModelError: there is no such architecture.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, architecture: str, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        if architecture not in _BUILDERS:
            raise ModelError(
                f"There is no explainer with the backbone {architecture!r}; "
                f"known are {', '.join(ARCHITECTURES)}."
            )
        self.body = _BUILDERS[architecture](
            weights=None, weights_backbone=None, num_classes=len(EMOTIONS), aux_loss=False
        )
        # torchvision's MobileNet remembers 99% of its statistics from step to step; in a run of a
        # few thousand steps they would lag far behind the weights, and validation judge a network
        # that is not the one being trained
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = _MOMENTUM
        # no part of the weights: half precision would round them
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """The maps S of a batch, before the sigmoid.

        Args:
            pixels: (n, 3, H, W) RGB in [0, 1], of any size.

        Returns:
            (n, 7, H, W) float32 logits, softly bounded to less than 10 either way.
        """
        normalised = (pixels - self.mean) / self.std
        maps: Tensor = self.body(normalised.contiguous(memory_format=torch.channels_last))["out"]
        return _BOUND * (maps.float() / _BOUND).tanh()

    def begin_as(self, other: MaskNetwork) -> None:
        """Take all weights of a trained one: of the same architecture, or of the coarser one.

        What a refinement adds to a coarser one stays as it is, which is nothing at first: the two
        then give the same maps.

        Raises:
            RuntimeError: it is of another architecture.
        """
        self.load_state_dict({**self.state_dict(), **other.state_dict()})


def load_explainer(folder: Path) -> tuple[MaskNetwork, ExplainerCard]:
    """Load what :func:`emotion_core.training.explainer.export.export_explainer` wrote.

    Args:
        folder: with ``config.json`` and ``model.safetensors``.

    Returns:
        The network in evaluation mode, float32 on the CPU, and its card.

    Raises:
        ModelError: a file is missing or damaged, or holds another kind of model.
    """
    card = read_card(folder)
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"The folder {folder} has no explainer: {weights.name} is missing.")
    try:
        state = load_file(weights)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{weights} is damaged or truncated. Copy or train it again.") from error
    network = MaskNetwork(card.architecture, card.mean, card.std)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ModelError(
            f"{weights} does not contain the weights of an explainer with the backbone "
            f"{card.architecture}."
        ) from error
    if not all(bool(tensor.isfinite().all()) for tensor in state.values()):
        raise ModelError(
            f"{weights} contains values that are not numbers. Train the explainer again."
        )
    return network.eval().requires_grad_(False), card
