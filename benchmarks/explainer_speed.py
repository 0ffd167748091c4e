"""Milliseconds of the explainer's look at a face: interleaved convolutions, and the finer grid.

    python -m benchmarks.explainer_speed [--size 160] [--rounds 20]

In turns on one face, in this process, medians: one depthwise convolution of the last blocks as
PyTorch computes it and over interleaved grids, with how far their numbers are apart, and the whole
network both ways. Then the network and its refinement, in PyTorch and as the app computes them, on
one core each where OpenVINO is faster.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from emotion_core.explanation.backbone import InterleavedConv2d
from emotion_core.explanation.mask_network import MaskNetwork
from emotion_core.inference.fastest import fastest
from emotion_core.inference.task import InferenceTask

_COARSE, _FINE = "tf_efficientnet_lite2", "tf_efficientnet_lite2_plus"
_WARM_UP = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    print(f"{options.size} px, {torch.get_num_threads()} threads")
    _compare_convolutions(options.size, options.rounds)
    _compare_grids(options.size, options.rounds)


def _compare_convolutions(size: int, rounds: int) -> None:
    fast, plain = _network(_COARSE), _network(_COARSE)
    plain.load_state_dict(fast.state_dict())
    for conv in _interleaved(plain):
        conv.forward = partial(nn.Conv2d.forward, conv)  # type: ignore[method-assign]
    convs = (_interleaved(plain)[0], _interleaved(fast)[0])
    side = size // 8
    maps = torch.rand(1, convs[0].in_channels, side, side).to(memory_format=torch.channels_last)
    face = torch.rand(1, 3, size, size)
    with torch.inference_mode():
        apart = (convs[0](maps) - convs[1](maps)).abs().max().item()
        times = {
            "one convolution": _in_turns(convs, maps, rounds),
            "the whole look": _in_turns((plain, fast), face, rounds),
        }
    print(f"numbers {apart:.0e} apart at most")
    print("| | plain, ms | interleaved, ms | times faster |\n|---|---|---|---|")
    for name, (slow, quick) in times.items():
        print(f"| {name} | {slow:.2f} | {quick:.2f} | {slow / quick:.2f} |")


def _compare_grids(size: int, rounds: int) -> None:
    networks = [_network(_COARSE), _network(_FINE)]
    noise = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), np.uint8)
    fast = [
        fastest(InferenceTask(network, noise, 3 * [0.0], 3 * [255.0]), torch.device("cpu"))
        for network in networks
    ]
    with torch.inference_mode():
        times = {"PyTorch": _in_turns(networks, torch.rand(1, 3, size, size), rounds)}
        compiled = [network for network in fast if network is not None]
        if len(compiled) == len(networks):
            times["OpenVINO"] = _in_turns(compiled, noise[:1], rounds)
    print("| | an eighth of the side, ms | a quarter, ms | times as long |\n|---|---|---|---|")
    for name, (coarse, fine) in times.items():
        print(f"| {name} | {coarse:.2f} | {fine:.2f} | {fine / coarse:.2f} |")


def _network(architecture: str) -> MaskNetwork:
    torch.manual_seed(0)
    network = MaskNetwork(architecture, (0.5,) * 3, (0.5,) * 3).eval().requires_grad_(False)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def _interleaved(network: nn.Module) -> list[InterleavedConv2d]:
    return [module for module in network.modules() if isinstance(module, InterleavedConv2d)]


def _in_turns(works: Sequence[Callable[[Any], Any]], given: Any, rounds: int) -> list[float]:
    """Median milliseconds of each."""
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(_WARM_UP + rounds):
        for work, times in zip(works, taken, strict=True):
            started = time.perf_counter()
            work(given)
            if turn >= _WARM_UP:
                times.append(1000 * (time.perf_counter() - started))
    return [float(np.median(times)) for times in taken]


if __name__ == "__main__":
    main()
