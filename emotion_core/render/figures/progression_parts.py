"""Figures of what a performance is made of: transitions, stays, valence and arousal, shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from emotion_core.emotions.labels import EMOTION_COLORS, VALENCE_AROUSAL
from emotion_core.performance.arcs.shapes import Shapes
from emotion_core.performance.chords.transitions import Transitions
from emotion_core.performance.progression import Progression
from emotion_core.render.figures.text import LEGEND
from emotion_core.render.figures.thinning import breaks, keep_evenly
from emotion_core.render.figures.time_axis import MARGIN, say_instead, time_axis
from emotion_core.text import format_time

_LIGHT, _GREY, _ACCENT = "#F1EAE3", "#8C837A", "#E8A06A"
_WARM = [[0, "#211C19"], [1, "#9A5A33"]]  # light text can be read on all of it
_TIME = [[0, "#6B4E3D"], [0.5, _ACCENT], [1, "#FFF4E6"]]
# where names would lie over one another
_BESIDE = {"angry": "middle right", "fear": "middle left", "neutral": "bottom center"}


def draw_transitions(transitions: Transitions, title: str) -> go.Figure:
    """A matrix of what follows what, in per cent, with how often it was counted.

    What was never seen is empty.

    Args:
        transitions: a chain.
        title: which one it is.
    """
    names, matrix, counts = transitions.emotions, transitions.matrix, transitions.counts
    seen = counts > 0
    text = [
        [f"{100 * p:.0f}%<br>{n:.0f}×" if n else "" for p, n in zip(*rows, strict=True)]
        for rows in zip(matrix, counts, strict=True)
    ]
    figure = go.Figure()
    if transitions.total:
        figure.add_heatmap(
            x=list(names),
            y=list(names),
            z=np.where(seen, 100 * matrix, np.nan),
            zmin=0,
            zmax=100,
            text=text,
            texttemplate="%{text}",
            textfont={"color": _LIGHT},
            colorscale=_WARM,
            xgap=2,
            ygap=2,
            hoverongaps=False,
            showscale=False,
            hovertemplate="from %{y} to %{x}: %{text}<extra></extra>",
        )
    else:
        say_instead(figure, "No change of the leading emotion within a shot")
    figure.update_layout(
        title=title,
        height=150 + 58 * max(len(names), 3),
        margin={"l": 10, "r": 10, "t": 60, "b": 10},
        xaxis={"title": "to", "fixedrange": True, "showgrid": False, "visible": bool(text)},
        yaxis={
            "title": "from",
            "autorange": "reversed",
            "fixedrange": True,
            "showgrid": False,
            "visible": bool(text),
        },
    )
    return figure


def draw_stays(progression: Progression) -> go.Figure:
    """How long each emotion leads at a time: a dot for each stay, a line at their median.

    Dots of unsure stays are hollow.
    """
    states, dwell = progression.states, progression.dwell
    order = dwell["emotion"].tolist()
    figure = go.Figure()
    for emotion in order:
        own = states[states["emotion"] == emotion]
        figure.add_scatter(
            x=own["seconds"],
            y=np.full(len(own), emotion),
            mode="markers",
            name=emotion,
            marker={
                "size": 11,
                "color": EMOTION_COLORS[emotion],
                "opacity": 0.75,
                "symbol": np.where(own["unsure"] != "", "circle-open", "circle"),
            },
            customdata=np.array(
                [list(map(format_time, own[name])) for name in ("start", "end")], object
            ).T,
            hovertemplate=(
                f"{emotion} for %{{x:.1f}} s<br>%{{customdata[0]}} to %{{customdata[1]}}"
                "<extra></extra>"
            ),
        )
    figure.add_scatter(
        x=dwell["median"],
        y=order,
        mode="markers",
        name="median",
        marker={"symbol": "line-ns", "size": 24, "line": {"width": 3, "color": _LIGHT}},
        hovertemplate="half of the times are under %{x:.1f} s<extra>%{y}</extra>",
    )
    figure.update_layout(
        title="How long each emotion leads at a time",
        height=150 + 44 * max(len(order), 3),
        margin={"l": 10, "r": 10, "t": 60, "b": 10},
        showlegend=False,
        xaxis={"title": "time in the lead (s)", "rangemode": "tozero", "fixedrange": True},
        yaxis={
            "autorange": "reversed",
            "type": "category",
            "fixedrange": True,
            "visible": bool(order),
        },
    )
    if not order:
        say_instead(figure, "No readings")
    return figure


def draw_plane(progression: Progression) -> go.Figure:
    """The way through the plane of valence and arousal, dark at first and light at last.

    Of a long performance every k-th point is drawn, see :func:`dots_of_plane`.
    """
    arcs = progression.arcs
    figure = go.Figure()
    figure.add_scatter(
        x=[place[0] for place in VALENCE_AROUSAL.values()],
        y=[place[1] for place in VALENCE_AROUSAL.values()],
        mode="markers+text",
        text=list(VALENCE_AROUSAL),
        textposition=[_BESIDE.get(name, "top center") for name in VALENCE_AROUSAL],
        marker={"size": 12, "color": [EMOTION_COLORS[name] for name in VALENCE_AROUSAL]},
        hovertemplate="%{text}: valence %{x}, arousal %{y}<extra></extra>",
    )
    stretch = arcs["stretch"].to_numpy(np.int64)
    kept, _ = keep_evenly(stretch)
    gaps = breaks(stretch[kept])
    own = arcs.iloc[kept]
    # one line with empty points, since hundreds of lines are slow
    x, y, time = (
        np.insert(own[name].to_numpy(np.float64), gaps, np.nan).astype(np.float32)
        for name in ("valence", "arousal", "time")
    )
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines+markers",
        connectgaps=False,
        line={"color": _GREY, "width": 1},
        marker={
            "size": 5,
            "color": time,
            "cmin": arcs["time"].min(),
            "cmax": arcs["time"].max(),
            "colorscale": _TIME,
        },
        customdata=np.array(
            ["" if np.isnan(one) else format_time(one) for one in time.tolist()], object
        ),
        hovertemplate="at %{customdata}<br>valence %{x:.2f}, arousal %{y:.2f}<extra></extra>",
    )
    figure.update_layout(
        title="Path through valence and arousal",
        height=440,
        margin={"l": 10, "r": 10, "t": 60, "b": 10},
        showlegend=False,
        # no reading lies outside of the seven points
        xaxis=_scale("valence: unpleasant to pleasant (-1 to 1)", -0.95, 1.0),
        yaxis=_scale("arousal: calm to excited (-1 to 1)", -0.45, 0.85),
    )
    return figure


def dots_of_plane(progression: Progression) -> int:
    """Of how many tenths of a second :func:`draw_plane` shows one."""
    return keep_evenly(progression.arcs["stretch"].to_numpy(np.int64))[1]


def draw_shape(shapes: Shapes) -> go.Figure:
    """The course of valence, and the shape that may be named drawn over it."""
    curve = shapes.curve
    figure = go.Figure()
    figure.add_scatter(
        x=curve["time"],
        y=curve["value"],
        mode="lines+markers",
        name="valence",
        line={"color": _ACCENT, "width": 2},
        marker={"size": 4},
        customdata=list(map(format_time, curve["time"])),
        hovertemplate="valence %{y:.2f}, at %{customdata}<extra></extra>",
    )
    if shapes.best is not None:
        figure.add_scatter(
            x=curve["time"],
            y=curve["shape"],
            mode="lines",
            name=f"shape: {shapes.best}",
            line={"color": _LIGHT, "width": 2, "dash": "dash"},
            hoverinfo="skip",
        )
    first, last = (curve["time"].min(), curve["time"].max()) if len(curve) else (0.0, 1.0)
    figure.update_layout(
        title="Valence over time",
        height=440,
        margin=MARGIN,
        legend=LEGEND,
        xaxis=time_axis(float(first), float(last)),
        yaxis={"title": "valence (-1 to 1)", "range": [-1, 1], "fixedrange": True},
    )
    if curve.empty:
        say_instead(figure, "No readings")
    return figure


def _scale(title: str, least: float, most: float) -> dict[str, Any]:
    return {
        "title": title,
        "range": [least, most],
        "fixedrange": True,
        "zeroline": True,
        "zerolinecolor": _GREY,
        "dtick": 0.5,
    }
