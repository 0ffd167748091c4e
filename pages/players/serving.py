"""Bytes that the browser fetches in parts, as it does with the clips."""

from __future__ import annotations

import streamlit as st
from streamlit import runtime


def serve(content: bytes, coordinates: str) -> str:
    """Have bytes served for as long as a session shows what they belong to.

    The server answers requests for ranges of them. The same bytes are kept once, for all sessions.

    Args:
        content: the bytes; not copied.
        coordinates: of what they belong to on the page; unique on it.

    Returns:
        Where they are, on the same host; empty where nothing is served, as in a test of a page.
    """
    if not runtime.exists():
        return ""
    files = runtime.get_instance().media_file_mgr
    url = str(files.add(content, "application/octet-stream", coordinates))
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{url}" if base else url
