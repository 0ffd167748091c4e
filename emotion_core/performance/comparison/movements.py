"""What performances do with face and head, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import percent
from emotion_core.faces.movements.movements import MOVEMENTS, noun_of
from emotion_core.performance.clear_movements import movement_summary
from emotion_core.performance.comparison.comparison import Comparison
from emotion_core.performance.movements import movements_of, movements_read

# Differences of less than this, as a share of a strong movement all the time, are not told.
_LEAST = 0.03
_TOLD = 3


def compared_movements(comparison: Comparison) -> pd.DataFrame:
    """One row a performance and movement.

    Returns:
        ``title`` and the columns of
        :func:`~emotion_core.performance.clear_movements.movement_summary`; performances that were
        read before movements were measured are not in it.
    """
    tables = [
        movement_summary(one.performance, movements_of(one.performance)).assign(title=one.title)
        for one in comparison.performances
        if movements_read(one.performance.faces)
    ]
    if not tables:
        return pd.DataFrame(columns=["title", "movement", "direction", "share", "size"])
    table = pd.concat(tables, ignore_index=True)
    return table[["title", *(name for name in table.columns if name != "title")]]


def movement_differences(compared: pd.DataFrame, reference: str, other: str) -> pd.DataFrame:
    """In which movements two performances differ, the largest difference first.

    How much a movement is played is its share of the time times its size, which is 1 for a strong
    movement (:attr:`~emotion_core.faces.movements.movements.Movement.full`) all the time.

    Args:
        compared: :func:`compared_movements`.
        reference, other: titles of the two.

    Returns:
        ``movement``, ``direction``, ``reference_share``, ``other_share``, and ``difference`` of
        how much they are played, other minus reference. What cannot be told in one of the two is
        not in it.
    """
    full = compared["movement"].map({name: one.full for name, one in MOVEMENTS.items()})
    size = compared["size"].where(compared["times"] > 0, 0.0) if len(compared) else compared["size"]
    much = compared.assign(much=compared["share"] * size / full.astype("float64"))
    keys = ["movement", "direction"]
    one, two = (much[much["title"] == title].set_index(keys) for title in (reference, other))
    found = pd.DataFrame(
        {
            "reference_share": one["share"],
            "other_share": two["share"].reindex(one.index),
            "difference": two["much"].reindex(one.index) - one["much"],
        }
    ).dropna()
    order = found["difference"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index()


def describe_movement_differences(differences: pd.DataFrame, reference: str, other: str) -> str:
    """The largest differences in a sentence or two.

    Args:
        differences: :func:`movement_differences`.
        reference, other: what the two are called.
    """
    large = differences[differences["difference"].abs() >= _LEAST].head(_TOLD)
    if differences.empty:
        return "Their movements cannot be compared: they cannot be told in both."
    if large.empty:
        return "They move about as much."
    sentences = [
        f"{'More' if sign > 0 else 'Less'} in {other}: {_listed(own, reference)}."
        for sign in (1, -1)
        if len(own := large[np.sign(large["difference"]) == sign])
    ]
    return " ".join(sentences)


def _listed(rows: pd.DataFrame, reference: str) -> str:
    texts: Sequence[str] = [
        f"{noun_of(row['movement'], row['direction'])} ({percent(row['other_share'])} of the time, "
        f"{percent(row['reference_share'])} in {reference})"
        for row in rows.to_dict("records")
    ]
    return ", ".join(texts)
