"""The scene player: a clip, and what its faces show, in step with it.

The clip plays in Streamlit's own ``st.video``. Two components without an iframe stand
around it: the *moment* (radar and sentence, beside the video) and the *timeline* (below,
over the full width). Both are drawn in the browser from one block of typed arrays, so
nothing runs in Python while the clip plays.

The block goes to the timeline as raw bytes and does not change between reruns: Streamlit
then sends a reference of some bytes in place of it. What does change, a wish to seek and
what the user has marked, travels in the small message of the moment.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.emotions.uncertainty import HARD_TO_SEE, UNCERTAINTY_REASONS, uncertainty_of

ASSETS = Path(__file__).parent
SCRIPTS = (
    "data.js",
    "reading.js",
    "radar.js",
    "overlay.js",
    "lanes.js",
    "timeline.js",
    "player.js",
)

PROBABILITY_STEPS = 10_000  # 0.01%, so that a rounded per cent is the one in the tables
BOX_STEPS = 16_384  # parts of the width or height; int16 then reaches from -2 to 2
DETECTED = (
    1  # bit of the flags of a row; the bits above it are the reasons to be unsure, in their order
)

_FACE_COLUMNS = (
    *("frame", "track", "x1", "y1", "x2", "y2", "detected", *EMOTIONS),
    *("sharpness", "turn"),
)
_FRAME_COLUMNS = ("frame", "time")


@dataclass(frozen=True, slots=True)
class Seek:
    """A wish of the page that the clip go to a moment.

    Attributes:
        time: seconds.
        nonce: a number that changes with every wish; the player follows each one once.
        track: the face to bring forward, or ``None``.
    """

    time: float
    nonce: int
    track: int | None = None


@dataclass(frozen=True, slots=True)
class PlayerEvent:
    """The moment that the user last asked to see more of.

    Attributes:
        time: seconds, the time of the frame that is shown.
        track: the face that was clicked, or ``None`` where no face was.
    """

    time: float
    track: int | None


def encode_scene(
    faces: pd.DataFrame,
    frames: pd.DataFrame,
    shots: Sequence[tuple[float, float]],
    duration: float,
    video_size: tuple[int, int],
    names: Mapping[int, str],
) -> bytes:
    """Pack an analysis for the browser: a JSON header and typed arrays, little-endian.

    The layout is the length of the header (uint32), the header in UTF-8, zeros up to a
    multiple of 4, then the arrays at the offsets that the header gives. Rows are ordered by
    track and frame. ``rowFrame`` is a position in ``frameTime``: two rows whose positions are
    not neighbours have a gap between them.

    Raises:
        ValueError: a column is missing, or a face stands in a frame that ``frames`` lacks.
    """
    _require("faces", faces, _FACE_COLUMNS)
    _require("frames", frames, _FRAME_COLUMNS)
    frames = frames.sort_values("frame", kind="stable")
    faces = faces.sort_values(["track", "frame"], kind="stable")
    tracks, starts = np.unique(faces["track"].to_numpy(np.int64), return_index=True)
    width, height = video_size
    scale = BOX_STEPS / np.array([width, height, width, height], np.float64)
    boxes = faces[["x1", "y1", "x2", "y2"]].to_numpy(np.float64) * scale
    limits = np.iinfo(np.int16)
    arrays: dict[str, npt.NDArray[Any]] = {
        "frameTime": frames["time"].to_numpy("<f4"),
        "trackStart": np.append(starts, len(faces)).astype("<u4"),
        "rowFrame": _positions(frames["frame"].to_numpy(), faces["frame"].to_numpy()),
        "probabilities": _quantise(faces[list(EMOTIONS)].to_numpy(np.float64)),
        "boxes": np.rint(boxes).clip(limits.min, limits.max).astype("<i2"),
        "flags": _flags(faces),
    }
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
        "size": [int(width), int(height)],
        "steps": {"probabilities": PROBABILITY_STEPS, "boxes": BOX_STEPS},
    }
    return _pack(header, arrays)


def scene_player(
    video: str | Path,
    faces: pd.DataFrame,
    frames: pd.DataFrame,
    shots: Sequence[tuple[float, float]],
    duration: float,
    video_size: tuple[int, int],
    names: Mapping[int, str],
    *,
    source: str,
    key: str,
    start: float | None = None,
    seek: Seek | None = None,
    marks: Sequence[tuple[float, float | None, str]] = (),
    on_mark: Callable[[float], None] | None = None,
) -> PlayerEvent | None:
    """Show a clip with its readings and return the moment that the user asked to see closer.

    Args:
        video: the clip, as ``st.video`` takes it.
        faces, frames: the tables of an analysis; a frame without a face has no row in
            ``faces``, and stays empty here.
        shots: (start, end) in seconds.
        duration: seconds.
        video_size: (width, height) in px, upright, that the boxes are in.
        names: what to call each track; tracks of one name that do not meet share a line of
            the timeline. Names are shown as text, whatever they contain.
        source: the id of the analysis. The tables are packed anew only when it, or the
            names, change.
        key: unique on the page.
        start: where to begin, in seconds.
        seek: where to go now; followed once for each nonce.
        marks: what the user has marked, by time: start, end or ``None`` for a moment, and
            what they wrote, which is shown as text.
        on_mark: called before the page runs anew, with the time in seconds at which the user
            asks for another mark; the clip may go on playing.

    Returns:
        The moment that was last clicked while the clip stood still, kept over reruns; a
        click during playback seeks without running the page again.
    """
    names_key = tuple(sorted((int(track), str(name)) for track, name in names.items()))
    payload = _cached_payload(
        source, names_key, key, faces, frames, shots, duration, video_size, names
    )
    stage = f"{key}-stage"
    with st.container(key=stage):
        st.html(f"<style>{_asset('stage.css').replace('STAGE', css_class(stage))}</style>")
        picture, moment = st.columns([8, 5], gap="medium")
        with picture:
            st.video(video)
        with moment:
            _moment_component()(key=f"{key}-moment", data=_cue(key, source, start, seek, marks))
        timeline = f"{key}-timeline"

        def marked() -> None:
            event = to_event(st.session_state[timeline].get("mark"), source)
            if event is not None and on_mark is not None:
                on_mark(event.time)

        result = _timeline_component()(
            key=timeline, data=payload, on_moment_change=lambda: None, on_mark_change=marked
        )
    return to_event(result.get("moment"), source)


def to_event(value: object, source: str) -> PlayerEvent | None:
    """The event in a value from the browser; ``None`` if it is of another source or unsound."""
    if not isinstance(value, Mapping) or value.get("source") != source:
        return None
    time, track = value.get("time"), value.get("track")
    if not isinstance(time, int | float) or not isinstance(track, int | None):
        return None
    return PlayerEvent(float(time), track)


def css_class(key: str) -> str:
    """The class that Streamlit gives to the container with this key."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())


def _cue(
    key: str,
    source: str,
    start: float | None,
    seek: Seek | None,
    marks: Sequence[tuple[float, float | None, str]],
) -> dict[str, Any]:
    wish = None if seek is None else {"time": seek.time, "nonce": seek.nonce, "track": seek.track}
    shown = [{"time": time, "end": end, "text": text} for time, end, text in marks]
    return {"key": key, "source": source, "start": start, "seek": wish, "marks": shown}


@st.cache_data(show_spinner=False, max_entries=16)
def _cached_payload(
    source: str,
    names_key: tuple[tuple[int, str], ...],
    key: str,
    _faces: pd.DataFrame,
    _frames: pd.DataFrame,
    _shots: Sequence[tuple[float, float]],
    _duration: float,
    _video_size: tuple[int, int],
    _names: Mapping[int, str],
) -> bytes:
    """The block for the timeline; arguments with an underscore follow from ``source``."""
    block = encode_scene(_faces, _frames, _shots, _duration, _video_size, _names)
    digest = hashlib.blake2b(block, digest_size=16).hexdigest()
    # An envelope apart from the block: which player this is, and whether the block is new.
    envelope = {
        "key": key,
        "source": source,
        "digest": digest,
        "video": f".{css_class(f'{key}-stage')} video",
    }
    return prefixed(json.dumps(envelope).encode()) + block


def _require(table: str, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"the table {table} must have the columns {', '.join(missing)}")


def _positions(known: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    """Where each wanted frame number stands among the known ones, which are sorted."""
    found = np.searchsorted(known, wanted)
    inside = found < len(known)
    if not inside.all() or not np.array_equal(known[found], wanted):
        raise ValueError("every frame of a face must be in the table frames")
    return found.astype("<u4")


def _quantise(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.uint16]:
    steps: npt.NDArray[np.float64] = np.nan_to_num(probabilities).clip(0, 1) * PROBABILITY_STEPS
    return np.rint(steps).astype("<u2")


def _flags(faces: pd.DataFrame) -> npt.NDArray[np.uint8]:
    """One byte a row: whether it was detected, and what makes it unsure."""
    flags = faces["detected"].to_numpy(bool) * DETECTED
    for place, uncertain in enumerate(uncertainty_of(faces).to_numpy().T, 1):
        flags = flags | uncertain * (DETECTED << place)
    return flags.astype(np.uint8)


def prefixed(text: bytes) -> bytes:
    """Length, text, and zeros up to a multiple of 4."""
    return len(text).to_bytes(4, "little") + text + bytes(-len(text) % 4)


def _pack(header: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    entries: dict[str, dict[str, Any]] = {}
    body = bytearray()
    for name, array in arrays.items():
        entries[name] = {"dtype": array.dtype.str[1:], "offset": len(body), "length": array.size}
        body += np.ascontiguousarray(array).tobytes()
        body += bytes(-len(body) % 4)
    return prefixed(json.dumps({**header, "arrays": entries}).encode()) + bytes(body)


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def timeline_script() -> str:
    """The player's modules as one; they share a scope and import nothing."""
    return "\n".join(map(_asset, SCRIPTS))


@functools.cache
def _timeline_component() -> Any:
    return st.components.v2.component(
        "eme_scene_timeline",
        html=_asset("timeline.html"),
        css=_asset("../shared.css") + _asset("timeline.css"),
        js=timeline_script(),
    )


@functools.cache
def _moment_component() -> Any:
    return st.components.v2.component(
        "eme_scene_moment",
        html=_asset("moment.html"),
        css=_asset("../shared.css") + _asset("moment.css"),
        js=_asset("moment.js"),
    )
