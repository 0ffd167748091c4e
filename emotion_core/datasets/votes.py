"""The votes of FER+, and which of them make a clear majority by the rule of its authors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.types import FloatArray

# What a vote of FER+ can be for beside the seven, by the name of its column.
OTHER_COLUMNS = ("contempt", "unknown", "NF")
BALLOT = (*EMOTIONS, "contempt", "unknown", "no face")
NO_MAJORITY = "no majority"
_OUTLIER = 1


def count_majority(votes: FloatArray) -> npt.NDArray[np.int64]:
    """What each picture shows by the majority rule of FER+.

    The rule of Barsoum et al. 2016, "Training Deep Networks for Facial Expression Recognition
    with Crowd-Sourced Label Distribution", as their own code has it (github.com/microsoft/FERPlus,
    ``src/ferplus.py``, ``_process_data`` in the mode ``majority``; ``src/train.py`` measures on
    validation and test by this mode, whatever the mode of training):

    1. A single vote for something is an outlier and counts as none, in all ten columns.
    2. The largest count must exceed half of the votes that are left, again of all ten columns.
       Hence there is no tie; otherwise the picture counts as unknown.
    3. Pictures whose majority is unknown or no face are left out.

    Theirs has eight classes, contempt among them. Ours are seven: whoever measures with
    this rule leaves out the pictures with contempt as the majority too.

    Args:
        votes: (n, 10) counts in the order of :data:`BALLOT`.

    Returns:
        (n,) index into :data:`BALLOT`, or -1 where there is no majority.
    """
    counts = np.where(votes > _OUTLIER, votes, 0)
    clear = counts.max(axis=1) > 0.5 * counts.sum(axis=1)
    return np.where(clear, counts.argmax(axis=1), -1)


def name_majorities(majority: npt.NDArray[np.int64]) -> Sequence[str]:
    """The words for what :func:`count_majority` gives."""
    return [NO_MAJORITY if index < 0 else BALLOT[index] for index in majority]
