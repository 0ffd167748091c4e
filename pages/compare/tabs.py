"""Tabs of which one is drawn at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st


def tabs_on_demand(sections: Mapping[str, Callable[[], None]], key: str) -> None:
    """Tabs whose sections are made and sent when they are opened; the first one is open.

    Args:
        sections: what draws each, by its label.
        key: unique on the page; the session's state says under it which one is open.
    """
    tabs = st.tabs(list(sections), key=key, on_change="rerun")
    for tab, section in zip(tabs, sections.values(), strict=True):
        if tab.open:
            with tab:
                section()
