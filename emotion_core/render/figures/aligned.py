"""Figures of how performances run along each other in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.performance.arcs.arc import Arc
from emotion_core.performance.comparison.alignment import Alignment, warp
from emotion_core.performance.comparison.comparison import Comparison
from emotion_core.performance.comparison.divergence import Divergence
from emotion_core.performance.performance import Values
from emotion_core.performance.unsure import unsure_at
from emotion_core.render.figures.hatching import veil
from emotion_core.render.figures.text import LEGEND, plain, short
from emotion_core.text import format_time

_LIGHT, _GREY, _ACCENT = "#F1EAE3", "#8C837A", "#E8A06A"
# Points of an arc that are drawn; a wide page has little more pixels for them.
_MOST_DRAWN = 600
_ROW = 120
_ABOVE = 112  # where markers stand, over the 100% of the arcs


def draw_arcs(comparison: Comparison) -> go.Figure:
    """All arcs one below the other on a common clock that begins with each one's first reading.

    What is unsure lies faded under hatching.
    """
    performances = comparison.performances
    rows = [
        _Row(
            one.title,
            one.arc,
            one.arc.times - one.arc.times[0],
            unsure_at(one.performance, one.arc.times),
        )
        for one in performances
    ]
    figure = _stacked(rows, "Arcs on a common clock")
    figure.update_xaxes(title="seconds since the first reading", row=len(rows), col=1)
    return figure


def draw_aligned(comparison: Comparison) -> go.Figure:
    """The arcs of the others, aligned with the reference, and the moments of divergence as markers.

    The ``customdata`` of a marker are the place of its pair in :attr:`Comparison.pairs` and of the
    moment in :attr:`ComparedPair.divergences`.
    """
    reference = comparison.reference
    onto = reference.arc
    unsure = unsure_at(reference.performance, onto.times)
    rows = [_Row(reference.title, onto, onto.times, unsure)]
    for pair in comparison.pairs:
        other = comparison.performances[pair.other]
        unsure = unsure_at(other.performance, pair.alignment.to_second(onto.times))
        arc = warp(other.arc, pair.alignment, onto)
        rows.append(_Row(other.title, arc, onto.times, unsure))
    figure = _stacked(rows, "Aligned: the others follow the pace of the reference")
    for place, pair in enumerate(comparison.pairs):
        _mark(figure, pair.divergences, place, place + 2)
    figure.update_xaxes(title="seconds in the clip of the reference", row=len(rows), col=1)
    # a click takes what is nearest, and not all that lies at the same time
    figure.update_layout(clickmode="event+select", dragmode=False, hovermode="closest")
    return figure


def _mark(figure: go.Figure, found: Sequence[Divergence], place: int, row: int) -> None:
    figure.add_scatter(
        x=[one.first_time for one in found],
        y=[_ABOVE] * len(found),
        mode="markers+text",
        text=[str(number + 1) for number in range(len(found))],
        textfont={"size": 10, "color": "#14110F"},
        marker={"size": 18, "color": _ACCENT, "line": {"width": 1, "color": _LIGHT}},
        # the page itself shows what is chosen
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=[[place, number] for number in range(len(found))],
        hovertext=[
            f"{format_time(one.first_time)}: {one.first_reading}<br>"
            f"{format_time(one.second_time)}: {one.second_reading}<br>"
            f"distance {one.distance:.2f}"
            for one in found
        ],
        hovertemplate="%{hovertext}<extra>Click to go there</extra>",
        name="moments of divergence",
        showlegend=False,
        row=row,
        col=1,
    )


class _Row(NamedTuple):
    """An arc on the clock of a figure, and whether each of its readings is unsure."""

    title: str
    arc: Arc
    times: Values
    unsure: npt.NDArray[np.bool_]


def _stacked(rows: Sequence[_Row], title: str) -> go.Figure:
    figure = make_subplots(
        rows=len(rows),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.2 / max(len(rows), 2),
        subplot_titles=[short(row.title, 60) for row in rows],
    )
    legend = True
    for row, (_, arc, times, unsure) in enumerate(rows, 1):
        known, shares = _thin(times, arc.values)
        for emotion, color in EMOTION_COLORS.items():
            figure.add_scatter(
                x=known.astype(np.float32),
                # nobody in view (NaN): nothing is drawn, and not neutral
                y=(100 * shares[:, EMOTIONS.index(emotion)]).astype(np.float32),
                name=emotion,
                legendgroup=emotion,
                showlegend=row == 1,
                stackgroup=str(row),
                line={"width": 0, "shape": "hv"},
                fillcolor=color,
                hovertemplate=f"{emotion} %{{y:.0f}}%<extra></extra>",
                row=row,
                col=1,
            )
        hidden = unsure & arc.seen
        if hidden.any():
            group = {"legendgroup": "unsure", "showlegend": legend}
            figure.add_scatter(**veil(times, hidden, arc.step), **group, row=row, col=1)
            legend = False
    figure.update_yaxes(range=[0, 126], tickvals=[0, 50, 100], title="%", fixedrange=True)
    figure.update_xaxes(showgrid=False, fixedrange=True)
    figure.update_annotations(font={"size": 13}, x=0, xanchor="left", yshift=-4)
    figure.update_layout(
        title=title,
        height=150 + (_ROW + 30) * len(rows),
        margin={"l": 10, "r": 10, "t": 80, "b": 10},
        hovermode="x",
        legend=LEGEND,
    )
    return figure


def draw_path(alignment: Alignment, reference: str, other: str) -> go.Figure:
    """The path between two performances, with its band and the diagonal of even tempo.

    Both axes count seconds in view: what is not seen is not on the path.
    """
    ends = [points.step * len(points) for points in (alignment.first, alignment.second)]
    figure = go.Figure()
    _add_band(figure, ends, alignment.band)
    path = alignment.path[:: max(len(alignment.path) // (2 * _MOST_DRAWN), 1)]
    times = alignment.first.times[path[:, 0]], alignment.second.times[path[:, 1]]
    figure.add_scatter(
        x=path[:, 0] * alignment.first.step,
        y=path[:, 1] * alignment.second.step,
        mode="lines",
        line={"color": _ACCENT, "width": 3},
        name="path",
        customdata=[[format_time(a), format_time(b)] for a, b in zip(*times, strict=True)],
        hovertemplate=(
            f"{plain(reference)}: %{{customdata[0]}}<br>{plain(other)}: %{{customdata[1]}}"
            "<extra></extra>"
        ),
    )
    figure.update_layout(
        title={"text": "Alignment path", "font": {"size": 16}},
        height=430,
        margin={"l": 10, "r": 10, "t": 50, "b": 10},
        legend=LEGEND,
        xaxis={
            "title": f"{short(reference)}: seconds in view",
            "range": [0, ends[0]],
            "fixedrange": True,
        },
        yaxis={
            "title": f"{short(other)}: seconds in view",
            "range": [0, ends[1]],
            "fixedrange": True,
        },
    )
    return figure


def _add_band(figure: go.Figure, ends: Sequence[float], width: float) -> None:
    """Where a path may run, and the diagonal."""
    corners = [(0, 0), (0, width), (1 - width, 1), (1, 1), (1, 1 - width), (width, 0), (0, 0)]
    figure.add_scatter(
        x=[ends[0] * min(max(x, 0), 1) for x, _ in corners],
        y=[ends[1] * min(max(y, 0), 1) for _, y in corners],
        fill="toself",
        fillcolor="rgba(140, 131, 122, 0.18)",
        line={"width": 0},
        mode="lines",
        name="band: possible paths",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[0, ends[0]],
        y=[0, ends[1]],
        mode="lines",
        line={"color": _GREY, "dash": "dash"},
        name="even tempo",
        hoverinfo="skip",
    )


def _thin(times: Values, values: Values) -> tuple[Values, Values]:
    """Means over some neighbours, so that there are no more points than are drawn.

    Where most of them are not seen, nobody is.
    """
    size = int(np.ceil(len(times) / _MOST_DRAWN))
    if size <= 1:
        return times, values
    count = int(np.ceil(len(times) / size))
    padded = np.full((count * size, values.shape[1]), np.nan)
    padded[: len(values)] = values
    cells = padded.reshape(count, size, -1)
    seen = ~np.isnan(cells[:, :, 0])
    sums = np.where(seen[:, :, None], cells, 0).sum(axis=1)
    means = np.full_like(sums, np.nan)
    most = seen.sum(axis=1) * 2 >= size
    means[most] = sums[most] / seen.sum(axis=1)[most, None]
    return times[::size], means
