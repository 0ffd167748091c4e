"""States: which emotion leads, from when to when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.performance.arcs.arc import smooth
from emotion_core.performance.chords.runs import SHORTEST, find_runs, mean_shares
from emotion_core.performance.performance import Performance
from emotion_core.performance.unsure import unsure_between


def states_of(
    performance: Performance, sigma: float = SMOOTHING, shortest: float = SHORTEST
) -> pd.DataFrame:
    """The leading emotion of the smoothed reading, as runs that never cross a cut or a gap.

    What is too short is given to its neighbours, as
    :func:`~emotion_core.performance.chords.runs.find_runs` says.

    Args:
        performance: the readings.
        sigma: of :func:`~emotion_core.performance.arcs.arc.smooth`, seconds.
        shortest: seconds that a state lasts at least, unless it is all of its segment.

    Returns:
        One row a state, by time: ``stretch``, ``start``, ``end``, ``seconds``, ``emotion``,
        ``share``, the mean share of that emotion, 0 to 1, and ``unsure``, why it is, in words
        (:func:`~emotion_core.performance.unsure.unsure_between`).
    """
    values = smooth(performance, sigma)
    runs = find_runs(performance, values.argmax(axis=1).astype(np.int64), shortest)
    labels, means = runs["label"].to_numpy(), mean_shares(performance, values, runs).to_numpy()
    states = runs[["stretch", "start", "end", "seconds"]].copy()
    states["emotion"] = pd.Series([EMOTIONS[label] for label in labels], dtype="string")
    states["share"] = means[np.arange(len(labels)), labels]
    states["unsure"] = unsure_between(performance, states["start"], states["end"])
    return states
