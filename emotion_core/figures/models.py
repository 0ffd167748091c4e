"""Figures of how well a model reads."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from emotion_core.emotions.cards import ModelFigures
from emotion_core.emotions.labels import EMOTIONS

# From a dark brown to the accent of the theme: one hue, told apart by its lightness alone, and
# dark enough at the one end and light enough at the other for the words on it.
_SCALE = ((0.0, "#2A2420"), (0.5, "#8A5A38"), (1.0, "#F3C79F"))
_DARK, _LIGHT = "#14110F", "#F1EAE3"


def draw_confusion(figures: ModelFigures) -> go.Figure:
    """What a model takes each emotion for: a row an emotion of the votes, 100 % in all.

    Args:
        figures: measured figures of the model.
    """
    counts = np.array(figures.confusion)
    totals = counts.sum(axis=1, keepdims=True)
    shares = 100 * counts / np.maximum(totals, 1)
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=list(EMOTIONS),
            y=[f"{name} ({total})" for name, total in zip(EMOTIONS, totals[:, 0], strict=True)],
            customdata=np.dstack([counts, np.broadcast_to(totals, counts.shape)]),
            zmin=0,
            zmax=100,
            colorscale=_SCALE,
            xgap=2,
            ygap=2,
            showscale=False,  # each cell says its share
            hovertemplate=(
                "%{customdata[0]} of %{customdata[1]} pictures (%{z:.1f} %)"
                "<br>votes: %{y}<br>read as: %{x}<extra></extra>"
            ),
        )
    )
    for row, column in np.ndindex(counts.shape):
        share = shares[row, column]
        figure.add_annotation(
            x=column,
            y=row,
            text=f"<b>{share:.0f} %</b><br>{counts[row, column]}" if counts[row, column] else "0",
            showarrow=False,
            font={"color": _DARK if share > 55 else _LIGHT, "size": 11},
        )
    figure.update_layout(
        title="What it reads, for each emotion of the votes",
        height=520,
        margin={"l": 10, "r": 10, "t": 50, "b": 10},
        xaxis={"title": "read as", "fixedrange": True, "tickangle": 0, "tickfont": {"size": 11}},
        yaxis={
            "title": "majority of the votes (pictures)",
            "autorange": "reversed",
            "fixedrange": True,
            "tickfont": {"size": 11},
        },
    )
    return figure
