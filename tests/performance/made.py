"""Performances made up for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.performance import Performance, Values
from emotion_core.scene.analysis import MESH_COLUMNS


def make_performance(
    values: Values | Sequence[Sequence[float]],
    fps: float = 25.0,
    name: str = "Ana",
    start: float = 0.0,
) -> Performance:
    """A performance with a reading in each frame, (n, 7), in one shot."""
    probabilities = np.asarray(values, np.float64).reshape(-1, len(EMOTIONS))
    n = len(probabilities)
    faces = pd.DataFrame(probabilities, columns=list(EMOTIONS))
    faces["frame"] = np.arange(n) + round(start * fps)
    faces["time"] = start + np.arange(n) / fps
    faces = faces.assign(shot=0, track=0, x1=10.0, y1=10.0, x2=90.0, y2=90.0)
    faces = faces.assign(
        sharpness=1.0, turn=0.0, detected=True, **dict.fromkeys(MESH_COLUMNS, np.nan)
    )
    return Performance(name, f"{name}'s scene", faces, start + n / fps, 1, fps)


def pure(emotion: str, share: float = 1.0) -> list[float]:
    """A reading that leads with one emotion; the others share the rest."""
    reading = [(1 - share) / 6] * 7
    reading[EMOTIONS.index(emotion)] = share
    return reading


def wander(seconds: float, seed: int, fps: float = 25.0, tau: float = 1.0) -> Values:
    """(n, 7) readings that drift as faces do: logits with a memory of ``tau`` seconds."""
    rng, n = np.random.default_rng(seed), round(seconds * fps)
    keeps = np.exp(-1 / (fps * tau))
    noise = rng.normal(size=(n, 7)) * 1.5
    logits = noise.copy()
    for row in range(1, n):
        logits[row] = keeps * logits[row - 1] + np.sqrt(1 - keeps**2) * noise[row]
    shares = np.exp(logits)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def play_slower(values: Values, factor: float) -> Values:
    """The same readings over ``factor`` times as many frames."""
    known, wanted = np.arange(len(values)), np.arange(round(factor * len(values))) / factor
    return np.stack([np.interp(wanted, known, column) for column in values.T], axis=1)


def without_frames(performance: Performance, first: int, last: int) -> Performance:
    """The same, not seen from one frame to another."""
    frames = performance.faces["frame"]
    seen = performance.faces[(frames < first) | (frames > last)]
    return replace(performance, faces=seen.reset_index(drop=True))
