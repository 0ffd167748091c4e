"""Text for the widgets of Streamlit."""

from __future__ import annotations

_MARKUP = r"\`*_{}[]()#+-.!~:$<>|&"

# The switch for readings relative to a face at rest, and what it means.
RELATIVE = "Relative to the resting face"
RELATIVE_HELP = (
    "A face that droops at rest reads a little sad all the time. This takes out what the face at "
    "rest reads beyond other neutral faces. Doubts stay those of the reading as it was read."
)


def as_text(text: str) -> str:
    """Escape what Streamlit would read as Markdown; a file name or an error is only text."""
    return "".join(f"\\{letter}" if letter in _MARKUP else letter for letter in text)


def time_left(seconds: float) -> str:
    """A length of time in words, as exact as one needs it."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
