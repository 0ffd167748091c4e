"""Bytes that the browser fetches in parts, as it does with the clips."""

from __future__ import annotations

from streamlit import runtime

from pages.shared.serving.address import app_url


def serve(content: bytes, coordinates: str) -> str:
    """Have bytes served for as long as a session shows what they belong to.

    The server answers requests for ranges of them. The same bytes are kept once, for all sessions.

    Args:
        content: the bytes; not copied.
        coordinates: of what they belong to on the page; unique on it.

    Returns:
        Their address; empty where nothing is served, as in a test of a page.
    """
    if not runtime.exists():
        return ""
    files = runtime.get_instance().media_file_mgr
    return app_url(str(files.add(content, "application/octet-stream", coordinates))) or ""
