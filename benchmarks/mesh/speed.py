"""Milliseconds a face of mesh networks by backbone and input size, as the app computes them.

    python -m benchmarks.mesh.speed [--backbones A B] [--level 3] [--sizes 96 112 128]

Weights are random: they do not change how long a network computes. Each network computes batches
on one core and then on all that the process may use, one batch a core, as frames of a clip do.
The fastest of the rounds counts, since whatever else the machine does only adds to it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import wait

import numpy as np
import torch

from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.faces.mesh.network import MeshCard, MeshNetwork
from emotion_core.workers import worker_count, workers


def main(given: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    arguments = _arguments(given)
    print(f"{'':<28}{'px':>5}{'MB':>7}{'ms a face':>11}{f'on {worker_count()} cores':>13}")
    for backbone in arguments.backbones:
        for size in arguments.sizes:
            reader = build(MeshCard(backbone, arguments.level, size))
            megabytes = sum(t.numel() for t in reader[0].state_dict().values()) * 2 / 1e6
            one, all_cores = measure(reader[1], size, arguments.batch, arguments.rounds)
            print(f"{backbone:<28}{size:>5}{megabytes:>7.2f}{one:>11.2f}{all_cores:>13.2f}")


def build(card: MeshCard) -> tuple[MeshNetwork, MeshReader]:
    """A network with random weights, and what reads with it."""
    torch.manual_seed(0)
    network = MeshNetwork(card).eval().requires_grad_(False)
    return network, MeshReader(network, card, "random")


def measure(reader: MeshReader, size: int, batch: int, rounds: int) -> tuple[float, float]:
    """Milliseconds a face, on one core and on all of them together."""
    faces = np.random.default_rng(0).integers(0, 256, (batch, size, size, 3)).astype(np.uint8)
    results = []
    for tasks in (1, worker_count()):
        times = []
        for _ in range(rounds):
            started = time.perf_counter()
            wait([workers().submit(reader.read_crops, faces) for _ in range(tasks)])
            times.append(1000 * (time.perf_counter() - started) / (batch * tasks))
        results.append(min(times))
    return results[0], results[1]


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backbones", nargs="+", default=[MeshCard().architecture])
    parser.add_argument("--level", type=int, default=MeshCard().level, help="of its features")
    parser.add_argument("--sizes", nargs="+", type=int, default=[96, 112, 128])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
