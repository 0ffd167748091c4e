"""From when to when there is music."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.sound.music.paths import runs_of
from emotion_core.sound.music.spectra import ROWS
from emotion_core.types import FloatArray

# Music from this probability on.
LIKELY = 0.5
# Up to this level, in dB of full scale, there is silence: 16-bit noise is at -98.
SILENT = -60.0
# Seconds: a shorter pause belongs to the music around it, shorter music is none.
PAUSE, SHORTEST = 2.0, 3.0

Sections = list[tuple[int, int]]


def sections_of(level: FloatArray, music: pd.DataFrame | None) -> Sections:
    """First and one past the last row of each section.

    Args:
        level: (n,) dB, :data:`~emotion_core.sound.music.spectra.ROWS` a second.
        music: ``time`` in seconds (where a row begins) and ``music``, a probability; without it,
            whatever is not silent counts.

    Raises:
        ValueError: ``music`` lacks a column.
    """
    heard = level > SILENT
    if music is not None:
        heard = heard & _likely(music, len(level))
    return _kept(heard, round(PAUSE * ROWS), round(SHORTEST * ROWS))


def _likely(music: pd.DataFrame, rows: int) -> npt.NDArray[np.bool_]:
    if missing := {"time", "music"} - set(music.columns):
        raise ValueError(f"music must have the columns time and music, but lacks {missing}")
    time = music["time"].to_numpy(np.float64)
    if not len(time):
        return np.zeros(rows, np.bool_)
    middles = (np.arange(rows) + 0.5) / ROWS
    place = np.searchsorted(time, middles, side="right") - 1
    values = music["music"].to_numpy(np.float64)[place.clip(0)]
    return np.asarray((values >= LIKELY) & (place >= 0), np.bool_)


def _kept(heard: npt.NDArray[Any], pause: int, shortest: int) -> Sections:
    found: Sections = []
    for start, end in runs_of(heard):
        if not heard[start]:
            continue
        if found and start - found[-1][1] < pause:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return [(start, end) for start, end in found if end - start >= shortest]
