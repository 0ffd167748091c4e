"""Movements of the characters of a scene as a table, and as text from one moment to another."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from emotion_core.export.formats import TableFormat
from emotion_core.export.segments import Segment, milliseconds
from emotion_core.export.spreadsheets import write_table
from emotion_core.faces.movements.movements import MOVEMENTS, describe, noun_of
from emotion_core.performance.clear_movements import clear_movements
from emotion_core.performance.movements import CharacterMovements, movements_of, movements_table
from emotion_core.performance.performance import Performance
from emotion_core.performance.wording.movements import several


def _note(name: str) -> str:
    movement = MOVEMENTS[name]
    both = f"; below 0: {noun_of(name, -1)}" if movement.both_ways else ""
    return (
        f"{noun_of(name)}, {movement.unit}{both}; nearest action unit {movement.action_unit}, no "
        "FACS coding; empty where it cannot be told"
    )


# What each column of the movements holds.
MOVEMENT_NOTES = {
    "frame": "number of the frame in the clip, from 0",
    "time": "presentation time of the frame, seconds",
    "shot": "number of the shot, from 0",
    "track": "number of the face, followed through one shot",
    "character": "the character; movements are measured from their own neutral face",
    **{name: _note(name) for name in MOVEMENTS},
    "events": "what happens then, of blinks, brow flashes, nods, shakes and drops of the head",
}


def scene_movements(performances: Sequence[Performance]) -> pd.DataFrame:
    """One row a reading, by frame and track, with the columns :data:`MOVEMENT_NOTES`.

    Args:
        performances: the characters of a scene.
    """
    tables = []
    for performance in performances:
        movements = movements_of(performance)
        table = movements_table(performance, movements)
        tables.append(table.assign(events=_events_at(performance, movements)))
    if not tables:
        return pd.DataFrame(columns=list(MOVEMENT_NOTES))
    whole = pd.concat(tables, ignore_index=True)
    return whole.sort_values(["frame", "track"], kind="stable", ignore_index=True)


def movements_to_spreadsheet(
    performances: Sequence[Performance], wanted: TableFormat = TableFormat.CSV
) -> bytes:
    """:func:`scene_movements` as a file."""
    return write_table(scene_movements(performances), wanted)


def movement_segments(
    performance: Performance, movements: CharacterMovements
) -> dict[str, list[Segment]]:
    """The clear movements of a character by their names, and events by their kind.

    Of one name none lies over another. What never is clear is not in it.

    Args:
        performance: whose.
        movements: :func:`~emotion_core.performance.movements.movements_of` it.
    """
    found: dict[str, list[Segment]] = {}
    clear = clear_movements(performance, movements)
    for name, movement in MOVEMENTS.items():
        for row in clear[clear["movement"] == name].to_dict("records"):
            words = describe(name, row["peak"]).rstrip(".")
            text = f"{words} ({movement.action_unit})"
            called = noun_of(name, row["peak"])
            first, last = milliseconds(row["start"]), milliseconds(row["end"])
            found.setdefault(called, []).append(Segment(first, max(last, first + 1), text))
    for event in movements.events:
        own = found.setdefault(several(event.kind), [])
        first, last = milliseconds(event.start), milliseconds(event.end)
        if own:  # a nod may begin where the one before ends
            first = max(first, own[-1].end)
        if first < last:
            own.append(Segment(first, last, event.kind.replace("_", " ")))
    return found


def _events_at(performance: Performance, movements: CharacterMovements) -> pd.Series:
    words: list[list[str]] = [[] for _ in range(len(performance))]
    times = performance.times
    for event in movements.events:
        first, last = times.searchsorted([event.start, event.end])
        for row in range(int(first), min(int(last) + 1, len(words))):
            words[row].append(event.kind.replace("_", " "))
    texts = [", ".join(dict.fromkeys(one)) for one in words]
    return pd.Series(texts, performance.faces.index, dtype="string")
