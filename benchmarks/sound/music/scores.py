"""How well a reading fits what is known of a piece."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.sound.music.truth import NAMES, Piece

TEMPO_TOLERANCE = 0.04  # of MIREX
CHANGE_TOLERANCE, BEAT_TOLERANCE = 1.0, 0.07  # seconds
_STEP = 0.1


def key_score(found: str, true: str) -> float:
    """MIREX: 1 for the key, 0.5 a fifth away, 0.3 for the relative and 0.2 for the parallel one."""
    (tonic, mode), (own, own_mode) = (
        (NAMES.index(name.split()[0]), name.split()[1]) for name in (found, true)
    )
    if (tonic, mode) == (own, own_mode):
        return 1.0
    if mode == own_mode:
        return 0.5 if (tonic - own) % 12 in (5, 7) else 0.0
    relative = 9 if own_mode == "major" else 3
    return 0.3 if (tonic - own) % 12 == relative else 0.2 if tonic == own else 0.0


def tempo_right(bpm: float, true: float, *, octaves: bool) -> bool:
    """Within 4%; allowing octaves, also of half, twice, a third and three times the tempo."""
    allowed = (1, 2, 3, 1 / 2, 1 / 3) if octaves else (1,)
    return any(abs(bpm / (true * times) - 1) <= TEMPO_TOLERANCE for times in allowed)


def at(table: pd.DataFrame, times: Sequence[float] | np.ndarray, column: str) -> list[object]:
    """What a table with start and end says at some times; None where it says nothing."""
    start, end = table["start"].to_numpy(), table["end"].to_numpy()
    place = np.searchsorted(start, times, side="right") - 1
    values = table[column].tolist()
    return [
        values[k] if k >= 0 and time < end[k] else None
        for k, time in zip(place.tolist(), times, strict=True)
    ]


def ticks(start: float, end: float) -> np.ndarray:
    """Middles of steps of 0.1 s."""
    return np.arange(start + _STEP / 2, end, _STEP)


def hits(found: Sequence[float], true: Sequence[float], tolerance: float) -> int:
    """How many can be paired, each once, in order of time."""
    pairs, k = 0, 0
    for time in sorted(true):
        while k < len(found) and found[k] < time - tolerance:
            k += 1
        if k < len(found) and found[k] <= time + tolerance:
            pairs, k = pairs + 1, k + 1
    return pairs


def f_score(pairs: int, found: int, true: int) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * pairs / max(found + true, 1)


def truth_at(piece: Piece, times: np.ndarray) -> list[object]:
    """Its chords at some times."""
    rows = pd.DataFrame(piece.chords, columns=["start", "end", "chord"])
    return at(rows, times, "chord")
