"""A comparison as tables, one row a finding: what figures, pages and exports read."""

from __future__ import annotations

from dataclasses import asdict
from itertools import combinations

import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.performance.comparison.comparison import Comparison
from emotion_core.performance.comparison.measures import MEASURES

_UNITS = {measure.name: measure.unit for measure in MEASURES}


def measures_table(comparison: Comparison) -> pd.DataFrame:
    """``title, measure, unit, value, low, high, reason``: each measure of each performance."""
    rows = [
        {"title": one.title, **asdict(estimate)}
        for one in comparison.performances
        for estimate in one.measures
    ]
    return _with_units(pd.DataFrame(rows), 2)


def differences_table(comparison: Comparison) -> pd.DataFrame:
    """``reference, other, measure, unit, first, second, difference, low, high, reason``."""
    rows = [
        {"reference": comparison.titles[0], "other": comparison.titles[pair.other], **asdict(one)}
        for pair in comparison.pairs
        for one in pair.differences
    ]
    return _with_units(pd.DataFrame(rows), 3)


def divergences_table(comparison: Comparison) -> pd.DataFrame:
    """``reference, other``, the two times and readings, and the distance: largest first."""
    columns = [
        *("reference", "other", "reference_time", "other_time", "distance"),
        *("reference_reading", "other_reading"),
        *(f"{side}_{emotion}" for side in ("reference", "other") for emotion in EMOTIONS),
    ]
    rows = [
        (
            *(comparison.titles[0], comparison.titles[pair.other]),
            *(one.first_time, one.second_time, one.distance),
            *(one.first_reading, one.second_reading, *one.first_shares, *one.second_shares),
        )
        for pair in comparison.pairs
        for one in pair.divergences
    ]
    return pd.DataFrame(rows, columns=columns)


def paths_table(comparison: Comparison) -> pd.DataFrame:
    """``reference, other, reference_time, other_time, distance``: each step of each path."""
    parts = []
    for pair in comparison.pairs:
        first, second = pair.alignment.times
        parts.append(
            pd.DataFrame(
                {
                    "reference": comparison.titles[0],
                    "other": comparison.titles[pair.other],
                    "reference_time": first,
                    "other_time": second,
                    "distance": pair.alignment.distances,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def arcs_table(comparison: Comparison) -> pd.DataFrame:
    """``title, time`` and the seven smoothed probabilities; empty where nobody is seen."""
    parts = []
    for one in comparison.performances:
        table = pd.DataFrame(one.arc.values, columns=list(EMOTIONS))
        table.insert(0, "time", one.arc.times)
        table.insert(0, "title", one.title)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def distances_table(comparison: Comparison) -> pd.DataFrame:
    """``first, second, distance``, and ``unaligned`` for pairs with the reference."""
    titles, matrix = comparison.titles, comparison.distances.distances
    before = {pair.other: pair.alignment.unaligned for pair in comparison.pairs}
    rows = [
        (titles[a], titles[b], float(matrix[a, b]), before[b] if a == 0 else float("nan"))
        for a, b in combinations(range(len(titles)), 2)
    ]
    return pd.DataFrame(rows, columns=["first", "second", "distance", "unaligned"])


def _with_units(table: pd.DataFrame, place: int) -> pd.DataFrame:
    table.insert(place, "unit", table["measure"].map(_UNITS))
    return table
