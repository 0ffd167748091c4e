"""The numbers of a progression, each with its unit and what it means."""

from __future__ import annotations

import pandas as pd

from emotion_core.performance.chords.transitions import Transitions
from emotion_core.performance.complexity import Complexity
from emotion_core.performance.dynamics import Range

# measure -> unit, meaning
MEANINGS = {
    "time in view": ("s", "How long the face is in view. All other numbers are about this time."),
    "beats": (
        "",
        "How often the reading changes within a shot and stays changed. Cuts do not count.",
    ),
    "changes of the leading emotion": (
        "per minute",
        "How often another emotion takes the lead within a shot.",
    ),
    "typical time in the lead": (
        "s",
        "How long one emotion leads at a time: half of the times are shorter. A cut ends it, so "
        "quick editing makes the numbers smaller.",
    ),
    "longest time in the lead": ("s", "The longest time that one emotion leads."),
    "leading emotions": ("of 7", "How many of the seven emotions lead at least once."),
    "effective number of emotions": (
        "of 7",
        "How many equally likely emotions would be as varied as the mean reading. Weak traces of "
        "an emotion add little.",
    ),
    "range of valence": (
        "points",
        "From the most unpleasant moment to the most pleasant, on a scale from -1 to 1.",
    ),
    "range of arousal": (
        "points",
        "From the calmest moment to the most excited, on a scale from -1 to 1.",
    ),
    "inertia of valence": (
        "correlation",
        "How much valence carries over to the next half second. 1: it drifts slowly; 0: it jumps "
        "about. Needs at least five seconds.",
    ),
    "volatility of valence": (
        "points",
        "How large a typical step of valence is from one half second to the next, on the same "
        "scale.",
    ),
    "complexity, overall": (
        "bits",
        "How varied the whole performance is (entropy): 0 for one certain emotion, 2.81 for all "
        "seven equally.",
    ),
    "complexity, single moments": (
        "bits",
        "How mixed single moments are. When the model is unsure, this rises too.",
    ),
    "complexity, change over time": (
        "bits",
        "How much it adds that emotions follow one another. 0 for a face that never changes.",
    ),
    "entropy rate": (
        "bits per change",
        "How hard it is to predict the next emotion from the present one. 0: always the same. "
        "With few changes it means little.",
    ),
}


def key_numbers(
    seconds: float,
    beats: pd.DataFrame,
    states: pd.DataFrame,
    changes: Transitions,
    dynamics: pd.DataFrame,
    reach: Range,
    complexity: Complexity,
) -> pd.DataFrame:
    """One row a measure: ``measure``, ``value`` (NaN if unknown), ``unit``, ``meaning``.

    The arguments are parts of a :class:`~emotion_core.performance.progression.Progression`.
    """
    by_name = dynamics.set_index("what")
    values = {
        "time in view": seconds,
        "beats": len(beats),
        "changes of the leading emotion": 60 * changes.total / seconds
        if seconds > 0
        else float("nan"),
        "typical time in the lead": states["seconds"].median(),
        "longest time in the lead": states["seconds"].max(),
        "leading emotions": reach.leading,
        "effective number of emotions": reach.effective,
        "range of valence": reach.valence[1] - reach.valence[0],
        "range of arousal": reach.arousal[1] - reach.arousal[0],
        "inertia of valence": by_name.loc["valence", "inertia"],
        "volatility of valence": by_name.loc["valence", "volatility"],
        "complexity, overall": complexity.whole,
        "complexity, single moments": complexity.blend,
        "complexity, change over time": complexity.change,
        "entropy rate": changes.entropy_rate,
    }
    rows = [(name, value, *MEANINGS[name]) for name, value in values.items()]
    table = pd.DataFrame(rows, columns=["measure", "value", "unit", "meaning"])
    return table.astype(
        {"measure": "string", "value": "float64", "unit": "string", "meaning": "string"}
    )
