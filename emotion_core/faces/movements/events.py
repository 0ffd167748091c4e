"""What happens in a face and ends again: blinks, brow flashes, nods, shakes, drops of the head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.indexers import BaseIndexer

from emotion_core.faces.movements.segments import (
    Values,
    known_runs,
    quick_runs,
    readings_per_second,
    strokes,
    trembling,
    unbroken,
)
from emotion_core.faces.movements.sides import seen_mean

_Found = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event.

    Attributes:
        noun: as "blink".
        meaning: what counts as one, as a sentence without its first capital.
        source: of its limits.
        rate: readings a second below which none is looked for, because most would be missed.
    """

    noun: str
    meaning: str
    source: str
    rate: float


EVENT_KINDS: dict[str, EventKind] = {
    "blink": EventKind(
        "blink",
        "the lids close to under 0.8 of how far they stand open within a second to each side, and "
        "open again, within 0.4 s",
        "eye aspect ratio, Soukupova and Cech 2016; a blink lasts 0.1 to 0.4 s",
        12,
    ),
    "brow_flash": EventKind(
        "brow flash",
        "the brows rise by at least 15% and sink again, within 0.8 s",
        "Grammer et al. 1988, Patterns on the face: the eyebrow flash in crosscultural comparison",
        8,
    ),
    "nod": EventKind(
        "nod",
        "the chin sinks by at least 4 degrees and rises again, each within 0.6 s, with at most "
        "half of that between them",
        "Ekman, Friesen and Hager 2002, head movement M59 (nod up and down)",
        8,
    ),
    "shake": EventKind(
        "shake of the head",
        "the head turns at least three times in a row, each by 8 degrees or more within 0.6 s",
        "Ekman, Friesen and Hager 2002, head movement M60 (shake side to side)",
        8,
    ),
    "head_drop": EventKind(
        "drop of the head",
        "the chin sinks by at least 12 degrees within a second and stays down for half a second",
        "Ekman, Friesen and Hager 2002, AU54 (head down)",
        4,
    ),
}
_BLINK_OPENING, _BLINK_LONGEST, _BLINK_AROUND = 0.8, 0.4, 1.0
_FLASH_RISE, _FLASH_LONGEST = 0.15, 0.8
_NOD, _NOD_STROKE = 4.0, 0.6
_SHAKE, _SHAKE_STROKE, _SHAKE_STROKES = 8.0, 0.6, 3
_DROP, _DROP_LONGEST, _DROP_STAYS = 12.0, 1.0, 0.5
# How much a value trembles, times this, is the least swing that counts: the meshes of small and
# dark faces tremble.
_TREMBLES = 6.0
# Pixels of width below which a face shows no events: its eyes are a few pixels wide.
_SMALLEST = 40.0
# Seconds in view that a rate of blinks needs: people blink about every four seconds.
_RATE_NEEDS = 10.0


@dataclass(frozen=True, slots=True)
class FaceEvent:
    """Something that happened in a face.

    Attributes:
        kind: of :data:`EVENT_KINDS`.
        start, end: seconds in the clip.
    """

    kind: str
    start: float
    end: float

    @property
    def duration(self) -> float:
        """In seconds."""
        return self.end - self.start


def find_events(faces: pd.DataFrame) -> tuple[FaceEvent, ...]:
    """All events of one character, by time; nothing is counted across a gap or a cut.

    Args:
        faces: rows of one character with ``time``, ``track``, ``shot``, the raw measures and
            :data:`~emotion_core.faces.movements.measures.POSE`; columns that are missing count as
            unknown. Kinds for which the rows follow each other too slowly are left out, see
            :func:`countable`.
    """
    found = []
    time = faces["time"].to_numpy(np.float64)
    for kind, (columns, find) in _FINDERS.items():
        if not countable(kind, faces) or not set(columns) <= set(faces.columns):
            continue
        values = _seen(faces, columns)
        for rows in unbroken(faces):
            for run in known_runs(values, rows):
                pairs = find(values[run], time[run], _TREMBLES * trembling(values[run]))
                found += [FaceEvent(kind, time[run[a]], time[run[b]]) for a, b in pairs]
    return tuple(sorted(found, key=lambda event: (event.start, event.end)))


def countable(kind: str, faces: pd.DataFrame) -> bool:
    """Whether faces are read often enough for a kind of event: of every n-th frame they may not."""
    # a 24 fps film that is read every second frame has 12 readings a second, up to its rounding
    return readings_per_second(faces) >= 0.98 * EVENT_KINDS[kind].rate


def blink_rate(faces: pd.DataFrame) -> float | None:
    """Blinks a minute, of the time for which the lids are known.

    Args:
        faces: as for :func:`find_events`.

    Returns:
        ``None`` with fewer than 12 readings a second, or less than 10 s of known lids.
    """
    columns = _FINDERS["blink"][0]
    if not countable("blink", faces) or not set(columns) <= set(faces.columns):
        return None
    seconds = float(np.isfinite(_seen(faces, columns)).sum()) / readings_per_second(faces)
    if seconds < _RATE_NEEDS:
        return None
    blinks = sum(event.kind == "blink" for event in find_events(faces))
    return 60 * blinks / seconds


def _seen(faces: pd.DataFrame, columns: tuple[str, ...]) -> Values:
    """The mean of some columns where they can be seen, NaN elsewhere."""
    turn = faces["head_turn"].to_numpy(np.float64) if "head_turn" in faces else np.zeros(len(faces))
    values = seen_mean({name: faces[name].to_numpy(np.float64) for name in columns}, turn)
    if {"x1", "x2"} <= set(faces.columns):
        width = (faces["x2"] - faces["x1"]).to_numpy(np.float64)
        values = np.where(width < _SMALLEST, np.nan, values)
    return values


class _Around(BaseIndexer):
    """Windows of a second to each side of every moment, for a running median in one pass."""

    def __init__(self, time: Values) -> None:
        super().__init__()
        self._time = time

    def get_window_bounds(
        self,
        num_values: int = 0,
        min_periods: int | None = None,
        center: bool | None = None,
        closed: str | None = None,
        step: int | None = None,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """First and end row of each window."""
        del num_values, min_periods, center, closed, step  # what pandas knows does not matter here
        firsts = np.searchsorted(self._time, self._time - _BLINK_AROUND)
        ends = np.searchsorted(self._time, self._time + _BLINK_AROUND, side="right")
        return firsts.astype(np.int64), ends.astype(np.int64)


def _blinks(opening: Values, time: Values, least: float) -> _Found:
    """Dips of the lids below how far they stand open within a second to each side."""
    found: set[tuple[int, int]] = set()
    usual = pd.Series(opening).rolling(_Around(time), min_periods=1).median().to_numpy()
    below = opening < _BLINK_OPENING * usual
    for start, end in _runs(below):
        deepest = start + int(np.argmin(opening[start : end + 1]))
        half = (usual[deepest] + opening[deepest]) / 2
        first = last = deepest
        while first > 0 and opening[first - 1] < half:
            first -= 1
        while last < len(opening) - 1 and opening[last + 1] < half:
            last += 1
        whole = first > 0 and last < len(opening) - 1
        first, last = max(first - 1, 0), min(last + 1, len(opening) - 1)
        clear = usual[deepest] - opening[deepest] >= least
        if clear and whole and time[last] - time[first] <= _BLINK_LONGEST:
            found.add((first, last))  # one that trembles at its lowest is below twice
    return sorted(found)


def _flashes(height: Values, time: Values, least: float) -> _Found:
    moves = strokes(height, max(_FLASH_RISE * float(np.median(height)), least))
    return [
        (up.start, down.end)
        for up, down in pairwise(moves)
        if up.rise > 0 and time[down.end] - time[up.start] <= _FLASH_LONGEST
    ]


def _nods(nod: Values, time: Values, least: float) -> _Found:
    return [
        (down.start, up.end)
        for run in quick_runs(strokes(nod, max(_NOD, least)), time, _NOD_STROKE)
        for down, up in pairwise(run)
        if down.rise > 0  # the angle grows as the chin sinks
    ]


def _shakes(turn: Values, time: Values, least: float) -> _Found:
    runs = quick_runs(strokes(turn, max(_SHAKE, least)), time, _SHAKE_STROKE)
    return [(run[0].start, run[-1].end) for run in runs if len(run) >= _SHAKE_STROKES]


def _drops(nod: Values, time: Values, least: float) -> _Found:
    found: _Found = []
    for move in strokes(nod, max(_DROP, least)):
        after = (time > time[move.end]) & (time <= time[move.end] + _DROP_STAYS)
        seen = time[-1] >= time[move.end] + _DROP_STAYS
        stays = bool((nod[after] > nod[move.end] - move.rise / 2).all())
        quick = time[move.end] - time[move.start] <= _DROP_LONGEST
        if move.rise > 0 and quick and seen and stays:
            found.append((move.start, move.end))
    return found


def _runs(chosen: npt.NDArray[np.bool_]) -> _Found:
    """First and last position of each run of what is chosen."""
    edges = np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


_Find = Callable[[Values, Values, float], _Found]
_BROWS = ("right_inner_brow", "left_inner_brow", "right_outer_brow", "left_outer_brow")
_FINDERS: dict[str, tuple[tuple[str, ...], _Find]] = {
    "blink": (("right_lid_opening", "left_lid_opening"), _blinks),
    "brow_flash": (_BROWS, _flashes),
    "nod": (("head_nod",), _nods),
    "shake": (("head_turn",), _shakes),
    "head_drop": (("head_nod",), _drops),
}
