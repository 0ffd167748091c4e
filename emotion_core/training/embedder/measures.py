"""How well embeddings tell people apart, by all pairs of pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from emotion_core.types import FloatArray


@dataclass(frozen=True, slots=True)
class PairMeasures:
    """Same or different, decided by the cosine of two embeddings.

    Attributes:
        auc: area under the receiver operating characteristic: how often a pair of one person is
            nearer than one of two people.
        same, different: how many pairs there are of each.
        threshold: cosine that ``false_match`` of the pairs of two people exceed.
        true_match: share of the pairs of one person that exceed it as well.
        false_match: the rate that ``threshold`` was chosen by.
    """

    auc: float
    same: int
    different: int
    threshold: float
    true_match: float
    false_match: float


def area_under_roc(scores: npt.NDArray[np.floating], same: npt.NDArray[np.bool_]) -> float:
    """How often a pair of one person scores higher than one of two, ties counting half.

    The statistic of Mann and Whitney over the number of comparisons (Hanley and McNeil 1982, "The
    meaning and use of the area under a receiver operating characteristic (ROC) curve").

    Args:
        scores: (n,) of pairs.
        same: (n,) whether a pair is of one person.

    Raises:
        ValueError: there is no pair of one person, or none of two.
    """
    matches, others = int(same.sum()), int((~same).sum())
    if not matches or not others:
        raise ValueError("there must be pairs of one person and of two")
    ranks = float(rankdata(scores)[same].sum())
    return (ranks - matches * (matches + 1) / 2) / (matches * others)


def measure_pairs(
    embeddings: FloatArray, people: npt.NDArray[np.integer], false_match: float = 1e-3
) -> PairMeasures:
    """Measure all pairs of pictures.

    Args:
        embeddings: (n, d), rows of length 1.
        people: (n,) who is seen.
        false_match: rate of false matches at which the threshold is taken.

    Raises:
        ValueError: there is no pair of one person, or none of two.
    """
    first, second = np.triu_indices(len(embeddings), 1)
    cosine = (embeddings @ embeddings.T)[first, second]
    same = people[first] == people[second]
    auc = area_under_roc(cosine, same)
    threshold = float(np.quantile(cosine[~same], 1 - false_match))
    return PairMeasures(
        auc=auc,
        same=int(same.sum()),
        different=int((~same).sum()),
        threshold=threshold,
        true_match=float((cosine[same] > threshold).mean()),
        false_match=false_match,
    )
