"""Two to six clips side by side that play in step, as an alignment of their performances asks.

Each clip plays in Streamlit's own ``st.video``, over a *caption* with its title and what its
character shows at the moment. One *transport* above moves them all: it is the script that finds
the videos, drives the first one and lets the others follow. As with the scene player, whose
modules it shares, nothing runs in Python while the clips play.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from emotion_core.scene.analysis import FACE_DTYPES
from pages.players.scene import player as scene_player
from pages.players.scene.encoding import EncodedScene, encode_scene, prefixed
from pages.players.scene.player import PlayerEvent, Seek, css_class
from pages.shared.serving.readings import serve

ASSETS = Path(__file__).parent
MOST = 6
_SHARED = ("decode.js", "data.js", "reading.js")
_TRANSPORT = ("parts.js", "radar.js", "overlay.js")  # of the scene player
# How many stand in a row where there is room.
_IN_A_ROW = {1: 1, 2: 2, 3: 3, 4: 4, 5: 3, 6: 3}

Seconds = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SyncedPlayer:
    """One of the clips, and how its time follows that of the first.

    Attributes:
        video: the clip, as ``st.video`` takes it.
        title: what to call it; shown as text, whatever it contains.
        reference_times: (n,) seconds in the first clip, never falling.
        own_times: (n,) seconds in this clip at the same moments of the performance, never
            falling; where they stand still, this clip waits for the first. Between the points
            time runs evenly, beyond the first and the last as in the first clip. For the first
            clip itself the two are equal.
        faces: the character's rows of the table ``faces`` of an analysis, to outline the face and
            show its reading; ``None`` shows the clip alone.
        size: (width, height) in px that the boxes of ``faces`` are in.
    """

    video: str | Path
    title: str
    reference_times: Seconds
    own_times: Seconds
    faces: pd.DataFrame | None = None
    size: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        shapes = np.shape(self.reference_times), np.shape(self.own_times)
        if shapes[0] != shapes[1] or len(shapes[0]) != 1 or not shapes[0][0]:
            raise ValueError(
                "reference_times and own_times must have the same shape (n,) with n of at least "
                f"1, but have {shapes[0]} and {shapes[1]}"
            )
        for times in (self.reference_times, self.own_times):
            if not np.isfinite(times).all() or (np.diff(times) < 0).any():
                raise ValueError("reference_times and own_times must be finite and never fall")


def synced_players(
    players: Sequence[SyncedPlayer], *, key: str, seek: Seek | None = None
) -> PlayerEvent | None:
    """Show clips that play in step; whatever the user does with one happens to all.

    Args:
        players: two to six; the first is the reference, whose clock drives.
        key: unique on the page.
        seek: where to go now, in seconds of the reference; followed once for each nonce.

    Returns:
        The moment, in seconds of the reference, at which the user last asked to look closer; its
        track is always ``None``.

    Raises:
        ValueError: there are fewer than two clips or more than six.
    """
    if not 2 <= len(players) <= MOST:
        raise ValueError(f"there must be 2 to {MOST} players, but there are {len(players)}")
    payloads = [
        encode_player(player, _readings(player), key, index) for index, player in enumerate(players)
    ]
    source = _digest(repr([str(player.video) for player in players]).encode())
    bar = st.container()  # above the clips, so that it is in view with them
    grid = st.container(key=f"{key}-grid")
    grid.html(f"<style>{_grid_style(key, len(players))}</style>")
    for index, player in enumerate(players):
        with grid.container(key=_place(key, index)):
            st.video(player.video)
            _caption_component()(key=f"{key}-caption-{index}", data=payloads[index])
    cue = {
        "key": key,
        "source": source,
        "count": len(players),
        "read": any(player.faces is not None for player in players),
        "start": max(0.0, float(players[0].own_times[0])),
        "seek": None if seek is None else {"time": seek.time, "nonce": seek.nonce},
    }
    with bar:
        result = _transport_component()(
            key=f"{key}-transport", data=cue, on_moment_change=lambda: None
        )
    return scene_player.to_event(result.get("moment"), source)


def encode_player(player: SyncedPlayer, readings: EncodedScene, key: str, index: int) -> bytes:
    """A clip for the browser: an envelope with its map, and the head of its readings."""
    envelope = {
        "key": key,
        "index": index,
        "title": player.title,
        "read": player.faces is not None,
        "video": f".{css_class(_place(key, index))} video",
        "readings": serve(readings.body, f"{key}-readings-{index}"),
        "map": {
            "reference": np.round(player.reference_times, 4).tolist(),
            "own": np.round(player.own_times, 4).tolist(),
        },
    }
    digest = _digest(json.dumps(envelope).encode() + readings.digest.encode())
    return prefixed(json.dumps({**envelope, "digest": digest}).encode()) + readings.head


def encode_readings(player: SyncedPlayer) -> EncodedScene:
    """The readings of a clip's character, as those of a scene."""
    faces = player.faces
    if faces is None:
        faces = pd.DataFrame(columns=list(FACE_DTYPES)).astype(FACE_DTYPES)
    frames = faces[["frame", "time"]].drop_duplicates("frame")
    return encode_scene(faces, frames, [], 0.0, player.size, {})


def transport_script() -> str:
    """The transport's modules as one; they share a scope and import nothing."""
    shared = (*_SHARED, *_TRANSPORT)
    return _scripts(shared, ("clock.js", "member.js", "group.js"))


def caption_script() -> str:
    """The caption's modules as one."""
    return _scripts(_SHARED, ("caption.js",))


def _content(player: SyncedPlayer) -> str:
    """What the readings depend on, so that they are packed once."""
    parts = [repr(player.size).encode()]
    if player.faces is not None:
        parts += [pd.util.hash_pandas_object(player.faces, index=False).to_numpy().tobytes()]
    return _digest(b"".join(parts))


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={SyncedPlayer: _content})
def _readings(player: SyncedPlayer) -> EncodedScene:
    return encode_readings(player)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _place(key: str, index: int) -> str:
    """Key of the container of one clip."""
    return f"{key}-clip-{index}"


def _grid_style(key: str, count: int) -> str:
    style = (ASSETS / "grid.css").read_text(encoding="utf-8")
    return style.replace("GRID", css_class(f"{key}-grid")).replace("COLUMNS", str(_IN_A_ROW[count]))


def _scripts(shared: Sequence[str], own: Sequence[str]) -> str:
    paths = [scene_player.ASSETS / name for name in shared] + [ASSETS / name for name in own]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def _component(part: str, script: str) -> Any:
    style = (ASSETS.parent / "shared.css").read_text(encoding="utf-8")
    return st.components.v2.component(
        f"eme_synced_{part}",
        html=(ASSETS / f"{part}.html").read_text(encoding="utf-8"),
        css=style + (ASSETS / f"{part}.css").read_text(encoding="utf-8"),
        js=script,
    )


@functools.cache
def _caption_component() -> Any:
    return _component("caption", caption_script())


@functools.cache
def _transport_component() -> Any:
    return _component("transport", transport_script())
