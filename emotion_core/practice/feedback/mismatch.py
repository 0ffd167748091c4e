"""Where what is played parts most from what is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.chords.runs import SHORTEST
from emotion_core.performance.comparison.alignment import Alignment
from emotion_core.performance.performance import Values
from emotion_core.practice.exercises.exercise import WEAKEST
from emotion_core.types import FloatArray

# Distance up to which a reading is near a target: four fifths (83%) of an emotion that is asked
# for wholly is as far. Two performances are read with doubt both, a target has none, so that it is
# more than :data:`~emotion_core.performance.comparison.divergence.LEAST`.
NEAR = 0.3

_NEUTRAL = EMOTIONS.index("neutral")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A part of an exercise in which one thing was asked and another one read.

    Attributes:
        start, end: seconds on the clock of the exercise.
        whole: whether it is all that was read.
        asked, played: (7,) mean shares.
        asked_emotion: the emotion that was asked, see :func:`asked_emotions`.
    """

    start: float
    end: float
    whole: bool
    asked: tuple[float, ...]
    played: tuple[float, ...]
    asked_emotion: str


def find_worst_mismatch(alignment: Alignment) -> Mismatch | None:
    """The part in which a run parts most from its target, aligned.

    Parts are unbroken segments of the path on which the distance is more than :data:`NEAR`, one
    emotion is asked and one leads. Most is the greatest sum of what is beyond it; a part of less
    than :data:`~emotion_core.performance.chords.runs.SHORTEST` seconds is none.

    Args:
        alignment: what was played along what was asked.
    """
    own, asked = alignment.path.T
    played, targets = alignment.first.values[own], alignment.second.values[asked]
    kinds = np.stack(
        [
            alignment.first.segment[own],
            alignment.second.segment[asked],
            played.argmax(axis=1),
            asked_emotions(targets),
            alignment.distances > NEAR,
        ],
        axis=1,
    )
    edges = np.flatnonzero((np.diff(kinds, axis=0) != 0).any(axis=1)) + 1
    parts = np.split(np.arange(len(own)), edges)
    times = alignment.times[1]
    step = alignment.second.step
    far = [
        part
        for part in parts
        if alignment.distances[part[0]] > NEAR
        and times[part[-1]] - times[part[0]] + step >= SHORTEST - 1e-9
    ]
    if not far:
        return None
    most = max(far, key=lambda part: float((alignment.distances[part] - NEAR).sum()))
    return Mismatch(
        start=float(times[most[0]]),
        end=float(times[most[-1]]),
        whole=len(most) == len(own),
        asked=tuple(map(float, targets[most].mean(axis=0))),
        played=tuple(map(float, played[most].mean(axis=0))),
        asked_emotion=EMOTIONS[int(asked_emotions(targets[most].mean(axis=0)[None])[0])],
    )


def asked_emotions(targets: Values | FloatArray) -> npt.NDArray[np.int64]:
    """(n,) which emotion targets ask for.

    The largest other than neutral, if it has at least
    :data:`~emotion_core.practice.exercises.exercise.WEAKEST`, and neutral otherwise.
    Half sad is sad that is asked for and not neutral, which it leads with as much.

    Args:
        targets: (n, 7).
    """
    others = targets.copy()
    others[:, _NEUTRAL] = 0
    strongest = others.argmax(axis=1)
    # half a percent for what smoothing takes away
    enough = others.max(axis=1) >= WEAKEST - 0.005
    return np.where(enough, strongest, _NEUTRAL)
