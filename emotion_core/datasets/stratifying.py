"""Dealing groups out to parts so that each part has its share of every class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]


def assign(labels: Indices, groups: Indices, shares: Sequence[float], seed: int) -> Indices:
    """Deal groups out to parts so that each part has its share of every class.

    Large groups come first, the order of equal ones is drawn. Each goes where, per class and in
    shares of what is wanted there, most is still missing once it is in: a greedy form of
    iterative stratification (Sechidis et al. 2011, "On the Stratification of Multi-Label Data").

    Args:
        labels: (n,) class of each picture.
        groups: (n,) group of each picture, numbered from 0 without gaps.
        shares: of the parts, summing to 1. A part with share 0 gets nothing.
        seed: of the order.

    Returns:
        (n,) number of the part. The same arguments give the same parts.
    """
    table = np.zeros((groups.max() + 1, labels.max() + 1))
    np.add.at(table, (groups, labels), 1)
    parts = np.flatnonzero(np.asarray(shares) > 0)
    wanted = np.asarray(shares, float)[parts, None] * table.sum(axis=0)
    missing, scale = wanted.copy(), np.maximum(wanted, 1e-9)
    drawn = np.random.default_rng(seed).permutation(len(table))
    order = drawn[np.argsort(-table[drawn].sum(axis=1), kind="stable")]
    chosen = np.zeros(len(table), np.int64)
    for group in order:
        need = ((missing - table[group]) / scale * table[group]).sum(axis=1)
        best = int(need.argmax())
        missing[best] -= table[group]
        chosen[group] = parts[best]
    return chosen[groups]
