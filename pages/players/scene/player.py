"""The scene player: a clip, and what its faces show, in step with it.

The clip plays in Streamlit's own ``st.video``. Two components without an iframe stand
around it: the *moment* (radar and sentence, beside the video) and the *timeline* (below,
over the full width). Both are drawn in the browser from typed arrays (``encoding.py``), so
nothing runs in Python while the clip plays.

The head of the scene goes to the timeline as raw bytes and does not change between reruns:
Streamlit then sends a reference of some bytes in place of it. The readings are fetched by the
browser, part by part. What does change, a wish to seek and what the user has marked, travels in the
small message of the moment.
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

import pandas as pd
import streamlit as st

from emotion_core.performance.resting import RestingReading, relative_scene
from pages.players.scene.encoding import EncodedScene, encode_scene, prefixed
from pages.players.scene.movements import EncodedMovements, encode_movements
from pages.players.scene.sound import EncodedSound
from pages.shared.serving.readings import serve
from pages.shared.users.caches import per_library

ASSETS = Path(__file__).parent
SCRIPTS = (
    "decode.js",
    "data.js",
    "parts.js",
    "reading.js",
    "radar.js",
    "overlay.js",
    "lanes.js",
    "movements.js",
    "move_lanes.js",
    "sound.js",
    "sound_lanes.js",
    "timeline.js",
    "player.js",
)


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


@dataclass(frozen=True, slots=True)
class NeutralWish:
    """What the user has said of the neutral face of a character.

    Attributes:
        time: seconds at which the clip stands.
        track: a face of the character; the one in view then, if they are.
        back: whether to go back to the estimate.
    """

    time: float
    track: int
    back: bool


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
    neutral_times: Mapping[int, float] | None = None,
    on_neutral: Callable[[NeutralWish], None] | None = None,
    relative: bool = False,
    on_relative: Callable[[bool], None] | None = None,
    sound: EncodedSound | None = None,
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
        neutral_times: by track, seconds at which a user says that its face is neutral.
        on_neutral: called before the page runs anew, with what the user says of a neutral face;
            without it nothing can be said.
        relative: whether readings are shown relative to the faces at rest, where those are known.
        on_relative: called before the page runs anew, with whether the user wants that; without
            it nothing is offered.
        sound: of the clip; without it there are no lanes of what is heard.

    Returns:
        The moment that was last clicked while the clip stood still, kept over reruns; a
        click during playback seeks without running the page again.
    """
    names_key = hashlib.blake2b(repr(sorted(names.items())).encode(), digest_size=16).hexdigest()
    neutral = tuple(sorted((neutral_times or {}).items()))
    movements = _movements(source, names_key, neutral, faces, frames, names)
    rest = {}
    if relative and movements is not None:
        rest, names_key = movements.resting, f"{names_key} relative {neutral}"
    encoded = _encoded(source, names_key, faces, frames, shots, duration, video_size, names, rest)
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

        def named() -> None:
            wish = to_wish(st.session_state[timeline].get("neutral"), source)
            if wish is not None and on_neutral is not None:
                on_neutral(wish)

        def switched() -> None:
            value = st.session_state[timeline].get("relative")
            if to_event(value, source) is not None and on_relative is not None:
                on_relative(value.get("on") is True)

        may = {"mayName": on_neutral is not None, "mayRelate": on_relative is not None}
        result = _timeline_component()(
            key=timeline,
            data=_payload(encoded, movements, sound, key, source, {**may, "relative": bool(rest)}),
            on_moment_change=lambda: None,
            on_mark_change=marked,
            on_neutral_change=named,
            on_relative_change=switched,
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


def to_wish(value: object, source: str) -> NeutralWish | None:
    """The wish in a value from the browser; ``None`` if it is of another source or unsound."""
    event = to_event(value, source)
    if event is None or event.track is None:
        return None
    assert isinstance(value, Mapping)
    return NeutralWish(event.time, event.track, value.get("back") is True)


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


@per_library(st.cache_resource(show_spinner=False, max_entries=8))
def _encoded(
    source: str,
    names_key: str,
    _faces: pd.DataFrame,
    _frames: pd.DataFrame,
    _shots: Sequence[tuple[float, float]],
    _duration: float,
    _video_size: tuple[int, int],
    _names: Mapping[int, str],
    _rest: Mapping[str, RestingReading],
) -> EncodedScene:
    """The scene for the browser; arguments with an underscore follow from the others."""
    faces, names = relative_scene(_faces, _names, _rest) if _rest else (_faces, _names)
    return encode_scene(faces, _frames, _shots, _duration, _video_size, names)


@per_library(st.cache_resource(show_spinner=False, max_entries=8))
def _movements(
    source: str,
    names_key: str,
    neutral: tuple[tuple[int, float], ...],
    _faces: pd.DataFrame,
    _frames: pd.DataFrame,
    _names: Mapping[int, str],
) -> EncodedMovements | None:
    return encode_movements(_faces, _frames, _names, dict(neutral))


def _payload(
    encoded: EncodedScene,
    movements: EncodedMovements | None,
    sound: EncodedSound | None,
    key: str,
    source: str,
    state: Mapping[str, bool],
) -> bytes:
    """The block for the timeline: an envelope, and the head of the scene."""
    moves: dict[str, Any] | None = None
    if movements is not None:
        url = serve(movements.body, f"{key}-movements")
        head = movements.relative_head() if state["relative"] else movements.head
        moves = {**head, **state, "url": url}
    heard = None
    if sound is not None:
        heard = {**sound.head, "url": serve(sound.body, f"{key}-sound")}
    # The envelope says which player this is, and whether what is behind it is new.
    envelope = {
        "movements": moves,
        "sound": heard,
        "key": key,
        "source": source,
        "digest": encoded.digest,
        "readings": serve(encoded.body, f"{key}-readings"),
        "video": f".{css_class(f'{key}-stage')} video",
    }
    return prefixed(json.dumps(envelope).encode()) + encoded.head


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
