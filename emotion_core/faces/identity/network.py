"""The network that distinguishes faces: how it is built, written and read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from pydantic import FiniteFloat, TypeAdapter
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.nn import functional

from emotion_core.emotions.registry import read_weights, write_network
from emotion_core.errors import ModelError
from emotion_core.faces.identity.alignment import ALIGNED_SIZE
from emotion_core.inference.libraries import timm

_MEAN = _STD = 0.5


@dataclass(frozen=True, slots=True)
class EmbedderCard:
    """What has to be known of an embedder: its ``config.json``.

    Attributes:
        architecture: name of the backbone in timm.
        dimensions: length of an embedding.
        threshold: cosine above which two faces count as one person.
        size: side of its input in pixels, an aligned face.
    """

    architecture: str
    dimensions: int
    threshold: FiniteFloat
    size: int = ALIGNED_SIZE


_CARD = TypeAdapter(EmbedderCard)


class EmbeddingNetwork(nn.Module):
    """A face to a direction, near to that of other pictures of the same person.

    A backbone, and the head of MobileFaceNet (Chen et al. 2018, "MobileFaceNets: Efficient CNNs
    for accurate real-time face verification on mobile devices"): a depthwise convolution over the
    whole of the last feature map, since in aligned faces each place has a meaning of its own that
    an average would lose, and a linear layer.

    Args:
        card: architecture, size and length.
    """

    def __init__(self, card: EmbedderCard) -> None:
        super().__init__()
        self.backbone = timm.create_model(card.architecture, num_classes=0, global_pool="")
        with torch.no_grad():
            seen = self.backbone.eval()(torch.zeros(1, 3, card.size, card.size))
        self.backbone.train()
        channels, side = seen.shape[1], seen.shape[2]
        self.head = nn.Sequential(
            nn.Conv2d(channels, channels, side, groups=channels, bias=False),
            nn.BatchNorm2d(channels),
            nn.Flatten(),
            nn.Linear(channels, card.dimensions, bias=False),
            nn.BatchNorm1d(card.dimensions),
        )

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, S, S) RGB in [0, 1] to (n, d) embeddings of length 1."""
        shown = ((pixels - _MEAN) / _STD).contiguous(memory_format=torch.channels_last)
        return functional.normalize(self.head(self.backbone(shown)).float())


def save_embedder(network: EmbeddingNetwork, card: EmbedderCard, folder: Path) -> None:
    """Write an embedder, see :func:`~emotion_core.emotions.registry.write_network`."""
    write_network(network, asdict(card), folder)


def load_network(folder: Path) -> tuple[EmbeddingNetwork, EmbedderCard]:
    """Read what :func:`save_embedder` wrote, in float32 and ready to be used.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    try:
        card = _CARD.validate_json((folder / "config.json").read_bytes(), strict=True)
        network = EmbeddingNetwork(card)
        read_weights(network, folder)
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{folder} does not contain a face embedder.") from error
    return network.eval().requires_grad_(False), card
