"""When a character clearly moves, how far and how often: what is told of movements in tables."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.faces.movements.events import EVENT_KINDS, blink_rate, countable
from emotion_core.faces.movements.movements import MOVEMENTS, Movement
from emotion_core.performance.movements import CharacterMovements, reliable
from emotion_core.performance.performance import Performance, Values

# Seconds of the running median that takes single odd frames away, and that a movement lasts at
# least: facial actions come and go within a third of a second (Schmidt et al. 2006, "Movement
# differences between deliberate and spontaneous facial expressions"), the mesh trembles faster.
_SMOOTHED, _SHORTEST = 0.2, 0.2
# A movement that has begun lasts while it keeps this share of what it takes to begin.
_KEEPS = 0.75

_COLUMNS = ("character", "movement", "start", "end", "seconds", "size", "peak", "peak_time")
_SUMMARY = (
    *("movement", "direction", "seconds", "times", "per_minute", "share", "size"),
    *("unit", "action_unit"),
)


def clear_movements(performance: Performance, movements: CharacterMovements) -> pd.DataFrame:
    """Every time that a movement is clear, by time; none lasts across a cut or a gap.

    Args:
        performance: whose.
        movements: :func:`~emotion_core.performance.movements.movements_of` it.

    Returns:
        ``character``, ``movement``, ``start``, ``end`` and ``seconds``; ``size``, the mean value
        in the unit of the movement, below 0 where it goes the opposite way; ``peak``, the farthest,
        and ``peak_time``.
    """
    segments, rows = performance.segments(), []
    window = max(round(_SMOOTHED / performance.step) | 1, 1)
    for movement in MOVEMENTS.values():
        values = _smoothed(movements.values[movement.name], segments, window)
        for sign in (1, -1) if movement.both_ways else (1,):
            for first, end in _runs(sign * values, segments, movement, performance):
                own = values[first:end]
                peak = first + int(np.argmax(sign * own))
                start = float(performance.times[first])
                stop = float(performance.times[end - 1]) + performance.step
                mean, top, when = float(own.mean()), float(values[peak]), performance.times[peak]
                rows.append(
                    (performance.name, movement.name, start, stop, stop - start, mean, top, when)
                )
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    return table.sort_values(["start", "movement"], kind="stable").reset_index(drop=True)


def movement_summary(performance: Performance, movements: CharacterMovements) -> pd.DataFrame:
    """How often and how far each movement is clear.

    Args: as of :func:`clear_movements`.

    Returns:
        One row a movement, in their order, and one each way for those that go both ways:
        ``movement``; ``direction``, -1 for the opposite way and else 1; ``seconds``, for how long
        it can be told; ``times``, and ``per_minute`` of that time; ``share`` of that time in which
        it is clear; ``size``, how far it goes then on average (never below 0, NaN where it never is
        clear); ``unit`` of the size, and the nearest ``action_unit``.
    """
    clear = clear_movements(performance, movements)
    clear = clear.assign(direction=np.where(clear["size"] < 0, -1, 1))
    rows = []
    for name, movement in MOVEMENTS.items():
        seconds = float(np.isfinite(movements.values[name]).sum()) * performance.step
        for direction in (1, -1) if movement.both_ways else (1,):
            own = clear[(clear["movement"] == name) & (clear["direction"] == direction)]
            lasting = float(own["seconds"].sum())
            size = float((own["size"].abs() * own["seconds"]).sum())
            rows.append(
                (
                    name,
                    direction,
                    seconds,
                    len(own),
                    60 * len(own) / seconds if seconds else np.nan,
                    min(lasting / seconds, 1.0) if seconds else np.nan,
                    size / lasting if lasting else np.nan,
                    movement.unit,
                    movement.action_unit,
                )
            )
    return pd.DataFrame(rows, columns=list(_SUMMARY))


def event_summary(performance: Performance, movements: CharacterMovements) -> pd.DataFrame:
    """How often each kind of event happens.

    Args: as of :func:`clear_movements`.

    Returns:
        One row a kind: ``event``, ``times``, and ``per_minute`` in view, of blinks per minute in
        which the lids are seen. Both are NaN where readings follow each other too slowly to count,
        and the second one for less than 10 s of lids.
    """
    told, rows = reliable(performance.faces), []
    for kind in EVENT_KINDS:
        known = countable(kind, told) and movements.known
        times = float(sum(event.kind == kind for event in movements.events)) if known else np.nan
        rate = 60 * times / performance.seconds if len(performance) else np.nan
        if kind == "blink" and known:
            found = blink_rate(told)
            rate = np.nan if found is None else found
        rows.append((kind, times, rate))
    return pd.DataFrame(rows, columns=["event", "times", "per_minute"])


def _smoothed(values: pd.Series, segments: npt.NDArray[np.int64], window: int) -> Values:
    """Running medians of what is known, within unbroken segments."""
    known = values.astype("float64")
    rolling = known.groupby(segments).rolling(window, center=True, min_periods=1).median()
    return np.where(known.notna(), rolling.to_numpy(), np.nan)


def _runs(
    values: Values, segments: npt.NDArray[np.int64], movement: Movement, performance: Performance
) -> list[tuple[int, int]]:
    """First row and end of each run that is clear long enough."""
    if not len(values):
        return []
    lasting = np.nan_to_num(values) >= _KEEPS * movement.clear
    breaks = (np.diff(lasting.astype(np.int8)) != 0) | (np.diff(segments) != 0)
    edges = np.concatenate([[0], np.flatnonzero(breaks) + 1, [len(values)]])
    shortest = _SHORTEST / performance.step - 1e-9
    return [
        (int(first), int(end))
        for first, end in pairwise(edges)
        if lasting[first] and end - first >= shortest and values[first:end].max() >= movement.clear
    ]
