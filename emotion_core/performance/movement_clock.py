"""Movements on a regular clock, as arcs of emotions are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.faces.movements.movements import MOVEMENTS
from emotion_core.performance.movements import CharacterMovements
from emotion_core.performance.performance import Performance

# Seconds: that of the arcs.
STEP = 0.1


def movements_on_clock(
    performance: Performance, movements: CharacterMovements, step: float = STEP
) -> pd.DataFrame:
    """Means of movements over steps of a clock, never across a cut or a gap.

    Args:
        performance: whose.
        movements: :func:`~emotion_core.performance.movements.movements_of` it.
        step: seconds.

    Returns:
        By time: ``time``, the middle of the step in seconds of the clip; ``stretch``, the number
        of the unbroken segment; and :data:`~emotion_core.faces.movements.movements.MOVEMENTS` in
        their units, NaN where they cannot be told. Steps in which the character is not in view are
        not in it.
    """
    columns = ["time", "stretch", *MOVEMENTS]
    if not len(performance):
        return pd.DataFrame(columns=columns)
    place = np.floor(performance.times / step + 1e-9).astype(np.int64)
    means = movements.values.astype("float64").groupby([performance.segments(), place]).mean()
    stretch, number = (means.index.get_level_values(level) for level in (0, 1))
    table = means.reset_index(drop=True)
    table.insert(0, "stretch", stretch.to_numpy())
    table.insert(0, "time", (number.to_numpy() + 0.5) * step)
    return table
