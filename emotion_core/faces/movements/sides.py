"""Means over the sides of a face, as far as they are turned to the viewer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from emotion_core.faces.movements.measures import GAZE, POSE
from emotion_core.faces.movements.segments import Values

# Degrees of turn from which the side that is turned away is left out, and from which the mesh of
# the whole face is a guess: of a profile one eye is seen, and half a mouth.
AWAY, PROFILE = 30.0, 60.0


def seen_mean(columns: Mapping[str, Values], turn: Values) -> Values:
    """The mean of what is known and turned to the viewer.

    Args:
        columns: (n,) each, by the name of the measure; of those that begin with ``right_`` or
            ``left_``, the one turned away counts for nothing.
        turn: (n,) degrees as :func:`~emotion_core.faces.mesh.pose.head_pose` gives them; where NaN,
            the face is taken to look ahead.

    Returns:
        (n,); NaN where nothing is known.
    """
    parts = []
    for name, values in columns.items():
        hidden = np.zeros(len(turn), np.bool_)
        if name not in POSE + GAZE:
            hidden |= np.abs(turn) > PROFILE
        if name.startswith("left_"):
            hidden |= turn > AWAY
        if name.startswith("right_"):
            hidden |= turn < -AWAY
        parts.append(np.where(hidden, np.nan, values))
    stacked = np.stack(parts)
    known = np.isfinite(stacked)
    total = np.where(known, stacked, 0).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)
