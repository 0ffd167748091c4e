"""A page with nothing but the player, over a clip that is named in ``EME_TEST_CLIP``."""

import os

import streamlit as st

from pages.players.scene.player import Seek, scene_player
from pages.players.scene.sound import encode_sound
from tests.pages.players.scene_tables import SHOTS, SIZE, faces_table, frames_table
from tests.sound.delivered import deliver
from tests.sound.heard import make_sound

st.set_page_config(layout="wide")
st.session_state.setdefault("wishes", 0)
marks = st.session_state.setdefault("marks", [])
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
if st.button("Strongest moment"):
    st.session_state["wishes"] += 1
if st.checkbox("Another clip above"):
    st.video(os.environ["EME_TEST_CLIP"])
heard = make_sound("0" * 64, 4.0, [(0.2, 1.8), (2.2, 3.8)])
if not st.checkbox("Away"):
    wishes = st.session_state["wishes"]
    event = scene_player(
        os.environ["EME_TEST_CLIP"],
        faces_table(),
        frames_table(),
        SHOTS,
        4.0,
        SIZE,
        {2: "<img src=x onerror=\"document.title='parsed'\">"},
        source="analysis",
        key="player",
        start=1.0,
        seek=Seek(3.0, wishes, 2) if wishes else None,
        marks=marks,
        sound=encode_sound(heard, deliver(heard)),
        on_mark=lambda time: marks.append((time, None, "<b>a look</b>")),
    )
    st.write(f"event {None if event is None else (event.time, event.track)}")
st.write(f"bookmarks {len(marks)}")
st.write(f"runs {st.session_state['runs']}")
