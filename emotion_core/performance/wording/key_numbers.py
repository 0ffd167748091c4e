"""The numbers of a progression, each with its unit and what it tells a student."""

from __future__ import annotations

import pandas as pd

from emotion_core.performance.chords.transitions import Transitions
from emotion_core.performance.complexity import Complexity
from emotion_core.performance.dynamics import Range

# measure -> unit, meaning
MEANINGS = {
    "time in view": ("s", "How long the face is seen. All else is told of this time."),
    "beats": ("", "How often the reading changes for good within a shot. Cuts do not count."),
    "changes of the leading emotion": (
        "a minute",
        "How often another emotion takes the lead within a shot.",
    ),
    "typical stay": (
        "s",
        "How long one emotion leads at a time: half of the stays are shorter. A cut ends a stay, "
        "so that quick editing makes them shorter.",
    ),
    "longest stay": ("s", "The longest time that one emotion leads."),
    "emotions that lead": ("of 7", "How many of the seven take the lead at least once."),
    "emotions in effect": (
        "of 7",
        "How many equally strong emotions would be as varied as the mean reading. Weak traces of "
        "an emotion add little to it.",
    ),
    "reach of valence": (
        "points",
        "From the most unpleasant moment to the most pleasant one, on the scale from -1 to 1.",
    ),
    "reach of arousal": (
        "points",
        "From the calmest moment to the most excited one, on the scale from -1 to 1.",
    ),
    "inertia of valence": (
        "correlation",
        "How far the valence of one moment carries over to the one half a second later. 1: it "
        "drifts slowly; 0: it jumps about. Needs at least five seconds.",
    ),
    "volatility of valence": (
        "points",
        "How large a typical step of valence is from one half second to the next, on that scale.",
    ),
    "complexity of the whole": (
        "bits",
        "How varied all of its time is (entropy): 0 for one sure emotion, 2.81 for all seven "
        "alike. The study found that performances of high complexity held their viewers more.",
    ),
    "of it from mixed moments": (
        "bits",
        "How mixed single moments are. A model that is unsure makes it larger, too.",
    ),
    "of it from change over time": (
        "bits",
        "How much showing one emotion after the other adds. 0 for a face that never changes.",
    ),
    "entropy rate": (
        "bits a change",
        "How hard it is to foretell which emotion follows the present one. 0: always the same; "
        "with few changes it says little.",
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
    """One row a measure: ``measure``, ``value`` (NaN where it cannot be told), ``unit``,
    ``meaning``.

    Args: the parts of a :class:`~emotion_core.performance.progression.Progression`.
    """
    by_name = dynamics.set_index("what")
    values = {
        "time in view": seconds,
        "beats": len(beats),
        "changes of the leading emotion": 60 * changes.total / seconds
        if seconds > 0
        else float("nan"),
        "typical stay": states["seconds"].median(),
        "longest stay": states["seconds"].max(),
        "emotions that lead": reach.leading,
        "emotions in effect": reach.effective,
        "reach of valence": reach.valence[1] - reach.valence[0],
        "reach of arousal": reach.arousal[1] - reach.arousal[0],
        "inertia of valence": by_name.loc["valence", "inertia"],
        "volatility of valence": by_name.loc["valence", "volatility"],
        "complexity of the whole": complexity.whole,
        "of it from mixed moments": complexity.blend,
        "of it from change over time": complexity.change,
        "entropy rate": changes.entropy_rate,
    }
    rows = [(name, value, *MEANINGS[name]) for name, value in values.items()]
    table = pd.DataFrame(rows, columns=["measure", "value", "unit", "meaning"])
    return table.astype(
        {"measure": "string", "value": "float64", "unit": "string", "meaning": "string"}
    )
