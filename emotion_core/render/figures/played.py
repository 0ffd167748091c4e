"""What was played in an exercise over what was asked."""

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
