"""DeepLabV3 whose maps are drawn again on a grid of a quarter of the picture's side.

Chen et al. 2018, "Encoder-Decoder with Atrous Separable Convolution for Semantic Image
Segmentation" (DeepLabV3+, ECCV): the last features of the network know what is where, but only to
an eighth of the side; the early ones know edges to a quarter. A small decoder joins both.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from emotion_core.explanation.backbone import TimmBackbone
from emotion_core.inference.libraries import DeepLabHead

_LOW = 48  # channels of the early features in the decoder, as in the paper
_WIDTH = 256  # of the decoder, as in the paper


class RefinedDeepLab(nn.Module):
    """DeepLabV3 and what a decoder like that of DeepLabV3+ adds to its maps.

    Unlike in the paper, the decoder does not replace the coarse maps but is added to them, and
    begins as zero: at first the network computes exactly what DeepLabV3 does with the same weights,
    and so can continue from one that was trained. And the decoder looks at the features that the
    coarse maps are made of, one convolution after the paper's. ``backbone`` and ``classifier`` have
    the names of torchvision's DeepLabV3.

    Args:
        backbone: gives the features.
        maps: how many maps there are.
    """

    def __init__(self, backbone: TimmBackbone, maps: int) -> None:
        super().__init__()
        self.backbone = backbone
        head: Any = DeepLabHead(backbone.channels, maps)
        # as a plain sequence, of which a part can be taken
        self.classifier = nn.Sequential(*head)
        self.decoder = Decoder(head[-1].in_channels, backbone.low_channels, maps)

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """(n, 3, H, W) to ``out``, (n, maps, H, W)."""
        found = self.backbone(pixels)
        features = self.classifier[:-1](found["out"])
        coarse, added = self.classifier[-1](features), self.decoder(features, found["low"])
        # each from its own grid to the picture: through the finer grid, the coarse maps would not
        # be quite what DeepLabV3 makes of them. In single precision, since half of it would lose
        # a little that is added to much.
        size = pixels.shape[-2:]
        return {"out": _enlarge(coarse.float(), size) + _enlarge(added.float(), size)}


class Decoder(nn.Module):
    """What is added to maps on the grid of the early features.

    Args:
        channels: of the last features.
        low_channels: of the early ones.
        maps: how many maps there are.
    """

    def __init__(self, channels: int, low_channels: int, maps: int) -> None:
        super().__init__()
        self.low = nn.Sequential(nn.Conv2d(low_channels, _LOW, 1, bias=False), *_activation(_LOW))
        self.joined = nn.Sequential(
            *_separable(channels + _LOW, _WIDTH), *_separable(_WIDTH, _WIDTH)
        )
        self.maps = nn.Conv2d(_WIDTH, maps, 1)
        for parameter in self.maps.parameters():
            nn.init.zeros_(parameter)

    def forward(self, features: Tensor, low: Tensor) -> Tensor:
        """(n, channels, h, w) and (n, low_channels, H, W) to (n, maps, H, W)."""
        both = [_enlarge(features, low.shape[-2:]), self.low(low)]
        added: Tensor = self.maps(self.joined(torch.cat(both, dim=1)))
        return added


def _separable(channels: int, width: int) -> tuple[nn.Module, ...]:
    """A depthwise separable convolution: each channel over 3 x 3 pixels, then all at each pixel."""
    depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
    return depthwise, nn.Conv2d(channels, width, 1, bias=False), *_activation(width)


def _activation(channels: int) -> tuple[nn.Module, nn.Module]:
    return nn.BatchNorm2d(channels), nn.ReLU()


def _enlarge(maps: Tensor, size: tuple[int, ...]) -> Tensor:
    return functional.interpolate(maps, size, mode="bilinear", align_corners=False)
