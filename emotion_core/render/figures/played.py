"""What was played in an exercise over what was asked, in emotions or as a movement."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.render.figures.text import LEGEND

# An emotion that neither was asked nor played with this share is left out.
_SHOWN = 0.15


def draw_played(table: pd.DataFrame) -> go.Figure:
    """Lines of the emotions that were played, and dotted those that were asked.

    Args:
        table: ``time`` in seconds of the exercise, the seven probabilities that were played, and
            under ``asked_`` before their names those that were asked; NaN where there are none.
    """
    figure = go.Figure()
    for emotion in EMOTIONS:
        asked = f"asked_{emotion}"
        if not table[[emotion, asked]].max().max() >= _SHOWN:
            continue
        color = EMOTION_COLORS[emotion]
        figure.add_scatter(
            x=table["time"], y=100 * table[emotion], name=emotion, line={"color": color, "width": 3}
        )
        figure.add_scatter(
            x=table["time"],
            y=100 * table[asked],
            name=f"{emotion}, target",
            line={"color": color, "width": 2, "dash": "dot"},
            showlegend=False,
        )
    figure.update_traces(mode="lines", hovertemplate="%{y:.0f}%<extra>%{fullData.name}</extra>")
    figure.update_layout(
        title="Your performance; dotted: the target",
        height=320,
        margin={"l": 60, "r": 14, "t": 56, "b": 10},
        legend=LEGEND,
        hovermode="x",
    )
    figure.update_xaxes(title="time in the exercise (s)", showgrid=False, fixedrange=True)
    figure.update_yaxes(title="probability (%)", range=[0, 100], fixedrange=True)
    return figure


def draw_movement(table: pd.DataFrame, title: str, unit: str) -> go.Figure:
    """A line of how far a movement went, and a dotted one of what was asked.

    Args:
        table: ``time`` in seconds of the exercise, ``played`` and ``asked`` in the unit of the
            movement; NaN where there are none.
        title: what the movement is called.
        unit: of the movement; "degrees" is left as it is, all else is a share and drawn in percent.
    """
    factor, sign = (1, "°") if unit == "degrees" else (100, "%")
    figure = go.Figure()
    lines = (
        ("played", "you", {"color": "#e8a06a", "width": 3}),
        ("asked", "target", {"color": "#a4a7b0", "width": 2, "dash": "dot"}),
    )
    for column, name, line in lines:
        figure.add_scatter(x=table["time"], y=factor * table[column], name=name, line=line)
    hover = f"%{{y:.0f}}{sign}<extra>%{{fullData.name}}</extra>"
    figure.update_traces(mode="lines", hovertemplate=hover)
    figure.update_layout(
        title=f"{title[0].upper()}{title[1:]}: you; dotted: the target",
        height=280,
        margin={"l": 60, "r": 14, "t": 56, "b": 10},
        legend=LEGEND,
        hovermode="x",
    )
    figure.update_xaxes(title="time in the exercise (s)", showgrid=False, fixedrange=True)
    axis = "degrees" if unit == "degrees" else f"% ({unit})"
    figure.update_yaxes(title=axis, fixedrange=True)
    return figure
