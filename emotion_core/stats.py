"""Entropy, and intervals by the percentile bootstrap.

Efron 1979, "Bootstrap Methods: Another Look at the Jackknife": n values are drawn from the n with
replacement, many times, and an interval runs from the 2.5th to the 97.5th percentile of a figure
over these drawings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
ENDS = (2.5, 97.5)
_CHUNK = 100


def draw_counts(n: int) -> Iterator[npt.NDArray[np.float64]]:
    """How often each of n is drawn, (100, n) at a time; the same on every run."""
    random = np.random.default_rng(0)
    offsets = n * np.arange(_CHUNK)[:, None]
    for _ in range(RESAMPLES // _CHUNK):
        drawn = random.integers(0, n, (_CHUNK, n)) + offsets
        counts = np.bincount(drawn.ravel(), minlength=_CHUNK * n)
        yield counts.reshape(_CHUNK, n).astype(np.float64)


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
        ratios = [np.divide(*(counts @ pairs).T) for counts in draw_counts(len(pairs))]
    # no interpolation where an end may be infinite: inf - inf is no number
    low, high = np.percentile(np.concatenate(ratios), ENDS, method="nearest")
    return float(low), float(high)


def entropy(distributions: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Shannon entropy in bits, -sum p log2 p (Shannon 1948).

    Args:
        distributions: (n, k), rows summing to 1.

    Returns:
        (n,): 0 for certainty, log2(k) where all are as likely.
    """
    values = np.asarray(distributions, np.float64)
    # abs() turns the -0.0 of a certain row into 0.0
    return np.asarray(np.abs((values * np.log2(np.where(values > 0, values, 1))).sum(axis=1)))
