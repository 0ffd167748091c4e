"""What stands around each page: its title and style, the version, what the words mean."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emotion_core import __version__
from pages.shared.dialogs import no_dialog
from pages.shared.users.account import account_menu, admit

# The same as docs/glossary.md, beside the code: an installed app has no docs/.
TERMS = Path(__file__).with_name("glossary.md")
ICON = Path(__file__).with_name("icon.svg")
THEME = Path(__file__).with_name("theme.css")


def head(title: str) -> DeltaGenerator:
    """The title of a page, also of its tab in the browser, and a place for the menu of jobs.

    Drawn before the page itself is loaded, which takes seconds on a fresh server.
    """
    no_dialog()
    st.set_page_config(f"{title} · Eme")
    st.html(THEME)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.title(title)
    admit()
    with row:
        account_menu()
        return st.container(width="content")


def footer(menu: DeltaGenerator) -> None:
    """What stands around a page once it stands: the menu of jobs, the version, and the terms."""
    # here and not at the top: the title does not wait for what the menu is made of
    from pages.shared.jobs.menu import jobs_menu

    with menu:
        jobs_menu()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Eme {__version__}", width="content")
        if st.button("What the words mean", icon=":material/menu_book:", type="tertiary"):
            _glossary()


@st.dialog("What the words mean", width="large")
def _glossary() -> None:
    _, _, table = TERMS.read_text(encoding="utf-8").partition("\n\n|")
    st.markdown(f"|{table}")
