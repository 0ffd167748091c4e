"""Targets and what was played, as performances that are aligned and compared like any other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, valence_arousal
from emotion_core.performance.comparison.alignment import STEP
from emotion_core.performance.performance import Performance, Values
from emotion_core.practice.exercises.exercise import Exercise
from emotion_core.practice.exercises.play_along import PlayAlong
from emotion_core.scene.analysis import FACE_DTYPES
from emotion_core.stats import entropy

# Seconds without a reading that end a segment: a blink of the detector is none, a head that turns
# away is one.
GAP = 0.5


def target_performance(exercise: Exercise) -> Performance:
    """What is asked, on a clock of a tenth of a second; where nothing is asked is a gap.

    Of a performance to play along with it is that performance itself, so that nothing is smoothed
    twice.
    """
    if isinstance(exercise, PlayAlong):
        return exercise.performance
    # the small part keeps the last point where the division falls just short of a whole number
    frames = np.arange(int(exercise.seconds / STEP + 1e-9) + 1)
    times = (frames * STEP).clip(0, exercise.seconds)
    targets = [exercise.target_at(float(time)) for time in times]
    asked = np.array([len(target) > 0 for target in targets], bool)
    values = np.array([target for target in targets if len(target)], np.float64)
    faces = faces_table(frames[asked], times[asked], values)
    return Performance("Target", exercise.title, faces, exercise.seconds, 1, 1 / STEP)


def performance_of_readings(
    times: Values, values: Values, name: str, scene: str, duration: float
) -> Performance:
    """Readings that came as they came, as a performance.

    Its rate is that of the median step. A segment ends where none came for longer than
    :data:`GAP`.

    Args:
        times: (n,) seconds, ascending.
        values: (n, 7) probabilities.
        name, scene, duration: as of a performance.
    """
    steps = np.diff(times)
    flowing = steps[steps <= GAP]
    step = float(np.median(flowing)) if len(flowing) else STEP
    # one more than the last within a segment, and more than one more after a gap
    further = np.where(steps <= GAP, 1, np.maximum(np.rint(steps / step), 2))
    frames = np.concatenate([np.zeros(min(len(times), 1)), np.cumsum(further)]).astype(np.int64)
    return Performance(name, scene, faces_table(frames, times, values), duration, 1, 1 / step)


def faces_table(frames: npt.NDArray[np.int64], times: Values, values: Values) -> pd.DataFrame:
    """One face as the ``faces`` table of an analysis has it, in one shot.

    Args:
        frames, times: (n,).
        values: (n, 7) probabilities.
    """
    shares = np.asarray(values, np.float32).reshape(-1, len(EMOTIONS))
    valence, arousal = valence_arousal(shares)
    known = {
        "frame": frames,
        "time": times,
        "shot": 0,
        "track": 0,
        "character": pd.NA,
        "detected": True,
        **dict(zip(EMOTIONS, shares.T, strict=True)),
        "valence": valence,
        "arousal": arousal,
        "entropy": entropy(shares),
    }
    # where the face was, and how well it could be seen, is not known
    table = {name: known.get(name, np.nan) for name in FACE_DTYPES}
    return pd.DataFrame(table, index=range(len(shares))).astype(FACE_DTYPES)
