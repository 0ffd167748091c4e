"""The foot of each page: which version this is, and what the words of the app mean."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from emotion_core import __version__

# The same as docs/glossary.md, beside the code: an installed app has no docs/.
TERMS = Path(__file__).with_name("glossary.md")


def footer() -> None:
    """The version, and a button that opens the table of terms over the page."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Eme {__version__}", width="content")
        if st.button("What the words mean", icon=":material/menu_book:", type="tertiary"):
            _glossary()


@st.dialog("What the words mean", width="large")
def _glossary() -> None:
    _, _, table = TERMS.read_text(encoding="utf-8").partition("\n\n|")
    st.markdown(f"|{table}")
