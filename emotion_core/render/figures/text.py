"""Words in figures: names, which Plotly reads as markup but are only text, and legends."""

from __future__ import annotations

from emotion_core.text import shorten

# Below the figure, where it may take several lines.
LEGEND = {
    "orientation": "h",
    "yref": "container",
    "y": 0,
    "yanchor": "bottom",
    "x": 0,
    "traceorder": "normal",
}


def plain(name: str) -> str:
    """A name that Plotly shows as it is."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def short(name: str, most: int = 32) -> str:
    """The same with its middle left out where it is long; both ends distinguish names."""
    return plain(shorten(name, most, middle=True))
