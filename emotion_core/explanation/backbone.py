"""The body of the explainer's smaller networks: a classifier of timm, kept at a fine grid."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from emotion_core.inference.libraries import timm


class InterleavedConv2d(nn.Conv2d):
    """A dilated convolution, on a CPU computed as a dense one over interleaved grids.

    With a dilation of d, a pixel meets only every d-th one: those of d x d grids that do not meet.
    As pictures of a batch they give the same numbers (Chen et al. 2017, "DeepLab", section 3.1, for
    atrous convolution). It is for channels that are each on their own, for which PyTorch has no
    fast way with gaps; ``python -m benchmarks.explainer_speed`` measures the difference.
    """

    def forward(self, maps: Tensor) -> Tensor:
        """(n, c, H, W) to the same size; sides that d does not divide go the plain way."""
        n, c, height, width = maps.shape
        d = self.dilation[0]
        if maps.device.type != "cpu" or height % d or width % d:
            return super().forward(maps)
        rows, columns = height // d, width // d
        # channels last throughout, so that whole pixels are moved
        grids = maps.permute(0, 2, 3, 1).reshape(n, rows, d, columns, d, c)
        grids = grids.permute(0, 2, 4, 1, 3, 5).reshape(n * d * d, rows, columns, c)
        padding = self.kernel_size[0] // 2
        found = functional.conv2d(
            grids.permute(0, 3, 1, 2), self.weight, self.bias, padding=padding, groups=self.groups
        )
        found = found.permute(0, 2, 3, 1).reshape(n, d, d, rows, columns, c)
        return found.permute(0, 3, 1, 4, 2, 5).reshape(n, height, width, c).permute(0, 3, 1, 2)


def _interleave(network: nn.Module) -> None:
    """Replace the depthwise convolutions with wide gaps of a network that has no weights yet.

    With gaps of one pixel, to part the grids takes as long as it saves.
    """
    for name, conv in list(network.named_modules()):
        if type(conv) is not nn.Conv2d or conv.dilation[0] <= 2 or conv.groups == 1:
            continue
        parent, _, own = name.rpartition(".")
        fast = InterleavedConv2d(
            conv.in_channels,
            conv.out_channels,
            conv.kernel_size[0],
            padding=conv.dilation[0] * (conv.kernel_size[0] // 2),
            dilation=conv.dilation[0],
            groups=conv.groups,
            bias=conv.bias is not None,
        )
        setattr(network.get_submodule(parent), own, fast)


class TimmBackbone(nn.Module):
    """Two feature maps of a network of timm: the last one, and one that is finer.

    Args:
        architecture: of timm.

    Attributes:
        channels, low_channels: of the last map and of the finer one.
    """

    def __init__(self, architecture: str) -> None:
        super().__init__()
        network: Any = timm.create_model(
            architecture, features_only=True, out_indices=(1, -1), output_stride=8
        )
        self.low_channels, self.channels = (int(n) for n in network.feature_info.channels())
        _interleave(network)
        self.network: nn.Module = network

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """(n, 3, H, W) to ``low``, a quarter of the side, and ``out``, an eighth, for DeepLab."""
        low, last = self.network(pixels)
        return {"low": low, "out": last}
