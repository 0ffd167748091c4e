"""Lines that were said and kept: to hear, to open and to delete."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from emotion_core.errors import LibraryError
from emotion_core.library.voice.takes import (
    VoiceTake,
    delete_voice_takes,
    open_voice_take,
    voice_takes,
)
from emotion_core.text import count_of, format_time, shorten
from pages.practice.voice.result import show_beside
from pages.shared.dialogs import in_sentences
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor

_OPENED, _MORE = "voice-opened", "voice-takes-shown"
_SHOWN = 10
_LONGEST = 80  # characters of a line


def kept_lines() -> list[VoiceTake]:
    """All lines that this user has kept, the newest first."""
    return voice_takes(visitor().own)


def line_list(takes: Sequence[VoiceTake]) -> None:
    """The lines that were kept, with what was seen of each."""
    shown = takes[: st.session_state.get(_MORE, _SHOWN)]
    for take in shown:
        with st.container(border=True):
            _row(take)
            if st.session_state.get(_OPENED) == take.name:
                _open(take)
    if len(takes) > len(shown) and st.button(
        "Show more", icon=":material/expand_more:", key="more-lines"
    ):
        st.session_state[_MORE] = len(shown) + _SHOWN
        st.rerun()


def _row(take: VoiceTake) -> None:
    opened = st.session_state.get(_OPENED) == take.name
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None, width="stretch"):
            if take.recorded is None:
                st.markdown("**A line that cannot be read**")
                st.caption("Its files are damaged.")
            else:
                when = take.recorded.astimezone().strftime("%d %B %Y, %H:%M")
                st.markdown(f"**“{as_text(shorten(take.text, _LONGEST))}”**")
                about = f"after {take.model}, {take.scene}"
                st.caption(as_text(f"{when} · {format_time(take.seconds)} · voice, {about}"))
        if take.recorded is not None and st.button(
            "Close" if opened else "Open",
            icon=":material/expand_less:" if opened else ":material/graphic_eq:",
            key=f"open-line-{take.name}",
        ):
            st.session_state[_OPENED] = "" if opened else take.name
            st.rerun()
        if st.button(
            "", icon=":material/delete:", key=f"delete-line-{take.name}", help="Delete this take"
        ):
            _delete_dialog([take.name])


def _open(take: VoiceTake) -> None:
    try:
        opened = open_voice_take(visitor().own, take.name)
    except LibraryError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    st.audio(opened.recording)
    show_beside(opened.beside, opened.usual_of, opened.warning, take.name)


@st.dialog("Delete this take?")
@in_sentences
def _delete_dialog(names: list[str]) -> None:
    describe_lines_removal(len(names))
    label = f"Delete {count_of(len(names), 'take')}"
    if st.button(label, icon=":material/delete:", type="primary", key="really-delete-lines"):
        delete_voice_takes(visitor().own, names)
        st.rerun()


def describe_lines_removal(count: int) -> None:
    """What the deletion of some lines takes along."""
    whose = "the recording of your voice" if count == 1 else f"{count} recordings of your voice"
    st.markdown(f"This deletes {whose}, and all that was read in it.")
    st.caption("You cannot undo this.")
