"""The numbers of a progression, each with its unit and what it tells a student."""

from __future__ import annotations

import pandas as pd

from emotion_core.performance.complexity import Complexity
from emotion_core.performance.dynamics import Range
from emotion_core.performance.transitions import Transitions

_BITS = "bits"
_SCALE = "points"


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
    rows = [
        ("time in view", seconds, "s", "How long the face is seen. All else is told of this time."),
        (
            "beats",
            len(beats),
            "",
            "How often the reading changes for good within a shot. Cuts do not count.",
        ),
        (
            "changes of the leading emotion",
            60 * changes.total / seconds if seconds > 0 else float("nan"),
            "a minute",
            "How often another emotion takes the lead within a shot.",
        ),
        (
            "typical stay",
            states["seconds"].median(),
            "s",
            "How long one emotion leads at a time: half of the stays are shorter. A cut ends a "
            "stay, so that quick editing makes them shorter.",
        ),
        ("longest stay", states["seconds"].max(), "s", "The longest time that one emotion leads."),
        (
            "emotions that lead",
            reach.leading,
            "of 7",
            "How many of the seven take the lead at least once.",
        ),
        (
            "emotions in effect",
            reach.effective,
            "of 7",
            "How many equally strong emotions would be as varied as the mean reading. Weak traces "
            "of an emotion add little to it.",
        ),
        (
            "reach of valence",
            reach.valence[1] - reach.valence[0],
            _SCALE,
            "From the most unpleasant moment to the most pleasant one, on the scale from -1 to 1.",
        ),
        (
            "reach of arousal",
            reach.arousal[1] - reach.arousal[0],
            _SCALE,
            "From the calmest moment to the most excited one, on the scale from -1 to 1.",
        ),
        (
            "inertia of valence",
            by_name.loc["valence", "inertia"],
            "correlation",
            "How far the valence of one moment carries over to the one half a second later. 1: it "
            "drifts slowly; 0: it jumps about. Needs at least five seconds.",
        ),
        (
            "volatility of valence",
            by_name.loc["valence", "volatility"],
            _SCALE,
            "How large a typical step of valence is from one half second to the next, on that "
            "scale.",
        ),
        (
            "complexity of the whole",
            complexity.whole,
            _BITS,
            "How varied all of its time is (entropy): 0 for one sure emotion, 2.81 for all seven "
            "alike. The study found that performances of high complexity held their viewers more.",
        ),
        (
            "of it from mixed moments",
            complexity.blend,
            _BITS,
            "How mixed single moments are. A model that is unsure makes it larger, too.",
        ),
        (
            "of it from change over time",
            complexity.change,
            _BITS,
            "How much showing one emotion after the other adds. 0 for a face that never changes.",
        ),
        (
            "entropy rate",
            changes.entropy_rate,
            "bits a change",
            "How hard it is to foretell which emotion follows the present one. 0: always the same; "
            "with few changes it says little.",
        ),
    ]
    table = pd.DataFrame(rows, columns=["measure", "value", "unit", "meaning"])
    return table.astype(
        {"measure": "string", "value": "float64", "unit": "string", "meaning": "string"}
    )
