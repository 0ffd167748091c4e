"""Networks on a GPU: computed by one thread for all, in batches of few sizes, recorded once.

cuDNN looks for the fastest way through a layer once for every thread and every size of a batch that
it meets. Many threads with batches of any size had it look all the time, for most of a clip. What
is left is PyTorch telling the GPU each step of a small network, which takes longer than the step: a
CUDA graph tells it all steps at once (Gray 2019, "Getting started with CUDA graphs").
"""

from __future__ import annotations

import copy
import logging
from collections import OrderedDict
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
# Shapes of a batch for which a network's steps are kept, those used last.
_MOST_RECORDED = 64
_log = logging.getLogger(__name__)


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
        # None where a shape was met once
        self._recorded: OrderedDict[object, _Recording | None] = OrderedDict()
        self._records = self._device.type == "cuda"

    def _compute(self, pictures: Pictures) -> tuple[FloatArray, ...]:
        import torch

        count = len(pictures)
        given = torch.from_numpy(np.ascontiguousarray(pictures)).to(self._device)
        # to the next power of two
        batch = given.new_zeros((1 << (count - 1).bit_length(), *given.shape[1:]))
        batch[:count] = given
        with torch.inference_mode():
            outputs = self._replay(batch) if self._records else self._forward(batch)
            return tuple(output[:count].float().cpu().numpy() for output in outputs)

    def _forward(self, batch: Tensor) -> tuple[Tensor, ...]:
        pixels = (batch.permute(0, 3, 1, 2).float() - self._mean) / self._scale
        outputs = self._network(pixels.to(self._dtype))
        return outputs if isinstance(outputs, tuple) else (outputs,)

    def _replay(self, batch: Tensor) -> tuple[Tensor, ...]:
        """As :meth:`_forward`; recorded where a shape comes the second time."""
        shape = (*batch.shape, batch.dtype)
        known, recording = shape in self._recorded, self._recorded.pop(shape, None)
        if known and recording is None:
            try:
                recording = _Recording(self, batch)
            except RuntimeError as error:
                _log.warning("A network cannot be recorded: %s", error)
                self._records = False
        self._recorded[shape] = recording
        while len(self._recorded) > _MOST_RECORDED:
            self._recorded.popitem(last=False)
        return self._forward(batch) if recording is None else recording(batch)


class _Recording:
    """All steps of a network over a batch of one shape, which the GPU takes by itself."""

    def __init__(self, network: AcceleratedNetwork, batch: Tensor) -> None:
        import torch

        self._batch = batch.clone()
        self._graph = torch.cuda.CUDAGraph()
        # other threads may use the GPU for something else meanwhile
        with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
            self._outputs = network._forward(self._batch)

    def __call__(self, batch: Tensor) -> tuple[Tensor, ...]:
        """Valid until the next call."""
        self._batch.copy_(batch)
        self._graph.replay()
        return self._outputs
