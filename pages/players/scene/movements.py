"""Movements of the faces of a scene as the browser takes them: apart from the readings.

They are fetched only for the lanes of movements: an overview of means over the spans of the
overview of readings, and behind it parts as those of the readings, every face of every frame with
one byte a movement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.faces.movements.events import EVENT_KINDS
from emotion_core.faces.movements.movements import (
    CAVEAT,
    MOVEMENTS,
    WORDS_OF_SHARES,
    noun_of,
)
from emotion_core.performance.movements import (
    USUAL,
    CharacterMovements,
    measure_movements,
    movements_read,
)
from emotion_core.performance.resting import (
    CAVEAT as REST_CAVEAT,
)
from emotion_core.performance.resting import (
    RestingReading,
    describe_resting,
    relative_name,
    resting_reading,
)
from emotion_core.performance.wording.movements import describe_neutral, several
from pages.players.scene.encoding import (
    Array,
    by_track,
    pack,
    part_of_frame,
    positions,
    span_of,
    spans,
)

STEPS = 60  # of a byte, at which a lane is full; it goes on to twice of that
UNSEEN = -128  # a movement that cannot be told
_FACE_BYTES = 2 + len(MOVEMENTS)
_EVENTS = list(EVENT_KINDS)


@dataclass(frozen=True, slots=True)
class EncodedMovements:
    """The movements of a scene for the browser.

    Attributes:
        head: what is sent at once, as JSON: what movements there are and how to say them, where
            the parts are, and by track what its movements are measured from.
        body: the overview, and the parts one behind the other.
        resting: by name, what is read in the face of a character at rest.
    """

    head: dict[str, Any]
    body: bytes
    resting: dict[str, RestingReading]

    def relative_head(self) -> dict[str, Any]:
        """The head by what characters are called where readings are relative to rest."""
        shown = {
            name: relative_name(name) if rest.known else name for name, rest in self.resting.items()
        }
        words = {
            key: {shown[name]: said for name, said in self.head[key].items()}
            for key in ("neutral", "resting")
        }
        named = {key: [shown[name] for name in self.head[key]] for key in ("named", "offered")}
        return {**self.head, **words, **named}


def encode_movements(
    faces: pd.DataFrame,
    frames: pd.DataFrame,
    names: Mapping[int, str],
    neutral_times: Mapping[int, float],
) -> EncodedMovements | None:
    """Pack the movements of a scene; ``None`` where none were measured.

    Args:
        faces, frames: tables of an analysis.
        names: what each track is called; tracks of one name are one character.
        neutral_times: by track, seconds at which a user says that its face is neutral.
    """
    if not len(faces) or not movements_read(faces):
        return None
    frames = frames.sort_values("frame", kind="stable")
    faces = faces.sort_values(["track", "frame"], kind="stable").reset_index(drop=True)
    times = frames["time"].to_numpy(np.float64)
    position = positions(frames["frame"].to_numpy(), faces["frame"].to_numpy())
    tracks, place = np.unique(faces["track"].to_numpy(np.int64), return_inverse=True)
    values = np.full((len(faces), len(MOVEMENTS)), UNSEEN, np.int8)
    measured, resting, events = {}, {}, []
    called = faces["track"].map({track: names.get(track, str(track)) for track in tracks.tolist()})
    for name, rows in faces.groupby(called, sort=False):
        own = [neutral_times[track] for track in rows["track"].unique() if track in neutral_times]
        rows = rows.sort_values("time", kind="stable")
        found = measure_movements(rows, min(own, default=None))
        measured[str(name)] = found
        resting[str(name)] = resting_reading(rows, found)
        values[rows.index] = quantized(found.values.loc[rows.index])
        events += _events_of(rows, found, tracks)
    overview = _overview(times, position, place, values, events)
    body, offsets, starts, ends = bytearray(overview), [len(overview)], [], []
    part = part_of_frame(position, len(times), _FACE_BYTES)
    for number in range(int(part[-1]) + 1):
        begin, end = np.searchsorted(part, [number, number + 1])
        here = np.flatnonzero((position >= begin) & (position < end))
        body += pack(
            {},
            {
                "frameTime": times[begin:end].astype("<f4"),
                **by_track(place[here]),
                "rowFrame": (position[here] - begin).astype("<u2"),
                "moves": values[here],
            },
        )
        offsets.append(len(body))
        starts.append(float(times[begin]))
        ends.append(float(times[end - 1]))
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    where = {"offsets": offsets, "starts": starts, "ends": ends, "digest": digest}
    neutral = {name: describe_neutral(found) for name, found in measured.items()}
    named = [name for name, found in measured.items() if found.neutral.time is not None]
    rest = {
        "resting": {name: describe_resting(found) for name, found in resting.items()},
        "offered": [name for name, found in resting.items() if found.known],
    }
    head = {**_WORDS, **where, **rest, "neutral": neutral, "named": named}
    return EncodedMovements(head, bytes(body), resting)


def quantized(values: pd.DataFrame) -> npt.NDArray[np.int8]:
    """Movements in steps, :data:`STEPS` where a lane is full; :data:`UNSEEN` for NaN."""
    full = np.array([one.full for one in MOVEMENTS.values()])
    known = values[list(MOVEMENTS)].to_numpy(np.float64) / full * STEPS
    return np.where(np.isfinite(known), np.rint(known).clip(-127, 127), UNSEEN).astype(np.int8)


def _events_of(
    rows: pd.DataFrame, found: CharacterMovements, tracks: Array
) -> list[tuple[int, int, float, float]]:
    """Position of the track, number of the kind, start and end of each event."""
    rows = rows.sort_values("time", kind="stable")
    starts = [one.start for one in found.events]
    first = np.searchsorted(rows["time"].to_numpy(np.float64), starts)
    own = np.searchsorted(tracks, rows["track"].to_numpy()[first]).tolist()
    return [
        (track, _EVENTS.index(one.kind), one.start, one.end)
        for track, one in zip(own, found.events, strict=True)
    ]


def _overview(
    times: npt.NDArray[np.float64],
    position: npt.NDArray[np.uint32],
    place: npt.NDArray[np.int64],
    values: npt.NDArray[np.int8],
    events: list[tuple[int, int, float, float]],
) -> bytes:
    """Means of what is known over spans of time; unseen where that is less than half."""
    span = span_of(times)
    count = max(spans(times, span), 1)
    key = place * count + (times[position] / span).astype(np.int64)
    keys, starts, weight = np.unique(key, return_index=True, return_counts=True)
    known = values != UNSEEN
    sums = np.add.reduceat(np.where(known, values, 0).astype(np.float64), starts, axis=0)
    seen = np.add.reduceat(known.astype(np.int64), starts, axis=0)
    means = np.rint(sums / np.maximum(seen, 1))
    arrays: dict[str, Array] = {
        "frameTime": (np.arange(count) * span).astype("<f4"),
        **by_track(keys // count),
        "rowFrame": (keys % count).astype("<u2"),
        "moves": np.where(2 * seen >= weight[:, None], means, UNSEEN).astype(np.int8),
        "weight": weight.clip(max=65_535).astype("<u2"),
    }
    columns = zip(*sorted(events, key=lambda one: one[2]), strict=True) if events else ([],) * 4
    kinds = ("<u4", "u1", "<f4", "<f4")
    for name, kind, column in zip(("Track", "Kind", "Start", "End"), kinds, columns, strict=True):
        arrays[f"event{name}"] = np.array(list(column), kind)
    return pack({}, arrays)


_WORDS: dict[str, Any] = {
    "kinds": [
        {
            "name": one.name,
            "noun": one.noun,
            "nouns": [noun_of(one.name, sign) for sign in (1, -1)],
            "sentence": one.sentence,
            "opposite": one.opposite,
            "degrees": one.kind == "degrees",
            "actionUnit": one.action_unit,
            "clear": one.clear,
            "full": one.full,
        }
        for one in MOVEMENTS.values()
    ],
    "usual": list(USUAL),
    "events": [
        {"name": several(kind), "meaning": one.meaning} for kind, one in EVENT_KINDS.items()
    ],
    "shares": [list(one) for one in WORDS_OF_SHARES],
    "steps": STEPS,
    "unseen": UNSEEN,
    "caveat": CAVEAT,
    "restCaveat": REST_CAVEAT,
}
