"""How often the intervals of a comparison hold the true difference.

Pairs of made performances drift in the same way, so that the true difference of every measure is
zero. Printed is the share of pairs whose 95% interval holds zero, by how long an expression is
held (the time after which the logits have forgotten all but a third) and the time in view.

Run ``python -m benchmarks.bootstrap_coverage``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.comparison.differences import differences
from emotion_core.performance.comparison.measures import measure
from emotion_core.performance.performance import Performance

HELD = (0.5, 1.0, 2.0)
SECONDS = (10, 20, 60)
PAIRS, FPS, REPLICATES = 100, 12.5, 1000
# Odds of one emotion over another spread as far as those of clips of acting.
_SPREAD = 1.5


def drift(seconds: float, held: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """(n, 7) readings whose logits are an autoregressive process of the first order."""
    keeps = np.exp(-1 / (FPS * held))
    noise = _SPREAD * rng.normal(size=(round(seconds * FPS), len(EMOTIONS)))
    logits = noise.copy()
    for row in range(1, len(noise)):
        logits[row] = keeps * logits[row - 1] + np.sqrt(1 - keeps**2) * noise[row]
    shares = np.exp(logits)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def perform(values: npt.NDArray[np.float64]) -> Performance:
    """A performance with a reading in each frame."""
    n = len(values)
    faces = pd.DataFrame(values, columns=list(EMOTIONS))
    faces = faces.assign(frame=np.arange(n), time=np.arange(n) / FPS, shot=0, track=0)
    return Performance("made", "made", faces, n / FPS, 1, FPS)


def coverage(seconds: float, held: float, rng: np.random.Generator) -> pd.Series:
    """Share of pairs whose interval holds zero: mean of the seven shares, and other measures."""
    rows = []
    for pair in range(PAIRS):
        first, second = (
            measure(perform(drift(seconds, held, rng)), replicates=REPLICATES, seed=2 * pair + side)
            for side in (0, 1)
        )
        found = differences(first, second)
        rows.append({one.measure: one.low <= 0 <= one.high for one in found})
    holds = pd.DataFrame(rows).mean()
    shares = holds[list(EMOTIONS)].mean()
    return pd.concat([pd.Series({"shares": shares}), holds.drop(list(EMOTIONS))])


def main() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {(held, seconds): coverage(seconds, held, rng) for held in HELD for seconds in SECONDS}
    ).T
    table.index.names = ["held (s)", "in view (s)"]
    print(table.round(2).to_string())


if __name__ == "__main__":
    main()
