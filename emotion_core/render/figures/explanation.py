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
# Pixels: for a region with one bar, for each further bar, and for what stands around them.
_REGION_HEIGHT, _NEXT_BAR, _AROUND = 28, 12, 150
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
            x=100 * own["share"],
            y=order,
            orientation="h",
            error_x=spread,
            name=emotion,
            marker={"color": EMOTION_COLORS[emotion]},
            hovertemplate=f"%{{x:.0f}}% of the mask of {emotion}<br>%{{y}}<extra></extra>",
        )
    return finish_regions(figure, shares, "Share of each mask by region")


def finish_regions(figure: go.Figure, shares: pd.DataFrame, title: str) -> go.Figure:
    """Add the sizes of the regions to horizontal bars of their shares, and lay them out.

    Args:
        figure: with a trace for each mask; ``y`` holds regions.
        shares: rows with ``region`` and ``area``.
        title: of the figure.
    """
    bars = max(len(figure.data), 1)
    areas = shares.groupby("region")["area"].mean().reindex(list(REGIONS))
    room = _REGION_HEIGHT + (bars - 1) * _NEXT_BAR
    figure.add_scatter(
        x=100 * areas,
        y=list(REGIONS),
        name="size of the region",
        mode="markers",
        marker={
            "symbol": "line-ns",
            "size": 0.6 * room,
            "line": {"width": 3, "color": _LIGHT},
        },
        hovertemplate="%{x:.0f}% of the image<br>%{y}<extra></extra>",
    )
    figure.update_layout(
        title=title,
        barmode="group",
        height=_AROUND + len(REGIONS) * room,
        margin=_MARGIN,
        legend=LEGEND,
        xaxis={"title": "share of the mask (%)", "fixedrange": True, "rangemode": "tozero"},
        yaxis={"fixedrange": True, "autorange": "reversed"},
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
