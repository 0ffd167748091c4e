"""Other work that keeps every core busy, as a browser and a sync do on a laptop."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def busy() -> Iterator[None]:
    """As many processes as cores, each computing without a pause, until the block ends."""
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_compute, daemon=True) for _ in range(os.cpu_count() or 1)]
    for process in others:
        process.start()
    try:
        yield
    finally:
        for process in others:
            process.terminate()
            process.join()


def _compute() -> None:
    total = 0
    while True:
        total = (total * 31 + 7) % 1_000_003
