"""Text for the widgets of Streamlit."""

from __future__ import annotations

_MARKUP = r"\`*_{}[]()#+-.!~:$<>|&"


def as_text(text: str) -> str:
    """Escape what Streamlit would read as Markdown; a file name or an error is only text."""
    return "".join(f"\\{letter}" if letter in _MARKUP else letter for letter in text)


def time_left(seconds: float) -> str:
    """A length of time in words, as exact as one needs it."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
