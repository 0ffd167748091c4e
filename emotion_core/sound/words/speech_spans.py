"""Stretches in which somebody speaks, from a table of the probability of speech."""

from __future__ import annotations

import numpy as np
import pandas as pd

STEP = 0.1  # seconds between the rows of the table
_SPEAKS = 0.5
# Seconds kept before and after speech, and pauses that do not part it.
_MARGIN = 0.3
_PAUSE = 1.0


def speech_spans(speech: pd.DataFrame, start: float, end: float) -> list[tuple[float, float]]:
    """From when to when somebody speaks, in order and apart from each other.

    Args:
        speech: ``time, speech`` (s; probability), a row for every 0.1 s that begins there.
        start, end: of the part of the clip that is asked for, in s.

    Returns:
        spans within that part, with 0.3 s on either side; pauses under a second do not part them.
    """
    time = speech["time"].to_numpy(np.float64)
    speaks = time[speech["speech"].to_numpy(np.float64) >= _SPEAKS]
    spans: list[tuple[float, float]] = []
    for moment in speaks[(speaks + STEP > start) & (speaks < end)]:
        first, last = max(moment - _MARGIN, start), min(moment + STEP + _MARGIN, end)
        if spans and first - spans[-1][1] <= _PAUSE - 2 * _MARGIN:
            spans[-1] = spans[-1][0], last
        else:
            spans.append((first, last))
    return [(float(first), float(last)) for first, last in spans]
