"""Figures of how well a model reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.measured import FEW, ConfidenceBin, ModelFigures

# From a dark brown to the accent of the theme: one hue, distinguished by its lightness alone, and
# dark enough at the one end and light enough at the other for the words on it.
_SCALE = ((0.0, "#2A2420"), (0.5, "#8A5A38"), (1.0, "#F3C79F"))
_DARK, _LIGHT = "#14110F", "#F1EAE3"
_BAR, _DIM, _GREY = "#D39A6A", "#6B5340", "#7A726B"


def draw_confusion(figures: ModelFigures) -> go.Figure:
    """What a model takes each emotion for: a row an emotion of the votes, 100% in all.

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
                "%{customdata[0]} of %{customdata[1]} images (%{z:.1f}%)<br>votes: %{y}<br>read "
                "as: %{x}<extra></extra>"
            ),
        )
    )
    figure.update_layout(
        title="Readings by majority vote",
        # all at once: each one that is added has the others checked again
        annotations=[
            {
                "x": column,
                "y": row,
                "text": f"<b>{share:.0f}%</b><br>{counts[row, column]}"
                if counts[row, column]
                else "0",
                "showarrow": False,
                "font": {"color": _DARK if share > 55 else _LIGHT, "size": 11},
            }
            for (row, column), share in np.ndenumerate(shares)
        ],
        height=520,
        margin={"l": 10, "r": 10, "t": 50, "b": 10},
        xaxis={"title": "read as", "fixedrange": True, "tickangle": 0, "tickfont": {"size": 11}},
        yaxis={
            "title": "majority of the votes (images)",
            "autorange": "reversed",
            "fixedrange": True,
            "tickfont": {"size": 11},
        },
    )
    return figure


def draw_reliability(figures: ModelFigures) -> go.Figure:
    """Whether a model is right as often as it is sure (Guo et al. 2017), with the pictures below.

    Bars of few pictures are dim.

    Args:
        figures: measured figures of the model, with their ``reliability``.

    Raises:
        ValueError: the figures have none.
    """
    if not figures.reliability:
        raise ValueError("this model has no reliability data to draw")
    filled = [one for one in figures.reliability if one.count]
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.8, 0.2], vertical_spacing=0.05
    )
    for some, color, name in (
        ([one for one in filled if one.count >= FEW], _BAR, "agrees"),
        ([one for one in filled if one.count < FEW], _DIM, f"fewer than {FEW} images"),
    ):
        heights = [100 * (one.accuracy or 0) for one in some]
        figure.add_trace(_bars(some, heights, color, name, "%{y:.1f}% agree"), row=1, col=1)
    figure.add_trace(
        go.Scatter(
            x=[0, 100],
            y=[0, 100],
            mode="lines",
            name="confidence = agreement",
            line={"color": _LIGHT, "dash": "dash", "width": 1.5},
            hoverinfo="skip",
        ),
        row=1,
        col=1,
    )
    shares = [100 * one.count / figures.count for one in filled]
    below = _bars(filled, shares, _GREY, "pictures", "%{y:.1f}% of the images")
    figure.add_trace(below, row=2, col=1)
    figure.update_layout(
        title="Confidence and agreement",
        height=520,
        margin={"l": 10, "r": 10, "t": 50, "b": 10},
        barmode="overlay",
        showlegend=False,  # on a narrow page it would lie over the title
    )
    figure.update_xaxes(range=[0, 100], fixedrange=True)
    figure.update_xaxes(title="confidence (%)", row=2, col=1)
    figure.update_yaxes(fixedrange=True)
    figure.update_yaxes(title="agreement with the votes (%)", range=[0, 101], row=1, col=1)
    figure.update_yaxes(title="images (%)", rangemode="tozero", row=2, col=1)
    return figure


def _bars(
    bins: Sequence[ConfidenceBin], heights: list[float], color: str, name: str, said: str
) -> go.Bar:
    """A bar over the width of each bin; ``said`` names its height where the pointer is."""
    return go.Bar(
        x=[50 * (one.low + one.high) for one in bins],
        y=heights,
        width=[96 * (one.high - one.low) for one in bins],
        customdata=[[100 * one.low, 100 * one.high, one.count] for one in bins],
        name=name,
        marker={"color": color},
        hovertemplate=(
            "confidence %{customdata[0]:.0f} to %{customdata[1]:.0f}%: %{customdata[2]} "
            f"images<br>{said}<extra></extra>"
        ),
    )
