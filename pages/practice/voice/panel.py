"""A line of a scene: heard from the model, said by oneself, and both beside each other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.library.voice.takes import VoiceNote, keep_voice_take
from pages.players.excerpt.player import Excerpt, excerpt_player
from pages.practice.voice.picker import ChosenLine, choose_line
from pages.practice.voice.recorder import Said, next_recording, record_line
from pages.practice.voice.result import show_beside
from pages.shared import services
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor

_KEPT = "voice-kept"
# Seconds before and after the line, which subtitles time roughly.
_BEFORE, _AFTER = 0.2, 0.3
# Characters of a line that stands as a heading; a speech is text.
_HEADING = 160


def voice_panel() -> None:
    """Choose a line, hear it, say it, and see both; nothing is kept before a button is pressed."""
    st.caption(
        "Choose a line, hear how it is said in the scene, and say it yourself. Eme lays your "
        "delivery beside the model's: where they differ, never which is better."
    )
    if st.session_state.pop(_KEPT, False):
        where = "with your own library" if visitor().in_class else "and listed below"
        st.success(f"The take is saved {where}.", icon=":material/check:")
    chosen = choose_line()
    if chosen is None:
        return
    # wraps in a narrow window
    with st.container(horizontal=True, gap="medium"):
        left, right = st.container(width=590), st.container(width=590)
    with left:
        _play(chosen)
    with right:
        size = "### " if len(chosen.said.text) <= _HEADING else ""
        st.markdown(f"{size}“{as_text(chosen.said.text)}”")
        said = record_line(chosen)
        if said is not None:
            _offer_keeping(chosen, said)
    if said is not None:
        show_beside(said.beside, said.usual_of, said.read.warning, "now")


def _play(chosen: ChosenLine) -> None:
    """The stretch of the clip in which the model says the line."""
    video = services.find_video(chosen.scene)
    if video is None:
        st.info(f"{services.no_clip()}, so the line cannot be played.")
        return
    start = max(chosen.start - _BEFORE, 0.0)
    excerpt = Excerpt(start, chosen.end + _AFTER, f"The line as {chosen.said.title} says it")
    no_chords = pd.DataFrame(columns=["start", "end"], dtype=float)
    # each line waits to be played: it is chosen to be read first
    excerpt_player(video, excerpt, no_chords, source=chosen.key, key="voice-model")


def _offer_keeping(chosen: ChosenLine, said: Said) -> None:
    with st.container(horizontal=True, gap="small"):
        keep = st.button("Save this take", icon=":material/save:", type="primary", key="voice-save")
        if st.button("Discard", icon=":material/delete:", key="voice-discard"):
            next_recording()
            st.rerun()
    st.caption("Not saved: this recording is gone when you say it again or leave the page.")
    if not keep:
        return
    note = VoiceNote(
        chosen.title, said.read.sound.duration, said.pitches, said.usual_of, said.read.warning
    )
    try:
        keep_voice_take(visitor().own, said.beside, said.content, said.suffix, note)
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    next_recording()
    st.session_state[_KEPT] = True
    st.rerun()
