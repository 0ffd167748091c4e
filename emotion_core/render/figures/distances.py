"""The figure of how far many performances lie apart."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from emotion_core.performance.comparison.matrix import DistanceMatrix
from emotion_core.render.figures.text import plain, short

_LIGHT = "#F1EAE3"
# From alike, dark as the page, to far apart, a warm light; no colour of an emotion.
_SCALE = [[0, "#1F1A17"], [0.5, "#8A5A3A"], [1, "#F3D9C0"]]
_MOST_NUMBERS = 12


def draw_distances(matrix: DistanceMatrix) -> go.Figure:
    """All distances in the order of the tree, and the tree above: what joins low is alike.

    Args:
        matrix: of two performances at least.
    """
    from scipy.cluster.hierarchy import dendrogram

    order, n = list(matrix.order), len(matrix.titles)
    values = matrix.distances[order][:, order]
    titles = [matrix.titles[place] for place in order]
    places = list(range(n))
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.28, 0.72], vertical_spacing=0.02
    )
    tree = dendrogram(matrix.tree, no_plot=True)
    for x, y in zip(tree["icoord"], tree["dcoord"], strict=True):
        figure.add_scatter(
            x=[(one - 5) / 10 for one in x],  # scipy puts leaves at 5, 15, 25, ...
            y=y,
            mode="lines",
            line={"color": _LIGHT, "width": 1.5},
            hovertemplate=f"joined at a distance of {max(y):.2f}<extra></extra>",
            showlegend=False,
            row=1,
            col=1,
        )
    figure.add_heatmap(
        x=places,
        y=places,
        z=values,
        zmin=0,
        zmax=max(float(values.max()), 0.1),
        colorscale=_SCALE,
        texttemplate="%{z:.2f}" if n <= _MOST_NUMBERS else None,
        customdata=[[[plain(one), plain(two)] for two in titles] for one in titles],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>distance %{z:.2f}<extra></extra>",
        colorbar={"title": "distance", "len": 0.7, "y": 0.36, "thickness": 12},
        row=2,
        col=1,
    )
    labels = [short(title, 22) for title in titles]
    ticks = {"tickmode": "array", "tickvals": places, "ticktext": labels, "showgrid": False}
    figure.update_xaxes(showticklabels=False, showgrid=False, fixedrange=True, row=1, col=1)
    figure.update_yaxes(title="distance", rangemode="tozero", fixedrange=True, row=1, col=1)
    figure.update_xaxes(**ticks, range=[-0.5, n - 0.5], fixedrange=True, row=2, col=1)
    figure.update_yaxes(**ticks, range=[n - 0.5, -0.5], fixedrange=True, row=2, col=1)
    figure.update_layout(
        title="Distance of each pair: 0 is the same, 1 is nothing in common",
        height=320 + 34 * n,
        margin={"l": 10, "r": 10, "t": 60, "b": 10},
    )
    return figure
