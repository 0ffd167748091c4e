"""The axis of time that figures of one scene share, so that they stand one above the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emotion_core.text import format_time

# Seconds from tick to tick, the first that leaves at most this many ticks.
_STEPS = (0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
_MOST = 9
MARGIN = {"l": 62, "r": 14, "t": 56, "b": 10}


def time_axis(start: float, end: float) -> dict[str, Any]:
    """An axis in seconds that is labelled as players show time (``0:04``).

    Args:
        start, end: what it shows, in seconds of the clip.
    """
    length = max(end - start, 0.1)
    step = next((one for one in _STEPS if length / one <= _MOST), _STEPS[-1])
    ticks = step * np.arange(np.ceil(start / step - 1e-9), end / step + 1e-9)
    labels = [format_time(tick) for tick in ticks]
    if step >= 1:
        labels = [label.rsplit(".", 1)[0] for label in labels]
    return {
        "title": "time in the clip (minutes:seconds)",
        "range": [start, end],
        "tickmode": "array",
        "tickvals": ticks.tolist(),
        "ticktext": labels,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }


def say_instead(figure: go.Figure, text: str) -> None:
    """Write a sentence where there is nothing to draw."""
    figure.add_annotation(
        text=text, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font={"size": 15}
    )
