"""What is to be computed, whatever computes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from emotion_core.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

# (n, H, W, 3), uint8 or float32.
Pictures = npt.NDArray[Any]


@dataclass(frozen=True)
class InferenceTask:
    """A network and what is to be kept when it is computed in another way.

    Attributes:
        network: in float32 and evaluation mode; takes (n, 3, H, W) float32, gives one output or
            several.
        example: (n, H, W, 3) pictures with n at least 2, uint8 or float32 as they will come.
        mean, scale: what the network expects is a picture less the one, over the other, three
            numbers each.
        any_size: whether pictures of other sizes will come.
        is_as_good: whether the first output in half precision, the second, is as good as that in
            float32; without it only float32 is taken.
        rival: how PyTorch would compute it otherwise on a CPU; the network itself if ``None``.
    """

    network: nn.Module
    example: Pictures
    mean: Sequence[float]
    scale: Sequence[float]
    any_size: bool = False
    is_as_good: Callable[[FloatArray, FloatArray], bool] | None = None
    rival: Callable[[Pictures], object] | None = None

    def prepared(self) -> Tensor:
        """The example as the network expects it."""
        import torch

        mean, scale = (np.array(one, np.float32) for one in (self.mean, self.scale))
        pixels = (self.example.astype(np.float32) - mean) / scale
        return torch.from_numpy(pixels).permute(0, 3, 1, 2)

    def in_pytorch(self, *, own: bool = False) -> tuple[FloatArray, ...]:
        """What PyTorch gives for the example; ``own`` is without the rival."""
        import torch

        with torch.inference_mode():
            if self.rival is not None and not own:
                self.rival(self.example)
                return ()
            outputs = self.network(self.prepared())
        together = outputs if isinstance(outputs, tuple) else (outputs,)
        return tuple(output.numpy() for output in together)
