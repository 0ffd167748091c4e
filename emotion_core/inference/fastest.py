"""The choice of what computes a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emotion_core.inference.accelerated import AcceleratedNetwork
from emotion_core.inference.compiled import CompiledNetwork, compile_network
from emotion_core.inference.task import InferenceTask

if TYPE_CHECKING:
    import torch

FastNetwork = CompiledNetwork | AcceleratedNetwork


def fastest(task: InferenceTask, device: torch.device) -> FastNetwork | None:
    """What computes a network fastest on a device; ``None`` where PyTorch does, as it is."""
    if device.type == "cpu":
        return compile_network(task)
    return AcceleratedNetwork(task, device)
