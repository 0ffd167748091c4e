"""The network that reads the shape of a face: how it is built, written and read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import FiniteFloat, TypeAdapter
from safetensors import SafetensorError
from torch import Tensor, nn

from emotion_core.emotions.registry import read_weights, write_network
from emotion_core.errors import ModelError
from emotion_core.faces.mesh.points import POINTS, VISIBLE_PARTS, mean_face
from emotion_core.faces.mesh.squares import MARGIN
from emotion_core.inference.libraries import timm

_MEAN = _STD = 0.5


@dataclass(frozen=True, slots=True)
class MeshCard:
    """What has to be known of a mesh network: its ``config.json``.

    Attributes:
        architecture: name of the backbone in timm, of the kinds of EfficientNet and MobileNet.
        level: which of its features are taken, by how often they were halved, less one: 3 are at a
            sixteenth of the input.
        size: side of its input in pixels, an upright square.
        margin: side of that square over the longer side of the mesh.
        width: numbers that the features are brought down to.
        shapes: numbers that the points are made of, linearly: meshes have few ways to differ.
        parts: whose visibility it reads, in their order.
    """

    architecture: str = "tf_efficientnet_lite0"
    level: int = 3
    size: int = 96
    margin: FiniteFloat = MARGIN
    width: int = 384
    shapes: int = 160
    parts: tuple[str, ...] = tuple(VISIBLE_PARTS)


_CARD = TypeAdapter(MeshCard)


class MeshNetwork(nn.Module):
    """A face to its points and to which of its parts are visible.

    A backbone up to one of its stages, a depthwise convolution over the whole of that feature map,
    so that each place counts for itself (as in MobileFaceNet, Chen et al. 2018), and linear layers.
    It begins with the mean face in the middle of its square.

    Args:
        card: architecture and sizes.
    """

    def __init__(self, card: MeshCard) -> None:
        super().__init__()
        backbone: Any = timm.create_model(
            card.architecture, features_only=True, out_indices=(card.level,)
        )
        # timm keeps the stages beyond, which nothing asks
        backbone.blocks = backbone.blocks[: backbone.feature_info.get_dicts(["stage"])[0]["stage"]]
        with torch.no_grad():
            (seen,) = backbone.eval()(torch.zeros(1, 3, card.size, card.size))
        self.backbone = backbone.train()
        channels, side = seen.shape[1], seen.shape[2]
        self.neck = nn.Sequential(
            nn.Conv2d(channels, card.width, 1, bias=False),
            nn.BatchNorm2d(card.width),
            nn.Hardswish(),
            nn.Conv2d(card.width, card.width, side, groups=card.width, bias=False),
            nn.BatchNorm2d(card.width),
            nn.Flatten(),
        )
        self.shapes = nn.Linear(card.width, card.shapes)
        self.points = nn.Linear(card.shapes, POINTS * 3)
        self.visibility = nn.Linear(card.width, len(card.parts))
        with torch.no_grad():
            self.points.weight.mul_(0.1)
            self.points.bias.copy_(_mean_in_square(card.margin).flatten())

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, S, S) RGB in [0, 1] to points and logits of visibility.

        Returns:
            (n, 468, 3), x and y from 0 to 1 across the square, z at the same scale; and (n, k).
        """
        shown = ((pixels - _MEAN) / _STD).contiguous(memory_format=torch.channels_last)
        features = self.neck(self.backbone(shown)[0]).float()
        points = self.points(self.shapes(features))
        return points.reshape(-1, POINTS, 3), self.visibility(features)


def _mean_in_square(margin: float) -> Tensor:
    """(468, 3) the mean face as it lies in a square of side 1."""
    face = torch.from_numpy(mean_face())
    low, high = face[:, :2].amin(dim=0), face[:, :2].amax(dim=0)
    scale = 1 / (margin * (high - low).max())
    middle = torch.cat([(low + high) / 2, torch.zeros(1)])
    return (face - middle) * scale + torch.tensor([0.5, 0.5, 0.0])


def save_mesh_network(network: MeshNetwork, card: MeshCard, folder: Path) -> None:
    """Write a mesh network, see :func:`~emotion_core.emotions.registry.write_network`."""
    write_network(network, asdict(card), folder)


def load_mesh_network(folder: Path) -> tuple[MeshNetwork, MeshCard]:
    """Read what :func:`save_mesh_network` wrote, in float32 and ready to be used.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    try:
        card = _CARD.validate_json((folder / "config.json").read_bytes(), strict=True)
        network = MeshNetwork(card)
        read_weights(network, folder)
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{folder} does not contain a mesh network.") from error
    return network.eval().requires_grad_(False), card
