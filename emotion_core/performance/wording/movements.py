"""Movements of a character in sentences a coach would say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import percent
from emotion_core.faces.movements.events import EVENT_KINDS
from emotion_core.faces.movements.measures import MEASURES
from emotion_core.faces.movements.movements import MOVEMENTS, describe
from emotion_core.performance.clear_movements import event_summary, movement_summary
from emotion_core.performance.movements import (
    NOT_READ,
    CharacterMovements,
    movements_read,
    reliable,
)
from emotion_core.performance.performance import Performance
from emotion_core.text import format_time

# As many movements are named, and from this share of the time on.
_NAMED, _WORTH = 3, 0.02
_SEVERAL = {
    "blink": "blinks",
    "brow_flash": "brow flashes",
    "nod": "nods",
    "shake": "shakes of the head",
    "head_drop": "drops of the head",
}
_NOT_TOLD = "Movements cannot be told: the face is too small, too blurred or covered."
_NO_NEUTRAL = (
    "Movements cannot be told: this face is seen too briefly from the front to estimate its "
    "neutral face."
)


def describe_movements(performance: Performance, movements: CharacterMovements) -> tuple[str, ...]:
    """What a face and head do most, and what happens in them, in one to three sentences.

    For example ``The inner brows rise by a third (12 times, 18% of the time). Blinks: 14 a minute.
    2 nods.``
    """
    if not movements_read(performance.faces):
        return (NOT_READ,)
    if not movements.known:
        seen = np.isfinite(reliable(performance.faces)[list(MEASURES)].to_numpy()).any()
        return (_NO_NEUTRAL if seen else _NOT_TOLD,)
    most = strongest(movement_summary(performance, movements))
    sentences = [
        f"{describe(row['movement'], row['direction'] * row['size']).rstrip('.')} "
        f"({_times(int(row['times']))}, {percent(row['share'])} of the time)."
        for row in most.to_dict("records")
    ]
    if not sentences:
        sentences = ["No clear movement away from the neutral face."]
    return (*sentences, *_events(performance, movements))


def strongest(summary: pd.DataFrame, count: int = _NAMED) -> pd.DataFrame:
    """The movements that a face does most: far, and for long.

    Args:
        summary: :func:`~emotion_core.performance.clear_movements.movement_summary`.
        count: how many at most.
    """
    clear = summary["movement"].map({name: one.clear for name, one in MOVEMENTS.items()})
    full = summary["movement"].map({name: one.full for name, one in MOVEMENTS.items()})
    worth = (summary["share"] >= _WORTH) & (summary["size"] >= clear)
    far = (summary["share"] * summary["size"] / full)[worth].astype(float)
    return summary.loc[far.sort_values(ascending=False, kind="stable").index[:count]]


def describe_neutral(movements: CharacterMovements) -> str:
    """What movements are measured from, in a sentence; empty where nothing is known of it."""
    neutral = movements.neutral
    if not neutral.known:
        return ""
    if neutral.time is None:
        return (
            "Neutral face: estimated, what this face mostly looks like to the camera in this scene."
        )
    return f"Neutral face: chosen at {format_time(neutral.time)}."


def several(kind: str) -> str:
    """What events of a kind of :data:`EVENT_KINDS` are called: "brow flashes"."""
    return _SEVERAL[kind]


def _events(performance: Performance, movements: CharacterMovements) -> list[str]:
    words = []
    for row in event_summary(performance, movements).to_dict("records"):
        noun, rate = EVENT_KINDS[row["event"]].noun, row["per_minute"]
        if row["event"] == "blink" and np.isfinite(rate):
            words.append(f"Blinks: {rate:.0f} a minute.")
        elif row["times"] > 0:
            count = int(row["times"])
            words.append(f"{count} {noun if count == 1 else several(row['event'])}.")
    return words


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
