"""Movements of performances side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from emotion_core.faces.movements.movements import MOVEMENTS, noun_of
from emotion_core.render.figures.curves import SERIES_COLORS
from emotion_core.render.figures.text import LEGEND, plain, short
from emotion_core.render.figures.time_axis import say_instead

_ROW, _AROUND = 40, 170  # px
# Rows, and from which share of the time on a movement is one of them.
_MOST, _WORTH = 10, 0.02


def draw_compared_movements(compared: pd.DataFrame) -> go.Figure:
    """How long and how far the movements of performances are clear, side by side.

    Args:
        compared: :func:`~emotion_core.performance.comparison.movements.compared_movements`.
    """
    figure = make_subplots(
        rows=1,
        cols=2,
        shared_yaxes=True,
        horizontal_spacing=0.04,
        subplot_titles=["how long", "how far on average"],
    )
    rows = _rows(compared)
    labels = [noun_of(name, way) for name, way in rows]
    for number, (title, own) in enumerate(compared.groupby("title", sort=False)):
        table = own.set_index(["movement", "direction"]).reindex(rows)
        scale = [1 if MOVEMENTS[name].kind == "degrees" else 100 for name, _ in rows]
        for column, values in enumerate((100 * table["share"], table["size"] * scale), 1):
            figure.add_bar(
                y=labels,
                x=values.to_numpy(np.float64),
                orientation="h",
                name=short(str(title)),
                legendgroup=str(number),
                showlegend=column == 1,
                marker={"color": SERIES_COLORS[number % len(SERIES_COLORS)]},
                hovertemplate=f"{plain(str(title))}<br>%{{y}}: %{{x:.0f}}<extra></extra>",
                row=1,
                col=column,
            )
    figure.update_layout(
        title="Clear movements of each performance",
        barmode="group",
        height=_AROUND + _ROW * max(len(rows), 3),
        margin={"l": 10, "r": 10, "t": 90, "b": 10},
        legend=LEGEND,
    )
    figure.update_xaxes(title="share of the time it is seen (%)", fixedrange=True, col=1)
    figure.update_xaxes(title="change from neutral (%); head: degrees", fixedrange=True, col=2)
    figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True)
    if not rows:
        say_instead(figure, "No clear movement")
    return figure


def _rows(compared: pd.DataFrame) -> list[tuple[str, int]]:
    """The movements that are clear for longest in any performance, from the brows to the head."""
    longest = compared.groupby(["movement", "direction"], sort=False)["share"].max()
    chosen = longest[longest >= _WORTH].nlargest(_MOST)
    return [key for key in longest.index if key in chosen.index]
