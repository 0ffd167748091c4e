"""What shares of a mask say: in which part of a region it sits, and the table of all parts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from emotion_core.faces.regions import ALL_PARTS, PARTS

# A part stands for its region where it holds this share of what the region holds of the mask, and
# this many times what it would by its size in the region. What was said before holds a little
# beyond that.
_MOST, _LIFT = 0.5, 1.25
_SLACK = 0.1
_SIDES = ("right ", "left ")


def focus_of(own: pd.DataFrame, before: str = "") -> str:
    """The part of a region in which its share of a mask sits.

    Args:
        own: ``region``, ``part``, ``share`` and ``area`` of the parts of one region and one mask.
        before: what was answered last; it holds until something else is clearly so.

    Returns:
        A part (``right inner brow``), both sides of one (``inner brows``), or the region where its
        share is spread over it or only whole regions are known.
    """
    region = str(own["region"].iloc[0])
    whole, room = float(own["share"].sum()), float(own["area"].sum())
    if not whole > 0 or not room > 0:
        return region
    found: dict[str, float] = {}
    for name, parts in _places(region).items():
        chosen = own[own["part"].isin(parts)]
        held, size = float(chosen["share"].sum()) / whole, float(chosen["area"].sum()) / room
        slack = 0.0 if not before else -_SLACK if name == before else _SLACK
        if held >= _MOST + slack and held >= (_LIFT + slack) * size:
            found[name] = held - size + (_SLACK if name == before else 0)
    return max(found, key=lambda name: found[name], default=region)


def plural_of(part: str) -> str:
    """Both sides of a part: ``inner brows`` of ``right inner brow``."""
    return f"{part.split(' ', 1)[1]}s"


def table_of_parts(shares: pd.DataFrame, emotions: Sequence[str]) -> pd.DataFrame:
    """All parts of the face from top to bottom, each region before its parts.

    Args:
        shares: of parts, with ``emotion``; of one face, or means.
        emotions: the columns.

    Returns:
        Index ``region`` and ``part`` (``all`` for a region of several parts); ``size`` and a column
        for each emotion, shares in [0, 1].
    """
    rows = {}
    areas = shares.groupby("part")["area"].mean()
    values = shares.pivot_table(index="part", columns="emotion", values="share").reindex(
        index=list(ALL_PARTS), columns=list(emotions)
    )
    values.insert(0, "size", areas)
    for region, parts in PARTS.items():
        if len(parts) > 1:
            rows[region, "all"] = values.loc[list(parts)].sum(min_count=1)
        for part in parts:
            rows[region, part] = values.T[part]
    table = pd.DataFrame(rows).T
    table.index.names = ["region", "part"]
    return table


def _places(region: str) -> dict[str, tuple[str, ...]]:
    """What may stand for a region: its parts, and those that there are two of together.

    Both cheeks are called as their region is, and so they stand for it.
    """
    parts = PARTS[region]
    if len(parts) == 1:
        return {}
    pairs: dict[str, tuple[str, ...]] = {
        plural_of(part): (part, part.replace(*_SIDES))
        for part in parts
        if part.startswith(_SIDES[0])
    }
    return {**{part: (part,) for part in parts}, **pairs}
