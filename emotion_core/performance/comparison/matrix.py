"""Which of many performances are similar: their distances, and how they cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from emotion_core.emotions.through_time import SMOOTHING
from emotion_core.performance.comparison.alignment import BAND, MOST_POINTS, STEP, align
from emotion_core.performance.performance import Performance, Values
from emotion_core.progress import Progress, Task


@dataclass(frozen=True, slots=True)
class DistanceMatrix:
    """Aligned distances of n performances, each to each.

    Attributes:
        titles: n names.
        distances: (n, n) symmetric, 0 on the diagonal; :attr:`Alignment.distance`.
        tree: (n - 1, 4) as :func:`scipy.cluster.hierarchy.linkage` gives it: which two clusters
            join, at what mean distance, and how many performances they hold.
        order: the performances so that alike ones stand together.
    """

    titles: tuple[str, ...]
    distances: Values
    tree: Values
    order: tuple[int, ...]


def distance_matrix(
    performances: Sequence[Performance],
    titles: Sequence[str],
    *,
    step: float = STEP,
    sigma: float = SMOOTHING,
    band: float = BAND,
    most_points: int = MOST_POINTS,
) -> Task[DistanceMatrix]:
    """Align each pair, and cluster what is similar.

    Clusters are joined by the mean distance of their performances (average linkage, Sokal and
    Michener 1958), and leaves are ordered so that neighbours are as alike as can be (Bar-Joseph et
    al. 2001, "Fast optimal leaf ordering for hierarchical clustering").

    Args:
        performances: n, each seen at least once.
        titles: n names.
        step, sigma, band, most_points: as for :func:`~.alignment.align`.

    Raises:
        ComparisonError: a performance without a reading.
    """
    pairs = list(combinations(performances, 2))
    distances = []
    for done, (first, second) in enumerate(pairs):
        yield Progress(done, len(pairs))
        found = align(first, second, step=step, sigma=sigma, band=band, most_points=most_points)
        distances.append(found.distance)
    from scipy.spatial.distance import squareform

    return order_by_similarity(
        titles, squareform(distances) if pairs else np.zeros((len(titles),) * 2)
    )


def order_by_similarity(titles: Sequence[str], distances: Values) -> DistanceMatrix:
    """A matrix with its tree; distances are (n, n)."""
    if len(titles) < 2:
        order = tuple(range(len(titles)))
        return DistanceMatrix(tuple(titles), distances, np.zeros((0, 4)), order)
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    condensed = squareform(distances, checks=False)
    tree = optimal_leaf_ordering(linkage(condensed, "average"), condensed)
    return DistanceMatrix(tuple(titles), distances, tree, tuple(map(int, leaves_list(tree))))
