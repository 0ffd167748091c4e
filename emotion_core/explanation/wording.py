"""Parts of a face and what hiding them does, in a student's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from emotion_core.emotions.labels import percent
from emotion_core.explanation.shares import focus_of

# A part with less than this share of a mask, or a change of less, is not worth a word; nor is one
# that a random mask would have as much in.
_NAMED_SHARE, _NAMED_CHANGE = 0.1, 0.01
_PLACES = {"outside": "outside the face"}
_BETWEEN = "between the brows"


def describe_shares(shares: pd.DataFrame, emotion: str) -> str:
    """Where a mask lies: ``sad: 41% brows (most between the brows), 30% mouth``.

    The three regions at most whose share is most beyond their size, which is what a random mask
    would have in them, each with the part in which most of it sits; the largest share comes first.

    Args:
        shares: rows with ``emotion``, ``region``, ``part``, ``share`` and ``area``, one for each
            part.
        emotion: whose mask.
    """
    return f"{emotion}: {describe_mask(shares[shares['emotion'] == emotion])}"


def describe_mask(shares: pd.DataFrame) -> str:
    """The same of the rows of one mask, without its emotion."""
    own = shares.dropna(subset="share")
    if own.empty:
        return "nothing is marked"
    sums = own.groupby("region", sort=False)[["share", "area"]].sum()
    more = (sums["share"] - sums["area"])[sums["share"] >= _NAMED_SHARE]
    named = sums.loc[more[more > 0].nlargest(3).index].sort_values(
        "share", ascending=False, kind="stable"
    )
    if named.empty:
        return "no region has clearly more than a random mask would"
    return ", ".join(
        _describe_region(own[own["region"] == region], str(region)) for region in named.index
    )


def _describe_region(own: pd.DataFrame, region: str) -> str:
    text = f"{percent(float(own['share'].sum()))} {_PLACES.get(region, region)}"
    focus = focus_of(own)
    if focus == region:
        return text
    return f"{text} (most {focus if focus == _BETWEEN else f'in {_the(focus)}'})"


def describe_places(parts: Sequence[str]) -> str:
    """Where something is: ``between the brows and in the eyes and the mouth``."""
    others = [part for part in parts if part != _BETWEEN]
    if not others:
        return _BETWEEN
    inside = f"in {describe_parts(others)}"
    return inside if len(others) == len(parts) else f"{_BETWEEN} and {inside}"


def describe_parts(parts: Sequence[str]) -> str:
    """For example ``the brows, the eyes and the mouth``."""
    # last, or it would read as the area between the brows and what comes next
    named = [_the(part) for part in sorted(parts, key=lambda part: part == _BETWEEN)]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def _the(part: str) -> str:
    return f"the area {part}" if part == _BETWEEN else f"the {part}"


def describe_changes(
    parts: Sequence[str], before: Mapping[str, float], changes: Mapping[str, float]
) -> str:
    """What hiding parts of a face does to its reading, largest change first.

    ``Without the mouth, happy falls by 31 points and neutral rises by 25 points. Neutral leads
    then, no longer happy.``

    Args:
        parts: those that are hidden, one at least.
        before: probability of each emotion of the whole face.
        changes: what is added to each of them.
    """
    without = f"Without {describe_parts(parts)}"
    order = sorted(changes, key=lambda name: -abs(changes[name]))
    named = [name for name in order if abs(changes[name]) >= _NAMED_CHANGE][:3]
    if not named:
        return f"{without} the reading does not change: the rest of the face is enough for it."
    phrases = [
        f"{name} {'rises' if changes[name] > 0 else 'falls'} by {_points(changes[name])}"
        for name in named
    ]
    words = phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
    first = max(before, key=lambda name: before[name])
    then = max(before, key=lambda name: before[name] + changes[name])
    if first == then:
        return f"{without}, {words}. {first.capitalize()} still leads."
    return f"{without}, {words}. {then.capitalize()} leads instead of {first}."


def _points(change: float) -> str:
    points = round(100 * abs(change))
    return f"{points} point{'s' * (points != 1)}"
