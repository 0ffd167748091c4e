"""Figures of who plays what in a scene."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.figures.text import plain
from emotion_core.scene.summary import TrackSummary, format_time


def draw_shares(tracks: Sequence[TrackSummary]) -> go.Figure:
    """What each face plays on average: one bar a face, one colour an emotion, 100 % in all.

    Args:
        tracks: faces in the order in which they are listed, from the top.
    """
    labels = [_label(track) for track in tracks]
    figure = go.Figure()
    for emotion in EMOTIONS:
        shares = [dict(track.shares)[emotion] for track in tracks]
        figure.add_bar(
            y=list(range(len(tracks))),
            x=[100 * share for share in shares],
            name=emotion,
            orientation="h",
            marker={"color": EMOTION_COLORS[emotion], "line": {"width": 0}},
            customdata=[
                (track.name, format_time(track.start), format_time(track.end)) for track in tracks
            ],
            hovertemplate=(
                f"%{{customdata[0]}}: {emotion} %{{x:.0f}} %"
                "<br>%{customdata[1]} to %{customdata[2]}<extra></extra>"
            ),
        )
    figure.update_layout(
        title="What each face plays, on average over its time in view",
        barmode="stack",
        height=150 + 34 * len(tracks),
        margin={"l": 10, "r": 10, "t": 90, "b": 40},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "traceorder": "normal"},
        xaxis={"title": "mean probability (%)", "range": [0, 100]},
        yaxis={
            "autorange": "reversed",
            "tickmode": "array",
            "tickvals": list(range(len(tracks))),
            "ticktext": [plain(label) for label in labels],
        },
    )
    return figure


def _label(track: TrackSummary) -> str:
    label = f"{track.name}  {track.seconds:.1f} s"
    unsure = round(100 * track.doubtful)
    return f"{label}, {unsure} % unsure" if unsure else label
