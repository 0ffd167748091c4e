"""What the search of beats costs, as ruptures offers it in C and in Python.

Ten minutes of a made face that changes every few seconds, in one segment, the worst case. Printed
are the seconds of each search and how many times as long the slower one takes, whether both find
the same beats, and the seconds of all that is reported about such a performance.

Run ``python -m benchmarks.beat_search``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
from ruptures import KernelCPD, Pelt

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.arcs.arc import arc_of
from emotion_core.performance.chords.beats import PENALTY, SHORTEST_BEAT, STEP
from emotion_core.performance.performance import Performance
from emotion_core.performance.progression import read_progression
from emotion_core.scene.analysis import MESH_COLUMNS

SECONDS, FPS = 600, 25
T = TypeVar("T")


def made_performance() -> Performance:
    """A reading in each frame, none of them doubtful."""
    rng = np.random.default_rng(0)
    levels = rng.dirichlet(np.full(len(EMOTIONS), 0.4), size=SECONDS // 3)
    values = np.repeat(levels, 3 * FPS, axis=0) + rng.exponential(0.02, (SECONDS * FPS, 7))
    faces = pd.DataFrame(values / values.sum(axis=1, keepdims=True), columns=list(EMOTIONS))
    n = len(faces)
    faces = faces.assign(frame=np.arange(n), time=np.arange(n) / FPS, shot=0, track=0)
    faces = faces.assign(
        x1=0.0,
        y1=0.0,
        x2=99.0,
        y2=99.0,
        sharpness=1.0,
        turn=0.0,
        **dict.fromkeys(MESH_COLUMNS, np.nan),
    )
    return Performance("made", "made", faces, float(SECONDS), 1, float(FPS))


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What some work gives, and the seconds that it takes."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def main() -> None:
    performance = made_performance()
    values = arc_of(performance, STEP).values
    shortest, penalty = round(SHORTEST_BEAT / STEP), PENALTY / STEP
    fast, in_c = timed(
        lambda: KernelCPD(kernel="linear", min_size=shortest).fit(values).predict(pen=penalty)
    )
    slow, in_python = timed(
        lambda: Pelt("l2", min_size=shortest, jump=1).fit(values).predict(pen=penalty)
    )
    _, everything = timed(lambda: read_progression(performance))
    print(f"{'search':<22}{'seconds':>9}{'beats':>7}")
    print(f"{'KernelCPD (C)':<22}{in_c:>9.3f}{len(fast) - 1:>7}")
    print(f"{'Pelt (Python)':<22}{in_python:>9.3f}{len(slow) - 1:>7}")
    print(f"Python takes {in_python / in_c:.0f} times as long; same beats: {fast == slow}")
    print(f"All that is told of {SECONDS} s: {everything:.2f} s")


if __name__ == "__main__":
    main()
