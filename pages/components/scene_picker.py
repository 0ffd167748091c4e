"""Which scene a page is about: one choice for all pages of a session."""

from __future__ import annotations

import streamlit as st

from emotion_core.emotions.models import short_name
from emotion_core.scene.storage import StoredScene

SCENE = "scene"
LAST_SCENE = "last_scene"


def choose_scene(scenes: list[StoredScene]) -> StoredScene:
    """A field to choose one of some scenes, at least one."""
    by_id = {scene.id: scene for scene in scenes}
    if st.session_state.get(SCENE) not in by_id:
        # what a widget holds ends with its page; this is the scene that was left
        last = st.session_state.get(LAST_SCENE)
        st.session_state[SCENE] = last if last in by_id else scenes[0].id

    def label(address: str) -> str:
        scene = by_id[address]
        minutes, seconds = divmod(round(scene.info.duration), 60)
        model = short_name(scene.model.name)
        return f"{scene.clip.name} · {minutes}:{seconds:02d} · read with {model}"

    chosen = st.selectbox("Scene", list(by_id), format_func=label, key=SCENE)
    st.session_state[LAST_SCENE] = chosen
    return by_id[chosen]
