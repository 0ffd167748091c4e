"""How long a clip would take with more workers than there are cores for."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Costs:
    """What one worker takes for a clip, in seconds.

    Attributes:
        seconds: length of the clip.
        cuts: to find where each chunk ends.
        reads: to read each chunk.
        join: to join them, and to enter the scene in the library.
        whole: to read the clip in one piece and enter it.
    """

    seconds: float
    cuts: tuple[float, ...]
    reads: tuple[float, ...]
    join: float
    whole: float

    def repeated(self, times: float) -> Costs:
        """Of a clip that is so many times as long."""
        count = round(len(self.reads) * times)
        places = [number % len(self.reads) for number in range(count)]
        return Costs(
            self.seconds * times,
            tuple(self.cuts[place] for place in places),
            tuple(self.reads[place] for place in places),
            self.join * times,
            self.whole * times,
        )


def simulate(costs: Costs, workers: int) -> float:
    """Seconds for a clip whose chunks are read by so many workers, each on one core.

    One of them finds the chunks and then reads as the others do; a chunk waits until it is found,
    and then for a worker. One worker alone reads the clip in one piece.
    """
    if workers == 1:
        return costs.whole
    found = np.cumsum(costs.cuts)
    free = [float(found[-1]), *[0.0] * (workers - 1)]
    for ready, seconds in zip(found, costs.reads, strict=True):
        start = heapq.heappop(free)
        heapq.heappush(free, max(start, float(ready)) + seconds)
    return max(free) + costs.join
