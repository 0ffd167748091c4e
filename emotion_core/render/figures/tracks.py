"""Figures of who plays what in a scene."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.emotions.uncertainty import MOSTLY
from emotion_core.render.figures.hatching import hatching
from emotion_core.render.figures.text import LEGEND, plain
from emotion_core.scene.summary import CharacterSummary
from emotion_core.text import format_time


def draw_shares(characters: Sequence[CharacterSummary]) -> go.Figure:
    """The mean reading of each character: a bar each, one colour an emotion, 100% in all.

    Bars of characters whose readings are mostly unsure are hatched.

    Args:
        characters: in the order in which they are listed, from the top.
    """
    labels = [_label(one) for one in characters]
    figure = go.Figure()
    for emotion in EMOTIONS:
        shares = [dict(one.shares)[emotion] for one in characters]
        figure.add_bar(
            y=list(range(len(characters))),
            x=[100 * share for share in shares],
            name=emotion,
            orientation="h",
            marker={
                "color": EMOTION_COLORS[emotion],
                "line": {"width": 0},
                "pattern": hatching([one.uncertain >= MOSTLY for one in characters]),
            },
            customdata=[
                (one.name, format_time(one.start), format_time(one.end)) for one in characters
            ],
            hovertemplate=(
                f"%{{customdata[0]}}: {emotion} %{{x:.0f}}%"
                "<br>%{customdata[1]} to %{customdata[2]}<extra></extra>"
            ),
        )
    figure.update_layout(
        title="Mean reading of each character over the time in view",
        barmode="stack",
        height=150 + 34 * len(characters),
        margin={"l": 10, "r": 10, "t": 56, "b": 10},
        legend=LEGEND,
        xaxis={"title": "mean probability (%)", "range": [0, 100], "fixedrange": True},
        yaxis={
            "fixedrange": True,
            "autorange": "reversed",
            "tickmode": "array",
            "tickvals": list(range(len(characters))),
            "ticktext": [plain(label) for label in labels],
        },
    )
    return figure


def _label(one: CharacterSummary) -> str:
    label = f"{one.name}  {one.seconds:.1f} s"
    unsure = round(100 * one.uncertain)
    return f"{label}, {unsure}% unsure" if unsure else label
