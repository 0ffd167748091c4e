"""Text for the widgets of Streamlit."""

from __future__ import annotations

_MARKUP = r"\`*_{}[]()#+-.!~:$<>|&"


def as_text(text: str) -> str:
    """Escape what Streamlit would read as Markdown; a file name or an error is only text."""
    return "".join(f"\\{letter}" if letter in _MARKUP else letter for letter in text)
