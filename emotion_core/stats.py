"""Entropy, and intervals by the bootstrap: the one place where percentiles of drawings are taken.

Efron 1979, "Bootstrap Methods: Another Look at the Jackknife": n things are drawn from the n with
replacement, many times, and an interval runs from the 2.5th to the 97.5th percentile of a figure
over these drawings.

``scipy.stats.bootstrap`` does not serve. It hands the drawn values to the statistic; here that gets
how often each of the n was drawn, so that a thousand drawings of thousands of readings are one
product of matrices for all figures, and n may as well be people with all their pictures. It refuses
a single value, and interpolates between ends that are infinite. What is drawn in blocks of time,
see :mod:`emotion_core.performance.comparison.measures`, it does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

RESAMPLES = 1000
LEVEL = 0.95
_CHUNK = 100


def bootstrap_interval(
    statistic: Callable[[Values], Values],
    n: int,
    *,
    resamples: int = RESAMPLES,
    method: Literal["linear", "nearest"] = "linear",
) -> Values:
    """The 95% percentile intervals of one or more figures, the same on every run.

    Args:
        statistic: gives the (r, ...) figures of r drawings, from (r, n) how often each was drawn.
        n: how many there are to draw from, at least 1.
        resamples: drawings.
        method: ``nearest`` takes the ends from the drawings, as where they may be infinite.

    Returns:
        (2, ...): low and high ends.
    """
    random = np.random.default_rng(0)
    found = []
    for start in range(0, resamples, _CHUNK):
        rows = min(_CHUNK, resamples - start)
        drawn = random.integers(0, n, (rows, n)) + n * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n)
        found.append(statistic(counts.astype(np.float64)))
    tail = (1 - LEVEL) / 2
    ends = np.quantile(np.concatenate(found), [tail, 1 - tail], axis=0, method=method)
    return np.asarray(ends, np.float64)


def mean_interval(values: npt.NDArray[Any]) -> tuple[float, float]:
    """The 95% interval of the mean of (n,) values; NaN for none."""
    return ratio_interval(values, np.ones(len(values)))


def ratio_interval(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> tuple[float, float]:
    """The 95% interval of a ratio of means, both over the same n.

    Args:
        above: (n,) values of the numerator.
        below: (n,) values of the denominator, at least 0.

    Returns:
        NaN for none; infinite ends where a drawing has nothing below.
    """
    if not len(above):
        return float("nan"), float("nan")
    pairs = np.stack([above, below], axis=1).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = bootstrap_interval(
            lambda counts: np.divide(*(counts @ pairs).T), len(pairs), method="nearest"
        )
    return float(low), float(high)


def expanded_intervals(
    replicates: Values, count: float, level: float = LEVEL
) -> list[tuple[float, float]]:
    """The expanded percentile interval of each column of (k, m); NaN without replicates.

    Percentiles of replicates are too narrow where few things were drawn, as if the standard
    deviation were divided by n and the normal table used in place of Student's. So they are taken
    further out, at Phi(-sqrt(n / (n - 1)) t) with t of n - 1 degrees of freedom (Hesterberg 2015,
    "What teachers should know about the bootstrap", The American Statistician 69, 371-386).

    Args:
        replicates: (k, m).
        count: n, how many independent things were drawn.
        level: such as 0.95.
    """
    if not len(replicates):
        return [(float("nan"), float("nan"))] * replicates.shape[1]
    from scipy import special

    student = special.stdtrit(count - 1, (1 + level) / 2)
    tail = float(special.ndtr(-student * np.sqrt(count / (count - 1))))
    low, high = np.nanquantile(replicates, [tail, 1 - tail], axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def entropy(distributions: npt.NDArray[np.floating[Any]]) -> Values:
    """Shannon entropy in bits, -sum p log2 p (Shannon 1948).

    Args:
        distributions: (n, k), rows summing to 1.

    Returns:
        (n,): 0 for certainty, log2(k) where all are as likely.
    """
    values = np.asarray(distributions, np.float64)
    # abs() turns the -0.0 of a certain row into 0.0
    return np.asarray(np.abs((values * np.log2(np.where(values > 0, values, 1))).sum(axis=1)))
