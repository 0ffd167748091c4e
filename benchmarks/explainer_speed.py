"""Milliseconds of the explainer's look at a face, with interleaved convolutions and without.

    python -m benchmarks.explainer_speed [--size 160] [--rounds 20]

In turns on one face, in this process, medians: one depthwise convolution of the last blocks as
PyTorch computes it and over interleaved grids, with how far their numbers are apart, and the whole
network both ways.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from emotion_core.explanation.mask_network import InterleavedConv2d, MaskNetwork

_WARM_UP = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    torch.manual_seed(0)
    fast, plain = _network(), _network()
    plain.load_state_dict(fast.state_dict())
    for conv in _interleaved(plain):
        conv.forward = partial(nn.Conv2d.forward, conv)  # type: ignore[method-assign]
    convs = (_interleaved(plain)[0], _interleaved(fast)[0])
    side = options.size // 8
    maps = torch.rand(1, convs[0].in_channels, side, side).to(memory_format=torch.channels_last)
    face = torch.rand(1, 3, options.size, options.size)
    with torch.inference_mode():
        apart = (convs[0](maps) - convs[1](maps)).abs().max().item()
        times = {
            "one convolution": _in_turns(convs, maps, options.rounds),
            "the whole look": _in_turns((plain, fast), face, options.rounds),
        }
    print(
        f"{options.size} px, {torch.get_num_threads()} threads, numbers {apart:.0e} apart at most"
    )
    print("| | plain, ms | interleaved, ms | times faster |\n|---|---|---|---|")
    for name, (slow, quick) in times.items():
        print(f"| {name} | {slow:.2f} | {quick:.2f} | {slow / quick:.2f} |")


def _network() -> MaskNetwork:
    network = MaskNetwork("tf_efficientnet_lite2", (0.5,) * 3, (0.5,) * 3).eval()
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def _interleaved(network: nn.Module) -> list[InterleavedConv2d]:
    return [module for module in network.modules() if isinstance(module, InterleavedConv2d)]


def _in_turns(
    works: tuple[Callable[[Tensor], Tensor], ...], given: Tensor, rounds: int
) -> list[float]:
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
