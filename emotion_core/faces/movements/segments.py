"""Rows of a faces table that follow each other without a gap, and turning points among them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.float64]

# Share of a stroke's height within which it has not begun, or is done: a face at rest trembles.
_REST = 0.1
# Longest rest between two strokes that belong together, in the time that a stroke may take.
_PAUSE = 0.5
# Of the usual step between two rows, from which there is a gap.
_GAP = 2.2


def unbroken(faces: pd.DataFrame) -> list[npt.NDArray[np.int64]]:
    """The positions of rows that follow each other: in one track and shot, without a gap.

    Args:
        faces: with ``time``, ``track`` and ``shot``, in any order, of any number of tracks.

    Returns:
        Positions (as of ``iloc``) by time; together they are all rows.
    """
    time = faces["time"].to_numpy(np.float64)
    track, shot = faces["track"].to_numpy(), faces["shot"].to_numpy()
    order = np.lexsort((time, track, shot))
    same = (np.diff(track[order]) == 0) & (np.diff(shot[order]) == 0)
    gaps = np.diff(time[order])
    usual = float(np.median(gaps[same])) if same.any() else 0.0
    breaks = np.flatnonzero(~same | (gaps > _GAP * usual))
    return [part for part in np.split(order, breaks + 1) if len(part)]


def readings_per_second(faces: pd.DataFrame) -> float:
    """How often a face is read, by the median of the steps within its tracks; 0 if unknown."""
    time = faces["time"].to_numpy(np.float64)
    track = faces["track"].to_numpy()
    order = np.lexsort((time, track))
    steps = np.diff(time[order])[np.diff(track[order]) == 0]
    steps = steps[steps > 0]
    return float(1 / np.median(steps)) if len(steps) else 0.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A series going from one turning point to the next.

    Attributes:
        start: position at which it leaves the first.
        end: position at which it reaches the second.
        rise: by how much it rises; negative where it falls.
    """

    start: int
    end: int
    rise: float


def known_runs(values: Values, rows: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Parts of unbroken rows in which a value is known in each."""
    known = np.isfinite(values[rows])
    parts = np.split(rows, np.flatnonzero(np.diff(known.astype(np.int8))) + 1)
    return [part for part in parts if len(part) and np.isfinite(values[part[0]])]


def trembling(values: Values) -> float:
    """The standard deviation by which a series jumps about from row to row.

    By the median distance of each value from the middle of its two neighbours, so that movements
    which last for more than a few rows do not count.

    Args:
        values: (n,) finite, by time; 0 for fewer than three.
    """
    if len(values) < 3:
        return 0.0
    jumps = np.abs(values[1:-1] - (values[:-2] + values[2:]) / 2)
    return float(1.4826 * np.median(jumps) / np.sqrt(1.5))  # of a normal distribution


def turning_points(values: Values, swing: float) -> npt.NDArray[np.int64]:
    """Where a series turns, of all swings that are at least so large; its ends are among them.

    Args:
        values: (n,) finite.
        swing: least difference between a turning point and the next.

    Returns:
        (k,) ascending positions: the ends, and between them highs and lows in turns. Without a
        swing of this size nothing.
    """
    if not len(values):
        return np.zeros(0, np.int64)
    points: list[int] = []
    low = high = 0
    rising: bool | None = None
    for k in range(1, len(values)):
        low = k if values[k] < values[low] else low
        high = k if values[k] > values[high] else high
        if rising is not True and values[k] - values[low] >= swing:
            points.append(low)
            rising, high = True, k
        elif rising is not False and values[high] - values[k] >= swing:
            points.append(high)
            rising, low = False, k
        elif rising is True:
            low = k
        elif rising is False:
            high = k
    if rising is None:
        return np.zeros(0, np.int64)
    points.append(high if rising else low)
    return np.array(points, np.int64)


def strokes(values: Values, swing: float) -> list[Stroke]:
    """The movements of a series between its turning points, without the rest before and after them.

    Args:
        values: (n,) finite.
        swing: least height of a stroke.
    """
    found = []
    for first, last in pairwise(turning_points(values, swing).tolist()):
        path = values[first : last + 1]
        rise = float(path[-1] - path[0])
        start = int(np.flatnonzero(np.abs(path - path[0]) <= _REST * abs(rise))[-1])
        end = start + int(np.flatnonzero(np.abs(path[start:] - path[-1]) <= _REST * abs(rise))[0])
        found.append(Stroke(first + start, first + end, rise))
    return found


def quick_runs(moves: list[Stroke], time: Values, longest: float) -> list[list[Stroke]]:
    """Strokes that are quick and follow each other quickly, as runs.

    Args:
        moves: of one series.
        time: (n,) seconds of the series.
        longest: seconds that a stroke may take; the rest before the next, half of that.
    """
    runs: list[list[Stroke]] = []
    before: Stroke | None = None
    for move in moves:
        if time[move.end] - time[move.start] > longest:
            before = None
            continue
        if before is None or time[move.start] - time[before.end] > _PAUSE * longest:
            runs.append([])
        runs[-1].append(move)
        before = move
    return runs
