"""Movements of a performance over time, each in a lane of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from emotion_core.faces.movements.movements import MOVEMENTS, describe, noun_of
from emotion_core.performance.movement_clock import STEP
from emotion_core.render.figures.hatching import outline
from emotion_core.render.figures.progression import Span
from emotion_core.render.figures.thinning import keep_points, runs
from emotion_core.render.figures.time_axis import MARGIN, say_instead, time_axis
from emotion_core.text import format_time

_LIGHT, _GREY, _FILL = "#F1EAE3", "#8C837A", "#E8A06A"
_FAINT = "rgba(232, 160, 106, 0.55)"
# Of the height of a lane: what a movement fills; its name stands above.
_FILLED = 0.56
_LANE, _AROUND = 50, 130  # px


def draw_movements(clock: pd.DataFrame, names: Sequence[str], span: Span) -> go.Figure:
    """Movements over time, each in a lane of its own; hatched where one cannot be told.

    A lane is full at the value of a strong movement. Those that go both ways go up and down from
    the middle of their lane.

    Args:
        clock: :func:`~emotion_core.performance.movement_clock.movements_on_clock`.
        names: of the movements, from above.
        span: from when to when, in seconds of the clip.
    """
    first, last = span
    shown = clock[(clock["time"] >= first) & (clock["time"] <= last)]
    figure = go.Figure()
    for lane, name in enumerate(reversed(names)):
        _draw_lane(figure, shown, name, float(lane))
    figure.update_layout(
        title="Movements away from the neutral face",
        height=_AROUND + _LANE * max(len(names), 2),
        margin=MARGIN,
        showlegend=False,
        hovermode="closest",
        xaxis=time_axis(first, last),
        yaxis={
            "range": [0, max(len(names), 1)],
            "showticklabels": False,
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
    )
    for lane, name in enumerate(reversed(names)):
        figure.add_annotation(
            text=_name_of_lane(name),
            x=0,
            y=lane + _FILLED,
            xref="paper",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"size": 12, "color": _LIGHT},
        )
    if not len(names) or not np.isfinite(shown[list(names)].to_numpy(np.float64)).any():
        say_instead(figure, "No movement can be told here")
    return figure


def _name_of_lane(name: str) -> str:
    if not MOVEMENTS[name].both_ways:
        return noun_of(name)
    return f"{noun_of(name)} (upwards), {noun_of(name, -1)} (downwards)"


def _draw_lane(figure: go.Figure, clock: pd.DataFrame, name: str, lane: float) -> None:
    movement = MOVEMENTS[name]
    times, values = clock["time"].to_numpy(np.float64), clock[name].to_numpy(np.float64)
    known = np.isfinite(values)
    stretch = clock["stretch"].to_numpy(np.int64)
    zero = lane + (_FILLED / 2 if movement.both_ways else 0.0)
    reach = _FILLED / 2 if movement.both_ways else _FILLED
    broken = _numbered(known, stretch, times)
    kept = keep_points(times, values, broken)
    heights = zero + reach * np.clip(values / movement.full, -1, 1)
    x: list[float] = []
    y: list[float] = []
    words: list[str] = []
    for own in runs(np.where(np.isin(np.arange(len(times)), kept), broken, -1)):
        x += [times[own[0]], *times[own], times[own[-1]], np.nan]
        y += [zero, *heights[own], zero, np.nan]
        said = [f"{describe(name, values[k])}<br>at {format_time(times[k])}" for k in own]
        words += ["", *said, "", ""]
    figure.add_scatter(
        x=np.array(x, np.float32),
        y=np.array(y, np.float32),
        mode="lines",
        fill="toself",
        fillcolor=_FAINT,
        line={"color": _FILL, "width": 1.2},
        hoveron="points",
        text=words,
        hovertemplate=f"{movement.noun}: %{{text}}<extra></extra>",
    )
    _hatch(figure, times, ~known, (lane, lane + _FILLED))


def _numbered(
    known: npt.NDArray[np.bool_], stretch: npt.NDArray[np.int64], times: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Which unbroken run of what is known each point is in; -1 for none."""
    changes = (np.diff(known.astype(np.int8)) != 0) | (np.diff(stretch) != 0)
    changes |= np.diff(times) > 1.5 * STEP
    number = np.concatenate([[0], np.cumsum(changes)]) if len(known) else np.zeros(0, np.int64)
    return np.where(known, number, -1).astype(np.int64)


def _hatch(
    figure: go.Figure,
    times: npt.NDArray[np.float64],
    hidden: npt.NDArray[np.bool_],
    lane: tuple[float, float],
) -> None:
    """Hatching over the time in which somebody is in view, but a movement cannot be told."""
    numbers = _numbered(hidden, np.zeros(len(times), np.int64), times)
    spans = [(times[own[0]] - STEP / 2, times[own[-1]] + STEP / 2) for own in runs(numbers)]
    if not spans:
        return
    edges = np.array(spans, np.float64)
    low, high = lane
    figure.add_scatter(
        **outline(edges[:, [0, 0, 1, 1]], [low, high, high, low]),
        mode="lines",
        fill="toself",
        fillcolor="rgba(0, 0, 0, 0)",
        fillpattern={"shape": "/", "size": 7, "fgcolor": _GREY, "solidity": 0.12},
        line={"width": 0},
        hoverinfo="skip",
    )
