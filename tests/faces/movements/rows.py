"""Rows of a faces table in which a face holds still but for what a test moves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.faces.mesh.points import mean_face
from emotion_core.faces.movements.measures import GAZE, MEASURES, POSE, measure_faces


def rows(seconds: float, rate: float = 25.0, **columns: npt.ArrayLike | float) -> pd.DataFrame:
    """The mean face, looking ahead, with some columns set."""
    n = round(seconds * rate)
    still = dict(zip(MEASURES, measure_faces(mean_face()[None])[0].tolist(), strict=True))
    table = pd.DataFrame(
        {"frame": np.arange(n), "time": np.arange(n) / rate, "shot": 0, "track": 0}
    )
    values = {**still, **dict.fromkeys((*POSE, *GAZE), 0.0), **columns}
    return table.assign(**values)


def bump(
    time: npt.NDArray[np.float64], start: float, end: float, height: float
) -> npt.NDArray[np.float64]:
    """0 but for one smooth rise and fall (half a sine) between two times."""
    phase = np.clip((time - start) / (end - start), 0, 1)
    return np.asarray(height * np.sin(np.pi * phase))
