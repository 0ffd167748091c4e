"""Which scene a page is about: one choice for all pages of a session."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.library.database.tables import isolated
from emotion_core.library.queries.browsing import SceneEntry, scene_entries
from emotion_core.library.scenes import forget_analysis
from emotion_core.scene.store import StoredScene
from pages.shared import services

SCENE = "scene"
LAST_SCENE = "last_scene"
PAGE = "pages/scene/page.py"
_OFFERED = 300


def choose_scene() -> StoredScene | None:
    """A field to choose a scene of the library; ``None`` where there is none.

    Raises:
        LibraryError: the library cannot be reached.
    """
    # what a widget holds ends with its page; then it is the scene that was left
    wanted = [st.session_state[key] for key in (SCENE, LAST_SCENE) if key in st.session_state]
    by_address = _offered(wanted)
    if not by_address:
        return None
    if st.session_state.get(SCENE) not in by_address:
        known = [address for address in wanted if address in by_address]
        st.session_state[SCENE] = known[0] if known else next(iter(by_address))
    chosen = st.selectbox(
        "Scene",
        list(by_address),
        format_func=lambda address: _label(by_address[address]),
        key=SCENE,
        help=f"The {_OFFERED} most recent scenes. Open older ones from the library."
        if len(by_address) >= _OFFERED
        else None,
    )
    stored = services.analyses().read(chosen)
    if stored is None:  # someone has removed its files
        forget_analysis(services.library(), chosen)
        st.rerun()
    st.session_state[LAST_SCENE] = chosen
    return stored


def go_to_scene(address: str, time: float | None = None) -> NoReturn:
    """Open the page of scenes with an analysis, at a time in seconds if one is given."""
    st.session_state.pop(SCENE, None)
    st.session_state[LAST_SCENE] = address
    if time is not None:
        seek_to(address, time)
    st.switch_page(PAGE)


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
