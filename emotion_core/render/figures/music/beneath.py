"""A figure of two progressions, one under the other: of a face, and of the music beneath it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.emotions.uncertainty import mark_unsure
from emotion_core.performance.over_music import CHORD, KEY, SCORE, OverMusic
from emotion_core.performance.progression import Progression
from emotion_core.render.figures.hatching import hatching
from emotion_core.render.figures.progression import (
    MOST_BLOCKS,
    Span,
    drawn_chords,
    mark_borders,
    parts_of,
    within,
)
from emotion_core.render.figures.text import LEGEND
from emotion_core.render.figures.time_axis import MARGIN, say_instead, time_axis
from emotion_core.sound.music.reading import UNSURE
from emotion_core.text import format_time

_LIGHT, _DARK = "#F1EAE3", "#14110F"
# Light text can be read on both; no emotion has such a colour.
_MUSIC = {CHORD: "#5C544C", KEY: "#3F3933"}
# From where to where each line lies, from below.
_PLACES = {SCORE: (0.0, 0.5), KEY: (0.65, 1.4), CHORD: (1.55, 2.5)}
_FACE, _SYMBOLS, _TOP = (2.75, 3.75), (3.75, 4.3), 4.3
_NAMES = {"face": 3.25, "chords": 2.02, "key": 1.02, "score": 0.25}


def draw_over_music(progression: Progression, over: OverMusic, span: Span) -> go.Figure:
    """Chords of a face above, chords, keys and changes of the music below, on one axis of time.

    Names stand where their block is wide enough for them, which the browser decides. What is not
    sure is hatched. Of more than
    :data:`~emotion_core.render.figures.progression.MOST_BLOCKS` of a line, the longest are drawn.

    Args:
        progression: of the face.
        over: the same over the music.
        span: from when to when, in seconds of the clip.
    """
    figure = go.Figure()
    chords = drawn_chords(progression, span)
    _draw_face(figure, chords)
    for line in (CHORD, KEY):
        _draw_line(figure, drawn_line(over, line, span), line)
    _draw_score(figure, drawn_line(over, SCORE, span))
    mark_borders(figure, within(progression.borders, *span, "end"), _TOP)
    figure.update_layout(
        title="Chords of the face, and the music beneath",
        barmode="overlay",
        height=380,
        margin=MARGIN,
        legend=LEGEND,
        hovermode="closest",
        uniformtext={"minsize": 11, "mode": "hide"},
        xaxis=time_axis(*span),
        yaxis={
            "range": [0, _TOP],
            "tickvals": list(_NAMES.values()),
            "ticktext": list(_NAMES),
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
    )
    if chords.empty:
        say_instead(figure, "No readings")
    return figure


def drawn_line(over: OverMusic, line: str, span: Span) -> pd.DataFrame:
    """The rows of a line of the music that :func:`draw_over_music` draws."""
    own = within(over.lines[over.lines["line"] == line], *span, "end")
    longest = (own["end"] - own["start"]).nlargest(MOST_BLOCKS).index
    return own.loc[longest.sort_values()]


def _draw_face(figure: go.Figure, chords: pd.DataFrame) -> None:
    low, high = _FACE
    parts = parts_of(chords)
    for emotion in EMOTIONS:
        own = parts[parts["emotion"] == emotion]
        if own.empty:
            continue
        figure.add_bar(
            x=own["middle"],
            width=own["seconds"],
            y=(high - low) * own["height"],
            base=low + (high - low) * own["base"],
            name=emotion,
            marker={
                "color": EMOTION_COLORS[emotion],
                "line": {"width": 1, "color": _DARK},
                "pattern": hatching([bool(reason) for reason in own["unsure"]]),
            },
            customdata=np.array(
                [
                    (mark_unsure(row["name"], row["unsure"]), row["from"], row["to"])
                    for row in own.to_dict("records")
                ],
                object,
            ),
            hovertemplate="face: %{customdata[0]}<br>%{customdata[1]} to %{customdata[2]}"
            "<extra></extra>",
        )
    _add_blocks(figure, chords, chords["symbol"], _SYMBOLS, {"color": "rgba(0, 0, 0, 0)"})
    figure.data[-1].hoverinfo = "skip"


def _draw_line(figure: go.Figure, own: pd.DataFrame, line: str) -> None:
    marker: dict[str, Any] = {
        "color": _MUSIC[line],
        "line": {"width": 1, "color": _DARK},
        "pattern": hatching((~own["sure"]).tolist()),
    }
    _add_blocks(figure, own, own["name"].where(own["sure"], ""), _PLACES[line], marker)
    figure.data[-1].update(
        customdata=np.array(
            [
                (name if sure else UNSURE, format_time(start), format_time(end))
                for start, end, name, sure in own[["start", "end", "name", "sure"]].to_numpy()
            ],
            object,
        ),
        hovertemplate=f"{line} of the music: %{{customdata[0]}}<br>%{{customdata[1]}} to "
        "%{customdata[2]}<extra></extra>",
    )


def _add_blocks(
    figure: go.Figure,
    own: pd.DataFrame,
    names: pd.Series,
    place: tuple[float, float],
    marker: dict[str, Any],
) -> None:
    low, high = place
    figure.add_bar(
        x=(own["start"] + own["end"]) / 2,
        width=own["end"] - own["start"],
        y=np.full(len(own), high - low),
        base=np.full(len(own), low),
        text=names,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"size": 12, "color": _LIGHT},
        marker=marker,
        showlegend=False,
    )


def _draw_score(figure: go.Figure, changes: pd.DataFrame) -> None:
    if changes.empty:
        return
    figure.add_scatter(
        x=changes["start"],
        y=np.full(len(changes), sum(_PLACES[SCORE]) / 2),
        name="change of the score",
        mode="markers",
        marker={"symbol": "diamond", "size": 9, "color": _LIGHT},
        customdata=[
            (name, format_time(time))
            for name, time in zip(changes["name"], changes["start"], strict=True)
        ],
        hovertemplate="score: %{customdata[0]}<br>at %{customdata[1]}<extra></extra>",
    )
