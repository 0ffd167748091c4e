"""Where the browser finds what the server of the app serves."""

from __future__ import annotations

import threading
from urllib.parse import urlsplit

import streamlit as st

# Whether the server that runs answers what is asked for below our own routes.
_added = threading.Event()


def routes_added() -> None:
    """The server has our routes."""
    _added.set()


def route_url(path: str) -> str | None:
    """The same as :func:`app_url` for a path of our own routes; ``None`` also where there is none.

    Args:
        path: begins with a slash.
    """
    return app_url(path) if _added.is_set() else None


def app_url(path: str) -> str | None:
    """A path of the server as an address of the browser's, who may come through a proxy.

    Args:
        path: begins with a slash.

    Returns:
        ``None`` where no browser asks, as in a test of a page.
    """
    if not st.context.url:
        return None
    seen = urlsplit(st.context.url)
    return f"{seen.scheme}://{seen.netloc}{with_base(path)}"


def with_base(path: str) -> str:
    """A path of the server, below what ``server.baseUrlPath`` says."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{path}" if base else path
