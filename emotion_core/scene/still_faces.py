"""Faces that never move: a picture on the wall, a screen that stands still."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS

# Seconds for which a face must be followed before its stillness says anything.
_LEAST_SECONDS = 1.5
# Range of each edge of its box, as a share of its side, and of each of its probabilities: a
# detector trembles by 0.001 on a picture; somebody who sits for a portrait sways by 0.05.
_STILL_BOX, _STILL_READING = 0.03, 0.1


def still_tracks(faces: pd.DataFrame) -> frozenset[int]:
    """Tracks that neither move in the frame nor ever read otherwise: perhaps pictures.

    Args:
        faces: the table of an analysis, see
            :class:`~emotion_core.scene.analysis.SceneAnalysis`. Only detected boxes count.
    """
    seen = faces[faces["detected"]].sort_values("track", kind="stable")
    numbers, first = np.unique(seen["track"].to_numpy(), return_index=True)
    ends = np.append(first, len(seen))[1:]
    times = seen["time"].to_numpy()
    boxes = seen[["x1", "y1", "x2", "y2"]].to_numpy(np.float64)
    shares = seen[list(EMOTIONS)].to_numpy()
    still = set()
    for track, a, b in zip(numbers.tolist(), first.tolist(), ends.tolist(), strict=True):
        if times[b - 1] - times[a] < _LEAST_SECONDS:
            continue
        side = float((boxes[a:b, 2:] - boxes[a:b, :2]).max(axis=1).mean())
        moved = _spread(boxes[a:b]).max() / max(side, 1.0)
        if moved <= _STILL_BOX and _spread(shares[a:b]).max() <= _STILL_READING:
            still.add(track)
    return frozenset(still)


def _spread(values: np.ndarray) -> np.ndarray:
    """From the 5th to the 95th percentile of each column: a single mistake does not count."""
    # by hand: NumPy's own checks for longer than it computes, and a film has thousands of tracks
    ordered, places = np.sort(values, axis=0), np.array([0.05, 0.95]) * (len(values) - 1)
    below = places.astype(int)
    above, share = np.minimum(below + 1, len(values) - 1), (places - below)[:, None]
    low, high = ordered[below] + share * (ordered[above] - ordered[below])
    return np.asarray(high - low)
