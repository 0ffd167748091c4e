"""Faces made up for tests that move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from emotion_core.emotions.uncertainty import VISIBLE_COLUMNS
from emotion_core.faces.movements.neutral import NEUTRAL_COLUMNS
from emotion_core.performance.performance import Performance, Values
from tests.performance.performances import perform

# Measures of a neutral face: lengths in distances between the eyes, pose in degrees.
NEUTRAL = {
    **dict.fromkeys(NEUTRAL_COLUMNS, 0.0),
    **dict.fromkeys(("right_inner_brow", "left_inner_brow"), 0.4),
    **dict.fromkeys(("right_outer_brow", "left_outer_brow"), 0.42),
    **dict.fromkeys(("right_lid_opening", "left_lid_opening"), 0.3),
    **dict.fromkeys(("right_upper_lid", "left_upper_lid"), 0.12),
    **dict.fromkeys(("right_lip_corner", "left_lip_corner"), -0.45),
    **dict.fromkeys(("right_nose_wing", "left_nose_wing"), -0.6),
    **dict.fromkeys(("right_cheek", "left_cheek"), -0.7),
    **{"brow_gap": 0.35, "mouth_opening": 0.04, "mouth_width": 0.8, "lip_thickness": 0.2},
    **{"lip_protrusion": 0.1, "jaw": 1.0},
}


def still(faces: pd.DataFrame) -> pd.DataFrame:
    """Rows of the ``faces`` table whose faces are read by the mesh, large, and neutral."""
    seen = dict.fromkeys(VISIBLE_COLUMNS, 1.0)
    box = {"x1": 10.0, "y1": 10.0, "x2": 90.0, "y2": 90.0}
    return faces.assign(**NEUTRAL, **seen, **box, crop_angle=0.0, speaking=0.0)


def move(performance: Performance, changes: Mapping[str, Values]) -> Performance:
    """The same performance by a face that is neutral, but for changes of some measures.

    Args:
        performance: of n rows.
        changes: by column, (n,) what is added; both sides at once without ``right_``, ``left_``.
    """
    faces = still(performance.faces)
    for name, change in changes.items():
        for column in (name, f"right_{name}", f"left_{name}"):
            if column in faces:
                faces[column] = faces[column] + change
    return replace(performance, faces=faces)


def mover(seconds: float = 10.0, **changes: tuple[float, float, float]) -> Performance:
    """Somebody who is neutral, but for each measure from one second to another by some amount."""
    performance = perform(("neutral", seconds))
    times = performance.times
    return move(
        performance,
        {
            name: np.where((times >= start) & (times < end), amount, 0.0)
            for name, (start, end, amount) in changes.items()
        },
    )
