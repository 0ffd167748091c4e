"""Silent reactions: what the face of a listener does while another speaks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS
from emotion_core.emotions.uncertainty import uncertainty_of

Values = npt.NDArray[np.float64]

# Seconds that a listener must be in view, before which the face is compared with, and after a line
# in which an answer of the face still belongs to it.
_SHORTEST = 0.8
_BEFORE = 1.0
_AFTER = 0.7
# Seconds over which readings are averaged: one picture is no reaction.
_HOLD = 0.4
# By how much the leading emotion must have grown.
_GROWTH = 0.25
# Share of the time in which the mouth of a listener may move.
_STILL = 0.2
_FEWEST = 3


class Reaction(NamedTuple):
    """The face of a listener changes while another speaks.

    Attributes:
        start, end: seconds of the line.
        time: second at which the change is largest.
        character: who listens.
        speaker: who speaks; "" where that is not in view or cannot be told.
        emotion: what the face reads then.
        before, after: mean share of it in the second before the line, and at that time.
    """

    start: float
    end: float
    time: float
    character: str
    speaker: str
    emotion: str
    before: float
    after: float


def reactions_of(utterances: pd.DataFrame, faces: pd.DataFrame) -> list[Reaction]:
    """Listeners whose faces change, by time.

    Nobody listens where it cannot be told who speaks: the face may be that of the speaker. Of
    overlapping lines each has its own listeners.

    Args:
        utterances: with ``start``, ``end``, ``character`` and ``verdict``, see
            :func:`~emotion_core.performance.delivery.turns.speakers_of`.
        faces: of the analysis, with the names of characters.
    """
    known = utterances[utterances["verdict"] != "can't tell"]
    sure = ~uncertainty_of(faces).any(axis=1)
    faces = faces[sure & faces["character"].notna()]
    found = []
    for row in known.to_dict("records"):
        start, end, speaker = row["start"], row["end"], row["character"]
        near = faces[faces["time"].between(start - _BEFORE, end + _AFTER)]
        others = near[near["character"] != speaker]
        for name, own in others.groupby("character", sort=True):
            change = _change(own.sort_values("time", kind="stable"), start, end)
            if change is not None:
                time, emotion, before, after = change
                found.append(Reaction(start, end, time, str(name), speaker, emotion, before, after))
    return found


def _change(rows: pd.DataFrame, start: float, end: float) -> tuple[float, str, float, float] | None:
    """When a face changes most, to what, and its share before and then."""
    during = rows[rows["time"] >= start]
    before = rows[rows["time"] < start]
    if len(during) < _FEWEST or len(before) < _FEWEST or during["speaking"].mean() > _STILL:
        return None
    times = during["time"].to_numpy(np.float64)
    if times[-1] - times[0] < min(_SHORTEST, end - start):
        return None
    shares = _held(times, during[list(EMOTIONS)].to_numpy(np.float64))
    usual = before[list(EMOTIONS)].to_numpy(np.float64).mean(axis=0)
    growth = shares - usual
    growth[:, EMOTIONS.index("neutral")] = -1
    growth[shares < CLEAR_LEAD] = -1
    place, emotion = np.unravel_index(int(growth.argmax()), growth.shape)
    if growth[place, emotion] < _GROWTH or shares[place].argmax() != emotion:
        return None
    shown = float(shares[place, emotion])
    return float(times[place]), EMOTIONS[int(emotion)], float(usual[emotion]), shown


def _held(
    times: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Means over :data:`_HOLD` seconds around each reading."""
    first = np.searchsorted(times, times - _HOLD / 2)
    last = np.searchsorted(times, times + _HOLD / 2, side="right")
    sums = np.concatenate([np.zeros((1, shares.shape[1])), np.cumsum(shares, axis=0)])
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None])
