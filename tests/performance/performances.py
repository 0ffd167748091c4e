"""Performances made up for tests, part by part."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.performance import Performance, performances_of
from tests.scene.scenes import FPS, make_scene

# what is played, or None for nobody in view, and for how many seconds
Part = tuple[str | Mapping[str, float] | None, float]


def perform(*parts: Part, cuts: tuple[float, ...] = (), name: str = "Ana") -> Performance:
    """One face that plays parts one after the other, at 25 frames a second.

    Args:
        parts: an emotion, which then has 94%, or the shares of several.
        cuts: times at which a shot begins.
        name: of the face.
    """
    frames = [round(seconds * FPS) for _, seconds in parts]
    ends = np.cumsum(frames)
    runs, readings = [], []
    for (played, _), count, end in zip(parts, frames, ends, strict=True):
        if played is None or not count:
            continue
        shares = {played: 0.94} if isinstance(played, str) else played
        rest = (1 - sum(shares.values())) / (len(EMOTIONS) - len(shares))
        reading = [shares.get(emotion, rest) for emotion in EMOTIONS]
        runs.append((int(end - count), int(end - 1), "neutral", 1.0))
        readings.append(np.tile(reading, (count, 1)))
    total = int(ends[-1]) if len(ends) else 1
    scene = make_scene({0: runs}, frames=total, cuts=tuple(round(cut * FPS) for cut in cuts))
    scene.faces[list(EMOTIONS)] = np.concatenate(readings).astype(np.float32)
    scene.faces["character"] = name
    return performances_of(scene)[0]


def nobody() -> Performance:
    """A performance without a reading."""
    one = perform(("sad", 1.0))
    return Performance("Nobody", one.scene, one.faces.iloc[:0], one.duration, one.every, one.fps)
