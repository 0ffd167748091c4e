"""When a performance shows an emotion most clearly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.emotions.uncertainty import HARD_TO_SEE, like_speech
from emotion_core.performance.arcs.arc import smooth
from emotion_core.performance.performance import Performance
from emotion_core.scene.summary import MOMENT_DISTANCE


def strong_moments(
    performance: Performance,
    count: int = 8,
    apart: float = MOMENT_DISTANCE,
    sigma: float = SMOOTHING,
) -> pd.DataFrame:
    """The clearest smoothed readings other than neutral, apart in time.

    The largest is taken again and again, leaving out what lies within ``apart`` of one that was
    taken. Faces that are hard to see (tiny, blurred, turned away, covered) and boxes that were only
    interpolated are not looked at, unless there are no others; nor is what a mouth that speaks may
    only look like.

    Args:
        performance: the readings.
        count: how many at most.
        apart: seconds.
        sigma: as for :func:`~emotion_core.performance.arcs.arc.smooth`.

    Returns:
        Rows of ``performance.faces``, ascending in time.
    """
    faces = performance.faces
    plain = faces["detected"] & ~performance.doubts()[list(HARD_TO_SEE)].any(axis=1)
    allowed = plain.to_numpy(bool) if plain.any() else np.ones(len(faces), bool)
    shares = np.where(like_speech(faces), 0, smooth(performance, sigma))
    strength = np.delete(shares, EMOTIONS.index("neutral"), axis=1).max(axis=1)
    times, chosen = performance.times, list[int]()
    for place in np.argsort(-strength, kind="stable"):
        if len(chosen) == count or strength[place] <= 0:
            break
        if allowed[place] and (np.abs(times[chosen] - times[place]) >= apart).all():
            chosen.append(int(place))
    return faces.iloc[sorted(chosen)]
