"""Which scene a page is about: one choice for all pages of a session.

The address of a page says it, ``?scene=...&face=...&t=...``, so that a link or a reload leads to
the same scene, face and moment; where people sign in, also in which library it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.library.database.tables import isolated
from emotion_core.library.queries.browsing import SceneEntry, scene_entries
from emotion_core.library.scenes import forget_analysis
from emotion_core.scene.store import StoredScene
from pages.shared import services
from pages.shared.users.visitor import link_parts

SCENE = "scene"
FACE = "face"
TIME = "t"
PAGE = "pages/scene/page.py"
_LAST = "last_scene"
_OFFERED = 300


def choose_scene() -> StoredScene | None:
    """A field to choose a scene of the library; ``None`` where there is none.

    The scene that the address names comes first, then the one that was open last, then the newest.

    Raises:
        LibraryError: the library cannot be reached.
    """
    chosen = choose_address({})
    return None if chosen is None else stored_scene(chosen)


def stored_scene(address: str) -> StoredScene:
    """The scene of an address that was chosen; the page runs again where its files are gone."""
    stored = services.analyses().read(address)
    if stored is None:  # someone has removed its files
        forget_analysis(services.library(), address)
        st.query_params.clear()
        st.rerun()
    return stored


def choose_address(unfinished: Mapping[str, str]) -> str | None:
    """As :func:`choose_scene`, with clips that are still being read beside the scenes.

    Args:
        unfinished: what they are called, by address.
    """
    asked, last = st.query_params.get(SCENE), st.session_state.get(_LAST)
    wanted = [address for address in (asked, last) if address]
    by_address = _offered([address for address in wanted if address not in unfinished])
    labels = {address: _label(entry) for address, entry in by_address.items()}
    labels |= unfinished
    if asked and asked not in labels:
        st.warning(
            "The scene of this link is not in your library. It may have been deleted.",
            icon=":material/link_off:",
        )
    if not labels:
        return None
    known = [address for address in wanted if address in labels]
    st.session_state[SCENE] = known[0] if known else next(iter(labels))
    chosen: str = st.selectbox(
        "Scene",
        list(labels),
        format_func=labels.__getitem__,
        key=SCENE,
        on_change=lambda: open_scene(st.session_state[SCENE]),
        help=f"The {_OFFERED} most recent scenes. Open older ones from the library."
        if len(by_address) >= _OFFERED
        else None,
    )
    st.session_state[_LAST] = chosen
    if not asked:
        st.query_params.update({SCENE: chosen, **link_parts()})
    return chosen


def open_scene(address: str) -> None:
    """Let the page that is open be about another analysis, from its next run on."""
    st.session_state[_LAST] = address
    st.query_params.from_dict(link_to(address))


def go_to_scene(address: str, time: float | None = None) -> NoReturn:
    """Open the page of scenes with an analysis, at a time in seconds if one is given."""
    if time is not None:
        seek_to(address, time)
    st.switch_page(PAGE, query_params=link_to(address, time))


def lines_key(clip: str) -> str:
    """Key of the field in which the lines of a scene are searched, on its page.

    Args:
        clip: SHA-256 of the clip.
    """
    return f"lines-{clip}"


def link_to(
    address: str,
    time: float | None = None,
    track: int | None = None,
    library: str | None = None,
) -> dict[str, str]:
    """The query of a link to an analysis, a moment in seconds, and a face.

    Args: as far as they are given; ``library`` is the name of another one than that which is open.
    """
    parts = {
        SCENE: address,
        TIME: None if time is None else f"{time:.4f}",
        FACE: None if track is None else str(track),
    }
    found = {name: value for name, value in parts.items() if value is not None}
    return found | link_parts(library)


def put_moment(address: str, time: float, track: int | None) -> None:
    """Write a moment of a scene into the address of the page."""
    query = link_to(address, time, track)
    if st.query_params.to_dict() != query:  # each change travels to the browser
        st.query_params.from_dict(query)


def linked_moment(address: str) -> tuple[float, int | None] | None:
    """The moment in seconds and the face that the address of the page names for this scene.

    ``None`` where it names none, or no number.
    """
    if st.query_params.get(SCENE) != address:
        return None
    try:
        time, face = float(st.query_params.get(TIME, "")), st.query_params.get(FACE)
        track = None if face is None else int(face)
    except ValueError:
        return None
    return (time, track) if math.isfinite(time) and time >= 0 else None


def seek_to(address: str, time: float, track: int | None = None) -> None:
    """Let the player of a scene go to a time, and bring a face forward."""
    nonce = st.session_state.get("seek-nonce", 0) + 1
    st.session_state["seek-nonce"] = nonce
    st.session_state[f"seek-{address}"] = (time, nonce, track)


def wished_moment(address: str) -> tuple[float, int, int | None] | None:
    """What :func:`seek_to` has asked of the player of a scene last: time, number, track."""
    wish: tuple[float, int, int | None] | None = st.session_state.get(f"seek-{address}")
    return wish


def _offered(wanted: list[str]) -> dict[str, SceneEntry]:
    """The analyses that were made last, and those that are wanted, however old."""
    library = services.library()
    entries = scene_entries(library, limit=_OFFERED)
    by_address = {entry.address: entry for entry in entries}
    missing = [address for address in wanted if address not in by_address]
    if missing and len(entries) == _OFFERED:
        by_address |= {entry.address: entry for entry in scene_entries(library, addresses=missing)}
    return by_address


def _label(entry: SceneEntry) -> str:
    minutes, seconds = divmod(round(entry.duration), 60)
    parts = [isolated(entry.film), isolated(entry.title), f"{minutes}:{seconds:02d}"]
    parts.append(f"{short_name(entry.model)}")
    return " · ".join(part for part in parts if part)
