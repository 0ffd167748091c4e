"""Complexity: how mixed a performance is at a moment, and how varied over its time.

Measured as entropy. Greater is not better. One number hides two ways to get there: faces that mix
emotions at every moment, and faces that show one after the other. So both are reported, in bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emotion_core.performance.chords.runs import reading_ends
from emotion_core.performance.performance import Performance, Values
from emotion_core.stats import entropy


@dataclass(frozen=True, slots=True)
class Complexity:
    """Entropies of a performance in bits; NaN of an empty one. 0 is one sure emotion, 2.81 all.

    Attributes:
        blend: H(E|T) = mean over time of H(p_t), how mixed its moments are. Doubt of the model
            adds to it as well as a mixed expression: the two cannot be separated from readings.
        whole: H(E) = H(mean over time of p_t), how varied all of its time is.
        change: ``whole`` - ``blend`` = I(E; T), how much of that comes from change over time: the
            mutual information of emotion and time (Cover and Thomas 2006, chapter 2), which is
            the Jensen-Shannon divergence of its moments (Lin 1991, IEEE Trans. Information Theory
            37, 145-151). 0 for a face that never changes, however mixed.
    """

    blend: float
    whole: float
    change: float


def complexity_of(performance: Performance) -> Complexity:
    """The complexity of the readings as they are, each weighed by its seconds."""
    if not len(performance):
        return Complexity(*[float("nan")] * 3)
    values = performance.probabilities
    seconds = reading_ends(performance) - performance.times
    blend = float(np.average(_bits(values), weights=seconds))
    whole = float(_bits(np.average(values, axis=0, weights=seconds)[None])[0])
    # never below 0 (Jensen), but for the rounding of the stored readings
    return Complexity(blend, whole, max(whole - blend, 0.0))


def effective_number(shares: Values) -> float:
    """How many equally strong emotions would be as varied: 2^H, H in bits.

    The Hill number of order 1 (Hill 1973, "Diversity and evenness", Ecology 54, 427-432; Jost
    2006, "Entropy and diversity", Oikos 113, 363-375).

    Args:
        shares: (k,), summing to 1; NaN gives NaN.
    """
    return float(2.0 ** _bits(shares[None])[0])


def _bits(values: Values) -> Values:
    return np.asarray(entropy(values.astype(np.float32)), np.float64)
