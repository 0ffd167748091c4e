"""How long a clip would take with more workers than there are cores for."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

# Seconds of a step; chunks take many of them.
_STEP = 0.02


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

    One of them also searches for the cuts; while it reads as well, both take twice as long. A
    chunk waits until it is found, and then for a worker. With one worker, the clip is read in one
    piece.
    """
    if workers == 1:
        return costs.whole
    found, cuts, ready = 0, deque(costs.cuts), deque[int]()
    left = [0.0] * workers  # seconds until each is free
    search, time, done = cuts.popleft(), 0.0, 0
    searching = True
    while done < len(costs.reads):
        for worker in reversed(range(workers)):  # the one that searches comes last
            if left[worker] <= 0 and ready:
                left[worker] = costs.reads[ready.popleft()]
        shared = searching and left[0] > 0
        for worker in range(workers):
            if left[worker] > 0:
                left[worker] -= _STEP / 2 if shared and worker == 0 else _STEP
                done += left[worker] <= 0
        if searching:
            search -= _STEP / 2 if shared else _STEP
            if search <= 0:
                ready.append(found)
                found += 1
                searching = bool(cuts)
                search = cuts.popleft() if cuts else 0.0
        time += _STEP
    return time + costs.join
