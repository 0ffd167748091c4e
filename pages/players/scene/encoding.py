"""The readings of a scene as the browser takes them: a head at once, the readings part by part.

Two hours of readings are some ten megabytes, and a page shows one moment of them, and one value a
pixel of its timeline. So the *head* holds names, shots, where the parts are, and an *overview*:
means over half a second, from which a timeline is drawn that has no room for more. The *body* is
the readings themselves, every one of them, in parts of 64 kB that the browser fetches where it
shows them. What is said and outlined at a moment always comes from the readings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.emotions.uncertainty import (
    HARD_TO_SEE,
    SEEN_COLUMNS,
    UNCERTAINTY_REASONS,
)
from emotion_core.performance.performance import doubts_of

PROBABILITY_STEPS = 10_000  # 0.01%, so that a rounded per cent is the one in the tables
OVERVIEW_STEPS = 255
BOX_STEPS = 16_384  # parts of the width or height; int16 then reaches from -2 to 2
DETECTED = (
    1  # bit of the flags of a row; the bits above it are the reasons to be unsure, in their order
)
PART_BYTES = 65_536
OVERVIEW_SECONDS = 0.5
OVERVIEW_MOST = 16_384  # spans of the overview; in a longer clip they are longer
_FRAME_BYTES, _FACE_BYTES = 4, 27  # of a part

_FACE_COLUMNS = (
    *("frame", "track", "x1", "y1", "x2", "y2", "detected", *EMOTIONS),
    *SEEN_COLUMNS,
)
_FRAME_COLUMNS = ("frame", "time")

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class EncodedScene:
    """An analysis for the browser.

    Attributes:
        head: what is sent at once. It grows with tracks and shots, and not with frames.
        body: the parts one behind the other, at the offsets that the head gives.
        digest: changes with either.
    """

    head: bytes
    body: bytes
    digest: str


def encode_scene(
    faces: pd.DataFrame,
    frames: pd.DataFrame,
    shots: Sequence[tuple[float, float]],
    duration: float,
    video_size: tuple[int, int],
    names: Mapping[int, str],
) -> EncodedScene:
    """Pack an analysis: JSON headers and typed arrays, little-endian.

    Head and parts are each laid out as the length of a header (uint32), the header in UTF-8, zeros
    up to a multiple of 4, then the arrays at the offsets that the header gives. The rows of a part,
    and of the overview, are ordered by track and frame. ``rowFrame`` is a position in ``frameTime``
    of the same part: two rows whose positions are not neighbours have a gap between them.

    Raises:
        ValueError: a column is missing, or a face stands in a frame that ``frames`` lacks.
    """
    _require("faces", faces, _FACE_COLUMNS)
    _require("frames", frames, _FRAME_COLUMNS)
    frames = frames.sort_values("frame", kind="stable")
    faces = faces.sort_values(["track", "frame"], kind="stable")
    times = frames["time"].to_numpy(np.float64)
    position = positions(frames["frame"].to_numpy(), faces["frame"].to_numpy())
    tracks, first, place, count = np.unique(
        faces["track"].to_numpy(np.int64),
        return_index=True, return_inverse=True, return_counts=True,
    )  # fmt: skip
    step = _median_step(times)
    unsure = doubts_of(faces).to_numpy()
    shares = np.nan_to_num(faces[list(EMOTIONS)].to_numpy(np.float64)).clip(0, 1)
    flags = _flags(faces, unsure)
    part = part_of_frame(position, len(times))
    body, where = _pack_parts(
        part, times, position, place, shares, _boxes(faces, video_size), flags
    )
    span = span_of(times)
    header = {
        "labels": list(EMOTIONS),
        "colors": [EMOTION_COLORS[label] for label in EMOTIONS],
        "reasons": [
            {"name": name, "phrase": phrase, "hard": name in HARD_TO_SEE}
            for name, phrase in UNCERTAINTY_REASONS.items()
        ],
        "tracks": tracks.tolist(),
        "names": [str(names.get(track, f"Face {track + 1}")) for track in tracks.tolist()],
        "shots": [[float(start), float(end)] for start, end in shots],
        "duration": float(duration),
        "size": [int(side) for side in video_size],
        "step": step,
        "unsure": bool(unsure.any()),
        "span": span,
        "spans": spans(times, span),
        "steps": {
            "probabilities": PROBABILITY_STEPS, "overview": OVERVIEW_STEPS, "boxes": BOX_STEPS,
        },
    }  # fmt: skip
    last = first + count - 1
    arrays = {
        "trackFirst": position[first].astype("<u4"),
        "trackLast": position[last].astype("<u4"),
        "trackRows": count.astype("<u4"),
        **where,
        **_overview(times, position, place, shares, unsure, span),
    }
    head = pack(header, arrays)
    digest = hashlib.blake2b(head, digest_size=16)
    digest.update(body)
    return EncodedScene(head, body, digest.hexdigest())


def part_of_frame(
    position: npt.NDArray[np.uint32], frames: int, face_bytes: int = _FACE_BYTES
) -> npt.NDArray[np.int64]:
    """(frames,) number of the part that each frame is in; a frame is never divided.

    Args:
        position: (n,) of the frame of each face among the frames.
        frames: how many there are.
        face_bytes: of a face in a part.
    """
    sizes = _FRAME_BYTES + face_bytes * np.bincount(position, minlength=frames)
    part = (np.cumsum(sizes) - sizes) // PART_BYTES
    numbers: npt.NDArray[np.int64] = np.unique(part, return_inverse=True)[1].astype(np.int64)
    return numbers


def _pack_parts(
    part: npt.NDArray[np.int64],
    times: npt.NDArray[np.float64],
    position: npt.NDArray[np.uint32],
    place: npt.NDArray[np.int64],
    shares: npt.NDArray[np.float64],
    boxes: npt.NDArray[np.int16],
    flags: npt.NDArray[np.uint8],
) -> tuple[bytes, dict[str, Array]]:
    """The body, and where in it and in time its parts are."""
    count = int(part[-1]) + 1 if len(part) else 0
    frame_edges = np.searchsorted(part, np.arange(count + 1))
    # by part, and in a part by track and frame as before
    order = np.argsort(part[position], kind="stable") if len(position) else np.zeros(0, np.int64)
    row_edges = np.searchsorted(part[position][order], np.arange(count + 1))
    probabilities = np.rint(shares * PROBABILITY_STEPS).astype("<u2")
    body, starts = bytearray(), [0]
    for number in range(count):
        begin, end = frame_edges[number : number + 2]
        rows = order[row_edges[number] : row_edges[number + 1]]
        body += pack(
            {},
            {
                "frameTime": times[begin:end].astype("<f4"),
                **by_track(place[rows]),
                "rowFrame": (position[rows] - begin).astype("<u2"),
                "probabilities": probabilities[rows],
                "boxes": boxes[rows],
                "flags": flags[rows],
            },
        )
        starts.append(len(body))
    return bytes(body), {
        "partOffset": np.array(starts, "<u4"),
        "partStart": times[frame_edges[:-1]].astype("<f4"),
        "partEnd": times[frame_edges[1:] - 1].astype("<f4"),
    }


def by_track(place: npt.NDArray[np.int64]) -> dict[str, Array]:
    """Which tracks rows are of that are ordered by them, and where those of each begin."""
    own, starts = np.unique(place, return_index=True)
    return {"ownTracks": own.astype("<u4"), "ownStart": np.append(starts, len(place)).astype("<u4")}


def _overview(
    times: npt.NDArray[np.float64],
    position: npt.NDArray[np.uint32],
    place: npt.NDArray[np.int64],
    shares: npt.NDArray[np.float64],
    unsure: npt.NDArray[np.bool_],
    span: float,
) -> dict[str, Array]:
    """Means of each track over spans of time, laid out as readings with a span for a frame."""
    count = max(spans(times, span), 1)
    key = place * count + (times[position] / span).astype(np.int64)
    keys, starts, weight = np.unique(key, return_index=True, return_counts=True)
    sums = np.add.reduceat(shares, starts, axis=0) if len(starts) else shares
    share = (
        np.add.reduceat(unsure.any(axis=1).astype(np.float64), starts)
        if len(starts)
        else np.zeros(0)
    )
    own = by_track(keys // count)
    arrays = {
        **own,
        "rowFrame": (keys % count).astype("<u2"),
        "probabilities": np.rint(sums / weight[:, None] * OVERVIEW_STEPS).astype("<u1"),
        "unsureShare": np.rint(share / weight * OVERVIEW_STEPS).astype("<u1"),
        "weight": weight.clip(max=65_535).astype("<u2"),
    }
    return {f"overview.{name}": array for name, array in arrays.items()}


def spans(times: npt.NDArray[np.float64], span: float) -> int:
    """How many spans an overview has; from rounded times, the browser might count one less."""
    return int(times[-1] / span) + 1 if len(times) else 0


def span_of(times: npt.NDArray[np.float64]) -> float:
    """Seconds of a span of an overview."""
    last = float(times[-1]) if len(times) else 0.0
    return max(OVERVIEW_SECONDS, _median_step(times), last / OVERVIEW_MOST)


def _median_step(times: npt.NDArray[np.float64]) -> float:
    """Seconds between frames; 1 where there are fewer than two."""
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
    return step if step > 0 else 1.0


def _require(table: str, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"the table {table} must have the columns {', '.join(missing)}")


def positions(known: Array, wanted: Array) -> npt.NDArray[np.uint32]:
    """Where each wanted frame number stands among the known ones, which are sorted."""
    found = np.searchsorted(known, wanted)
    inside = found < len(known)
    if not inside.all() or not np.array_equal(known[found], wanted):
        raise ValueError("every frame of a face must be in the table frames")
    return found.astype(np.uint32)


def _boxes(faces: pd.DataFrame, video_size: tuple[int, int]) -> npt.NDArray[np.int16]:
    scale = BOX_STEPS / np.array([*video_size, *video_size], np.float64)
    boxes = faces[["x1", "y1", "x2", "y2"]].to_numpy(np.float64) * scale
    limits = np.iinfo(np.int16)
    return np.rint(boxes).clip(limits.min, limits.max).astype("<i2")


def _flags(faces: pd.DataFrame, unsure: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """One byte a row: whether it was detected, and what makes it unsure."""
    flags = faces["detected"].to_numpy(bool) * DETECTED
    for place, uncertain in enumerate(unsure.T, 1):
        flags = flags | uncertain * (DETECTED << place)
    return flags.astype(np.uint8)


def prefixed(text: bytes) -> bytes:
    """Length, text, and zeros up to a multiple of 4."""
    return len(text).to_bytes(4, "little") + text + bytes(-len(text) % 4)


def pack(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """A header, and arrays at the offsets that it gives."""
    entries: dict[str, dict[str, Any]] = {}
    body = bytearray()
    for name, array in arrays.items():
        entries[name] = {"dtype": array.dtype.str[1:], "offset": len(body), "length": array.size}
        body += np.ascontiguousarray(array).tobytes()
        body += bytes(-len(body) % 4)
    return prefixed(json.dumps({**header, "arrays": entries}).encode()) + bytes(body)
