"""Rows of a ``faces`` table of faces that are easy to read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import VISIBLE_COLUMNS

FPS = 10


def rows(
    character: str,
    start: float,
    end: float,
    shares: Mapping[str, float],
    *,
    track: int = 0,
    speaking: float = 0.0,
) -> pd.DataFrame:
    """A face that reads the same from one second to another; what is left is neutral."""
    time = np.arange(round(start * FPS), round(end * FPS)) / FPS
    found = pd.DataFrame({"time": time, "track": track, "shot": 0})
    found["character"] = pd.array([character] * len(time), dtype="string")
    for name, value in {"x1": 0, "y1": 0, "x2": 200, "y2": 200, "turn": 0.0}.items():
        found[name] = value
    found["sharpness"] = 1e6
    for name in EMOTIONS:
        found[name] = shares.get(name, 0.0)
    found["neutral"] += 1 - sum(shares.values())
    for name in VISIBLE_COLUMNS:
        found[name] = 1.0
    found["speaking"] = speaking
    return found
