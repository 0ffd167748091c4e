"""How somebody says a line, over how its model says it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from emotion_core.performance.delivery.line_beside import MODEL, OWN, LineBeside
from emotion_core.render.figures.text import LEGEND
from emotion_core.text import shorten

# The same as of what one plays before the camera, over what is asked.
_COLORS = {MODEL: "#a4a7b0", OWN: "#e8a06a"}
_LONGEST = 14  # characters of a word below the axis
_MOST = 30  # words below the axis: of a speech, every second or third stands there


def draw_line_beside(beside: LineBeside) -> go.Figure:
    """Pitch and loudness of a line by both, aligned word by word where words have times.

    Args:
        beside: the line; its time axis is that of the model.
    """
    base = "usual pitch" if beside.against_usual else "median of the line"
    figure = make_subplots(
        rows=2,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.14,
        # axis titles would stand on their side, and be longer than the axes
        subplot_titles=(f"Pitch (semitones, 0 = {base})", "Loudness (dB, 0 = mean of the line)"),
    )
    figure.update_annotations(x=0, xanchor="left", font={"size": 12})
    for place in (MODEL, OWN):
        part = beside.contours[beside.contours["performance"] == place]
        for row, column, unit in ((1, "pitch", "semitones"), (2, "level", "dB")):
            figure.add_scatter(
                x=part["aligned"],
                y=part[column],
                customdata=part["time"],
                name=beside.titles[place],
                legendgroup=str(place),
                showlegend=row == 1,
                line={"color": _COLORS[place], "width": 3 if place == OWN else 2},
                hovertemplate=f"%{{y:+.1f}} {unit} at %{{customdata:.1f}} s of the line"
                "<extra>%{fullData.name}</extra>",
                connectgaps=False,
                row=row,
                col=1,
            )
    figure.update_layout(
        title="Melody and loudness of the line",
        height=430,
        margin={"l": 40, "r": 14, "t": 72, "b": 10},
        legend=LEGEND,
    )
    figure.update_traces(mode="lines")
    figure.update_yaxes(fixedrange=True, zeroline=True, zerolinewidth=1)
    figure.update_xaxes(showgrid=False, fixedrange=True)
    figure.update_xaxes(title=_axis(beside), row=2)
    _mark_words(figure, beside)
    return figure


def _axis(beside: LineBeside) -> str:
    who = beside.titles[MODEL]
    if beside.by_words:
        return f"words, as long as {shorten(who, 30)} takes"
    return f"time in the line of {shorten(who, 30)} (s)"


def _mark_words(figure: go.Figure, beside: LineBeside) -> None:
    """A word below each part of the line, and a thin line where it begins."""
    words = beside.words[beside.words["performance"] == MODEL]
    if not beside.by_words:
        return
    line = {"color": "rgba(164,167,176,0.25)", "width": 1}
    places = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": line}
    # all at once: Plotly goes through the whole figure for each that is added
    figure.update_layout(shapes=[{**places, "x0": start, "x1": start} for start in words["start"]])
    words = words.iloc[:: -(-len(words) // _MOST)]
    figure.update_xaxes(
        tickmode="array",
        tickvals=((words["start"] + words["end"]) / 2).tolist(),
        ticktext=[shorten(str(word), _LONGEST) for word in words["word"]],
        row=2,
    )


def table_of_line(beside: LineBeside) -> pd.DataFrame:
    """What :func:`draw_line_beside` is drawn from, with the names of both."""
    named = [beside.titles[place] for place in beside.contours["performance"]]
    return beside.contours.assign(performance=named)
