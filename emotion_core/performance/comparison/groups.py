"""Performances grouped by where they come from: film, country, language or tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from emotion_core.performance.comparison.matrix import DistanceMatrix

# By what performances can be grouped, and how it is described.
KINDS = {"film": "film", "country": "country", "language": "language", "tag": "tag"}


@dataclass(frozen=True, slots=True)
class PerformanceLabels:
    """What is known of where a performance comes from; an empty tuple where it is not.

    Attributes:
        film, country, language, tag: names; a film may have two countries, a scene many tags.
    """

    film: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """The names of one of :data:`KINDS`."""
        names: tuple[str, ...] = getattr(self, kind)
        return names


@dataclass(frozen=True, slots=True)
class Groups:
    """Performances by name.

    Attributes:
        members: positions of the performances of each group, the largest group first; one may be
            in several.
        without: positions of those of which nothing is known.
    """

    members: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    without: tuple[int, ...] = ()


def group_performances(labels: Sequence[PerformanceLabels], kind: str) -> Groups:
    """Group performances that share a name.

    Args:
        labels: of each performance.
        kind: one of :data:`KINDS`.
    """
    found: dict[str, list[int]] = {}
    without = []
    for place, one in enumerate(labels):
        names = dict.fromkeys(name.strip() for name in one.of_kind(kind) if name.strip())
        for name in names:
            found.setdefault(name, []).append(place)
        if not names:
            without.append(place)
    ordered = sorted(found, key=lambda name: (-len(found[name]), name))
    return Groups({name: tuple(found[name]) for name in ordered}, tuple(without))


def distances_of_groups(matrix: DistanceMatrix, groups: Groups) -> pd.DataFrame:
    """Whether performances of a group are nearer to each other than to those outside of it.

    Returns:
        One row a group: ``group``, ``performances``, ``within`` (mean distance of its pairs; NaN of
        a single one) and ``between`` (mean distance of its performances to those of other groups;
        NaN without any).
    """
    rows = []
    everyone = sorted({place for own in groups.members.values() for place in own})
    for name, own in groups.members.items():
        inside = matrix.distances[np.ix_(own, own)]
        others = [place for place in everyone if place not in own]
        outside = matrix.distances[np.ix_(own, others)]
        pairs = len(own) * (len(own) - 1)
        rows.append(
            (
                name,
                len(own),
                float(inside.sum() / pairs) if pairs else float("nan"),
                float(outside.mean()) if outside.size else float("nan"),
            )
        )
    return pd.DataFrame(rows, columns=["group", "performances", "within", "between"])
