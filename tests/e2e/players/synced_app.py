"""A page with nothing but synced players, over the clips named in ``EME_TEST_CLIPS``."""

import os

import numpy as np
import streamlit as st

from pages.players.scene.player import Seek
from pages.players.synced.players import SyncedPlayer, synced_players
from tests.pages.players.scene_tables import SIZE, faces_table

NASTY = "<img src=x onerror=\"document.title='parsed'\"> **bold** a title that goes on and on"

st.set_page_config(layout="wide")
st.session_state.setdefault("wishes", 0)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
if st.button("To 3 s"):
    st.session_state["wishes"] += 1
reference, slower = os.environ["EME_TEST_CLIPS"].split(os.pathsep)
count = st.number_input("Clips", 2, 6, 2)
waiting = st.checkbox("The second waits")
# the second takes 20% longer; or it stands still from 1 to 2.5 s of the first
knots = np.array([0.0, 1.0, 2.5, 8.0])
own = np.array([0.0, 1.0, 1.0, 6.5]) if waiting else 1.2 * knots
faces = faces_table()
faces = faces[faces["track"] == 0]
players = [
    SyncedPlayer(reference, "Angelica", knots, knots, faces, SIZE),
    SyncedPlayer(slower, NASTY, knots, own, faces.assign(time=1.2 * faces["time"]), SIZE),
]
players += [SyncedPlayer(reference, f"Take {k}", knots, knots) for k in range(3, count + 1)]
wishes = st.session_state["wishes"]
event = synced_players(players, key="both", seek=Seek(3.0, wishes) if wishes else None)
st.write(f"event {None if event is None else event.time}")
st.write(f"runs {st.session_state['runs']}")
