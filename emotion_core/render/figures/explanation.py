"""Figures of where in a face an emotion is seen, and whether that can be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from emotion_core.emotions.labels import EMOTION_COLORS
from emotion_core.faces.regions import REGIONS
from emotion_core.render.figures.text import LEGEND

_LIGHT, _GREY, _ACCENT = "#F1EAE3", "#8C837A", "#E8A06A"
_LEAST_REACH = 10
_MARGIN = {"l": 10, "r": 10, "t": 56, "b": 10}


def draw_regions(shares: pd.DataFrame, emotions: Sequence[str]) -> go.Figure:
    """How much of each mask lies in each part of the face, beside the room that the part takes.

    Args:
        shares: rows with ``emotion``, ``region``, ``share`` and ``area``, of one face or of the
            mean of a track; with ``low`` and ``high``, a line shows them.
        emotions: whose bars are drawn, in this order.
    """
    figure = go.Figure()
    order = list(REGIONS)
    for emotion in emotions:
        own = shares[shares["emotion"] == emotion].set_index("region").reindex(order)
        spread = whiskers_of(own) if "low" in own else None
        figure.add_bar(
            x=order,
            y=100 * own["share"],
            error_y=spread,
            name=emotion,
            marker={"color": EMOTION_COLORS[emotion]},
            hovertemplate=f"%{{y:.0f}}% of the mask of {emotion}<br>%{{x}}<extra></extra>",
        )
    areas = shares.groupby("region")["area"].mean().reindex(order)
    figure.add_scatter(
        x=order,
        y=100 * areas,
        name="size of the region",
        mode="markers",
        marker={"symbol": "line-ew", "size": 34, "line": {"width": 3, "color": _LIGHT}},
        hovertemplate="%{y:.0f}% of the image<br>%{x}<extra></extra>",
    )
    figure.update_layout(
        title="Share of each mask by region",
        barmode="group",
        height=380,
        margin=_MARGIN,
        legend=LEGEND,
        xaxis={"fixedrange": True, "tickangle": 0},
        yaxis={"title": "share (%)", "fixedrange": True, "rangemode": "tozero"},
    )
    return figure


def whiskers_of(shares: pd.DataFrame) -> dict[str, Any]:
    """Lines from ``low`` to ``high`` through the end of a bar; they stay within 0 and 100%."""
    above, below = shares["high"] - shares["share"], shares["share"] - shares["low"]
    return {
        "type": "data",
        "symmetric": False,
        "array": 100 * above.fillna(0).clip(lower=0),
        "arrayminus": 100 * below.fillna(0).clip(lower=0),
        "color": _LIGHT,
    }


def draw_changes(changes: Mapping[str, float], title: str) -> go.Figure:
    """What hiding a part does to each probability, largest change at the top.

    Args:
        changes: what is added to the probability of each emotion.
        title: what is hidden.
    """
    order = sorted(changes, key=lambda name: -abs(changes[name]))
    points = [100 * changes[name] for name in order]
    # never so close that a change which means nothing fills the figure
    reach = max(1.25 * max(map(abs, points), default=0), _LEAST_REACH)
    figure = go.Figure(
        go.Bar(
            x=points,
            y=order,
            orientation="h",
            marker={"color": [EMOTION_COLORS[name] for name in order]},
            text=[f"{round(value):+d}" if round(value) else "0" for value in points],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:+.1f} points<extra></extra>",
        )
    )
    figure.update_layout(
        title=title,
        height=320,
        margin={**_MARGIN, "t": 50},
        showlegend=False,
        xaxis={
            "title": "change of the probability (points)",
            "range": [-reach, reach],
            "zeroline": True,
            "zerolinecolor": _GREY,
            "fixedrange": True,
        },
        yaxis={"autorange": "reversed", "fixedrange": True},
    )
    return figure


def draw_faithfulness(curves: pd.DataFrame, test: str, emotion: str) -> go.Figure:
    """A reading while the face goes or comes in the order of a mask, and in that of chance.

    Args:
        curves: :meth:`~emotion_core.explanation.metrics.faithfulness.Faithfulness.curves`.
        test: ``taken away`` or ``brought back``.
        emotion: whose probability it is.
    """
    own = curves[curves["test"] == test]
    mask, chance = (own[own["mask"] == name] for name in ("this mask", "random masks"))
    figure = go.Figure()
    figure.add_scatter(
        x=pd.concat([100 * chance["share"], 100 * chance["share"][::-1]]),
        y=pd.concat([100 * chance["high"], 100 * chance["low"][::-1]]),
        fill="toself",
        fillcolor="rgba(140, 131, 122, 0.25)",
        line={"width": 0},
        hoverinfo="skip",
        name="all random masks",
        showlegend=False,
    )
    for table, name, line in (
        (chance, "random masks (mean)", {"color": _GREY, "dash": "dash"}),
        (mask, "this mask", {"color": _ACCENT, "width": 3}),
    ):
        figure.add_scatter(
            x=100 * table["share"],
            y=100 * table["probability"],
            mode="lines",
            name=name,
            line=line,
            hovertemplate=f"%{{x:.0f}}% of the face: {emotion} %{{y:.0f}}%<extra></extra>",
        )
    figure.update_layout(
        title=f"The face is {test}",
        height=320,
        margin=_MARGIN,
        legend=LEGEND,
        xaxis={"title": f"of the face {test} (%)", "range": [0, 100], "fixedrange": True},
        yaxis={"title": f"{emotion} (%)", "range": [0, 101], "fixedrange": True},
    )
    return figure
