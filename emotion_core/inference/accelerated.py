"""Networks on a GPU: computed by one thread for all, in batches of few sizes.

cuDNN looks for the fastest way through a layer once for every thread and every size of a batch that
it meets. Many threads with batches of any size had it look all the time, for most of a clip.
"""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from emotion_core.inference.task import InferenceTask, Pictures
from emotion_core.types import FloatArray

if TYPE_CHECKING:
    import torch
    from torch import Tensor

# Larger batches are computed in parts.
_LARGEST_BATCH = 256


@cache
def _gpu_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "gpu")


class AcceleratedNetwork:
    """A network on a GPU that any thread may call.

    In half precision where ``task`` says that this is as good.

    Args:
        task: the network and what it expects.
        device: where it computes.

    """

    def __init__(self, task: InferenceTask, device: torch.device) -> None:
        import torch

        self._device = device
        self._mean, self._scale = (
            torch.tensor(list(one), device=device).view(1, 3, 1, 1)
            for one in (task.mean, task.scale)
        )
        self._use(task.network, torch.float32)
        if task.is_as_good is not None:
            exact = self(task.example)[0]
            self._use(copy.deepcopy(task.network), torch.float16)
            if not task.is_as_good(exact, self(task.example)[0]):
                self._use(task.network, torch.float32)

    @property
    def precision(self) -> str:
        """What it computes in, ``float32`` or ``float16``."""
        return str(self._dtype).removeprefix("torch.")

    def __call__(self, pictures: Pictures) -> tuple[FloatArray, ...]:
        """What the network gives for n (H, W, 3) pictures, each output of it float32; n above 0."""
        parts = [
            _gpu_thread().submit(self._compute, pictures[start : start + _LARGEST_BATCH]).result()
            for start in range(0, len(pictures), _LARGEST_BATCH)
        ]
        if len(parts) == 1:
            return parts[0]
        return tuple(np.concatenate(outputs) for outputs in zip(*parts, strict=True))

    def _use(self, network: torch.nn.Module, dtype: torch.dtype) -> None:
        import torch

        self._dtype = dtype
        self._network = network.eval().to(self._device, dtype)
        self._network = self._network.to(memory_format=torch.channels_last)

    def _compute(self, pictures: Pictures) -> tuple[FloatArray, ...]:
        import torch

        count = len(pictures)
        given = torch.from_numpy(np.ascontiguousarray(pictures)).to(self._device)
        # to the next power of two
        batch = given.new_zeros((1 << (count - 1).bit_length(), *given.shape[1:]))
        batch[:count] = given
        with torch.inference_mode():
            pixels = (batch.permute(0, 3, 1, 2).float() - self._mean) / self._scale
            outputs = self._network(pixels.to(self._dtype))
        together: tuple[Tensor, ...] = outputs if isinstance(outputs, tuple) else (outputs,)
        return tuple(output[:count].float().cpu().numpy() for output in together)
