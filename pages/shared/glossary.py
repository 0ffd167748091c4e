"""What the words of the app mean, one press away on each page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

# The same as docs/glossary.md, beside the code: an installed app has no docs/.
TERMS = Path(__file__).with_name("glossary.md")


def glossary_button() -> None:
    """A button in the sidebar that opens the table of terms over the page."""
    st.set_page_config(initial_sidebar_state="collapsed")  # the player needs the width
    if st.sidebar.button("What the words mean", icon=":material/menu_book:", type="tertiary"):
        _glossary()


@st.dialog("What the words mean", width="large")
def _glossary() -> None:
    _, _, table = TERMS.read_text(encoding="utf-8").partition("\n\n|")
    st.markdown(f"|{table}")
