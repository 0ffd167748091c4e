"""Figures of how a performance develops over time: its arcs and its chords."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS, percent
from emotion_core.emotions.uncertainty import mark_unsure
from emotion_core.performance.chords.beats import STEP
from emotion_core.performance.chords.chord import by_share, emotions_in
from emotion_core.performance.progression import Progression
from emotion_core.render.figures.hatching import hatching, outline, veil
from emotion_core.render.figures.text import LEGEND
from emotion_core.render.figures.thinning import breaks, keep_points
from emotion_core.render.figures.time_axis import MARGIN, say_instead, time_axis
from emotion_core.text import format_time

_LIGHT, _GREY = "#F1EAE3", "#8C837A"
_GAP = "rgba(140, 131, 122, 0.2)"
# Of the axis of shares, in per cent: room for the marks of beats.
_TOP = 106
_FEW_BEATS = 40
# Of the width of the figure; a narrower block has no room for its symbol.
_ROOM = 0.045
# Where in the ``customdata`` of a block of :func:`draw_chords` the start of its chord stands.
CHORD_START = 4
_PLACE = ("from", "to", "share", "start")
# Of a film there are thousands, most of them narrower than a pixel.
MOST_BLOCKS = 600

# From when to when, in seconds of the clip.
Span = tuple[float, float]


def draw_arcs(progression: Progression, span: Span | None = None) -> go.Figure:
    """The seven smoothed shares over time, with beats, cuts and gaps; no line crosses a break.

    What is unsure lies faded under hatching. Of a long performance not every point is drawn, see
    :func:`~emotion_core.render.figures.thinning.keep_points`.

    Args:
        progression: what to draw.
        span: from when to when, in seconds of the clip; all of it if ``None``.
    """
    first, last = span or reach(progression)
    arcs = within(progression.arcs, first, last)
    figure = go.Figure()
    # neutral first, so that it lies behind the others
    for emotion in ("neutral", *(name for name in EMOTIONS if name != "neutral")):
        figure.add_scatter(
            **_line(arcs, emotion),
            name=emotion,
            mode="lines",
            connectgaps=False,
            line={"color": EMOTION_COLORS[emotion], "width": 1.5 if emotion == "neutral" else 2.5},
            hovertemplate=f"{emotion} %{{y:.0f}}%, at %{{customdata}}<extra></extra>",
        )
    _mark_unsure(figure, arcs)
    mark_borders(figure, within(progression.borders, first, last, "end"), _TOP)
    _mark_beats(figure, within(progression.beats, first, last), _TOP)
    figure.update_layout(
        title="Arcs of the seven emotions",
        height=400,
        margin=MARGIN,
        legend=LEGEND,
        hovermode="closest",
        xaxis=time_axis(first, last),
        yaxis={"title": "probability (%)", "range": [0, _TOP], "fixedrange": True},
    )
    if arcs.empty:
        say_instead(figure, "No readings")
    return figure


def draw_chords(progression: Progression, span: Span | None = None) -> go.Figure:
    """The chords as blocks over time: their emotions stacked by their shares, strongest below.

    Unsure ones are hatched. Of more than :data:`MOST_BLOCKS` the longest are drawn.

    Args:
        progression, span: as for :func:`draw_arcs`.
    """
    first, last = span or reach(progression)
    chords = drawn_chords(progression, (first, last))
    figure = go.Figure()
    parts = parts_of(chords)
    for emotion in EMOTIONS:
        own = parts[parts["emotion"] == emotion]
        if own.empty:
            continue
        figure.add_bar(
            x=own["middle"],
            width=own["seconds"],
            y=100 * own["height"],
            base=100 * own["base"],
            name=emotion,
            marker={
                "color": EMOTION_COLORS[emotion],
                "line": {"width": 1, "color": "#14110F"},
                "pattern": hatching([bool(reason) for reason in own["unsure"]]),
            },
            # lists are copied value by value, which takes most of the time
            customdata=np.array(
                [
                    (mark_unsure(row["name"], row["unsure"]), *(row[name] for name in _PLACE))
                    for row in own.to_dict("records")
                ],
                object,
            ),
            # a click chooses a block; the others stay as bright
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            hovertemplate=(
                f"%{{customdata[0]}}<br>{emotion} %{{customdata[3]}}<br>%{{customdata[1]}} to "
                f"%{{customdata[2]}}<extra></extra>"
            ),
        )
    _add_symbols(figure, chords, _ROOM * max(last - first, 0.1))
    mark_borders(figure, within(progression.borders, first, last, "end"), 100)
    figure.update_layout(
        title="Chords: emotions read together",
        barmode="overlay",
        height=290,
        margin=MARGIN,
        legend=LEGEND,
        xaxis=time_axis(first, last),
        yaxis={
            "title": "part of the chord (%)",
            "range": [0, 124],
            "tickvals": [0, 50, 100],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
    )
    if chords.empty:
        say_instead(figure, "No readings")
    return figure


def _add_symbols(figure: go.Figure, chords: pd.DataFrame, room: float) -> None:
    """The symbols of chords over their blocks, where they last ``room`` seconds at least."""
    wide = chords[chords["seconds"] >= room]
    figure.add_scatter(
        x=(wide["start"] + wide["end"]) / 2,
        y=np.full(len(wide), 112),
        mode="text",
        text=wide["symbol"],
        textfont={"size": 12, "color": _LIGHT},
        hoverinfo="skip",
        showlegend=False,
    )


def reach(progression: Progression) -> Span:
    """First and last time of a performance; figures one above the other show the same."""
    states = progression.states
    if states.empty:
        return 0.0, 1.0
    return float(states["start"].iloc[0]), float(states["end"].iloc[-1])


def drawn_chords(progression: Progression, span: Span) -> pd.DataFrame:
    """The chords that :func:`draw_chords` draws."""
    chords = within(progression.chords, *span, "end")
    longest = chords["seconds"].nlargest(MOST_BLOCKS).index
    return chords.loc[longest.sort_values()]


def within(table: pd.DataFrame, first: float, last: float, end: str = "") -> pd.DataFrame:
    """The rows of a table between two times: at a moment, or from ``start`` to ``end``."""
    start = "start" if end else "time"
    return table[(table[end or start] >= first) & (table[start] <= last)]


def _line(arcs: pd.DataFrame, emotion: str) -> dict[str, Any]:
    """One arc, thinned, with an empty point where it breaks."""
    times, values = arcs["time"].to_numpy(np.float64), arcs[emotion].to_numpy(np.float64)
    stretch = arcs["stretch"].to_numpy(np.int64)
    kept = keep_points(times, values, stretch)
    gaps = breaks(stretch[kept])
    x, y, when = times[kept], 100 * values[kept], [format_time(time) for time in times[kept]]
    between = (x[gaps - 1] + x[gaps]) / 2
    return {
        # more digits only make the page heavier
        "x": np.insert(x, gaps, between).astype(np.float32),
        "y": np.insert(y, gaps, np.nan).astype(np.float32),
        "customdata": np.insert(np.array(when, object), gaps, ""),
    }


def parts_of(chords: pd.DataFrame) -> pd.DataFrame:
    """One row for each emotion of each chord: where its block lies and how high it is.

    Args:
        chords: some of :attr:`Progression.chords`.

    Returns:
        ``emotion``, ``middle`` and ``seconds`` of the block, ``base`` and ``height`` (shares of the
        chord, 0 to 1), ``name`` of the chord, ``from, to, share`` in words, ``start`` and
        ``unsure`` of the chord.
    """
    rows = []
    for chord in chords.to_dict("records"):
        shares = {emotion: float(chord[emotion]) for emotion in EMOTIONS}
        ordered = by_share(emotions_in(chord["chord"]), shares)
        total, base = sum(shares[emotion] for emotion in ordered), 0.0
        for emotion in ordered:
            height = shares[emotion] / total
            rows.append(
                {
                    "emotion": emotion,
                    "middle": (chord["start"] + chord["end"]) / 2,
                    "seconds": chord["seconds"],
                    "base": base,
                    "height": height,
                    "name": chord["name"],
                    "from": format_time(chord["start"]),
                    "to": format_time(chord["end"]),
                    "share": percent(shares[emotion]),
                    "start": chord["start"],
                    "unsure": chord["unsure"],
                }
            )
            base += height
    columns = ["emotion", "middle", "seconds", "base", "height"]
    return pd.DataFrame(rows, columns=[*columns, "name", *_PLACE, "unsure"])


def mark_borders(figure: go.Figure, borders: pd.DataFrame, top: float) -> None:
    """Cuts as dotted lines, gaps as areas; as traces, since shapes are slow by the hundred.

    Args:
        figure: to add to.
        borders: some of :attr:`Progression.borders`.
        top: how high they reach, from 0.
    """
    gap = borders["kind"] == "gap"
    if gap.any():
        edges = borders.loc[gap, ["start", "start", "end", "end"]].to_numpy()
        figure.add_scatter(
            **outline(edges, [0, top, top, 0]),
            name="not in view",
            mode="lines",
            fill="toself",
            fillcolor=_GAP,
            line={"width": 0},
            hoverinfo="skip",
        )
    if not gap.all():
        _add_lines(figure, borders.loc[~gap, "start"], top, "cut", {"color": _GREY, "dash": "dot"})


def _mark_unsure(figure: go.Figure, arcs: pd.DataFrame) -> None:
    """A hatched veil over the time in which the reading is unsure."""
    times, unsure = arcs["time"].to_numpy(), arcs["unsure"].to_numpy(bool)
    if unsure.any():
        figure.add_scatter(**veil(times, unsure, STEP))


def _mark_beats(figure: go.Figure, beats: pd.DataFrame, top: float) -> None:
    if beats.empty:
        return
    few = len(beats) <= _FEW_BEATS  # of more, lines would hide the arcs
    if few:
        _add_lines(figure, beats["time"], top, "beat", {"color": _LIGHT, "width": 1})
        figure.data[-1].showlegend = False
    figure.add_scatter(
        x=beats["time"],
        y=np.full(len(beats), top - 3),
        name="beat",
        mode="markers",
        marker={"symbol": "triangle-down", "size": 11 if few else 7, "color": _LIGHT},
        customdata=[
            (format_time(beat["time"]), beat["before"], mark_unsure(beat["after"], beat["unsure"]))
            for beat in beats.to_dict("records")
        ],
        hovertemplate=(
            "beat at %{customdata[0]}<br>from %{customdata[1]}<br>to %{customdata[2]}"
            "<extra></extra>"
        ),
    )


def _add_lines(
    figure: go.Figure, times: pd.Series, top: float, name: str, line: dict[str, Any]
) -> None:
    """Vertical lines at some times."""
    edges = np.repeat(times.to_numpy()[:, None], 2, axis=1)
    figure.add_scatter(
        **outline(edges, [0, top]), name=name, mode="lines", line=line, hoverinfo="skip"
    )
