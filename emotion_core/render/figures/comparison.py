"""Figures of performances side by side: what each plays, and how far they differ."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import MOSTLY
from emotion_core.faces.regions import REGIONS
from emotion_core.performance.comparison.comparison import (
    ComparedPerformance,
    Comparison,
)
from emotion_core.performance.comparison.differences import Difference
from emotion_core.performance.comparison.measures import MEASURES, Estimate
from emotion_core.render.figures.curves import SERIES_COLORS
from emotion_core.render.figures.explanation import finish_regions, whiskers_of
from emotion_core.render.figures.hatching import hatching
from emotion_core.render.figures.text import LEGEND, plain, short

_LIGHT, _GREY = "#F1EAE3", "#8C837A"
_MARGIN = {"l": 10, "r": 10, "t": 60, "b": 10}
_COMPLEXITY = [measure for measure in MEASURES if measure.name not in EMOTIONS]


def draw_distributions(comparison: Comparison) -> go.Figure:
    """The mean reading of each performance, with intervals; hatched where mostly unsure."""
    figure = go.Figure()
    for number, one in enumerate(comparison.performances):
        shares = [estimate for estimate in one.measures if estimate.measure in EMOTIONS]
        values = [100 * estimate.value for estimate in shares]
        figure.add_bar(
            x=list(EMOTIONS),
            y=values,
            error_y=_whiskers(shares, 100),
            name=short(one.title),
            marker={
                "color": color_of(number),
                "pattern": hatching([one.uncertain >= MOSTLY] * len(EMOTIONS)),
            },
            customdata=[describe_interval(estimate, 100, "%") for estimate in shares],
            hovertemplate=f"{plain(one.title)}<br>%{{x}}: %{{customdata}}<extra></extra>",
        )
    figure.update_layout(
        title="Mean reading of each performance",
        barmode="group",
        height=380,
        margin=_MARGIN,
        legend=LEGEND,
        xaxis={"fixedrange": True, "tickangle": 0},
        yaxis={"title": "mean probability (%)", "rangemode": "tozero", "fixedrange": True},
    )
    return figure


def draw_complexity(performances: Sequence[ComparedPerformance]) -> go.Figure:
    """Complexity and movement of each performance, with intervals."""
    figure = make_subplots(
        rows=2,
        cols=2,
        subplot_titles=[measure.title for measure in _COMPLEXITY],
        horizontal_spacing=0.12,
        vertical_spacing=0.34,
    )
    for place, measure in enumerate(_COMPLEXITY):
        row, column = place // 2 + 1, place % 2 + 1
        for number, one in enumerate(performances):
            (estimate,) = (each for each in one.measures if each.measure == measure.name)
            figure.add_scatter(
                x=[estimate.value],
                y=[number],
                mode="markers",
                marker={"color": color_of(number), "size": 11},
                error_x=_whiskers([estimate], 1),
                name=short(one.title),
                legendgroup=str(number),
                showlegend=place == 0,
                customdata=[describe_interval(estimate, 1, measure.unit)],
                hovertemplate=f"{plain(one.title)}: %{{customdata}}<extra></extra>",
                row=row,
                col=column,
            )
        unit = measure.unit.replace("share of the reading", "share")
        figure.update_xaxes(title=unit, rangemode="tozero", fixedrange=True, row=row, col=column)
    figure.update_yaxes(
        showticklabels=False,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        range=[len(performances) - 0.4, -0.6],
    )
    figure.update_layout(
        title="Complexity and movement",
        height=320 + 60 * len(performances),
        margin={**_MARGIN, "t": 80},
        legend=LEGEND,
    )
    return figure


def draw_differences(
    differences: Sequence[tuple[str, Sequence[Difference]]], reference: str
) -> go.Figure:
    """By how many points mean probabilities differ from the reference, with intervals.

    Args:
        differences: title of each other performance or group, and its differences.
        reference: title of what they are compared with.
    """
    figure = go.Figure()
    step = 0.8 / max(len(differences), 1)
    for number, (title, found) in enumerate(differences):
        shares = [one for one in found if one.measure in EMOTIONS]
        shift = (number - (len(differences) - 1) / 2) * step
        places = [place + shift for place in range(len(shares))]
        _add_differences(figure, title, shares, places, color_of(number + 1))
    figure.add_vline(x=0, line={"color": _GREY, "width": 1})
    figure.update_layout(
        title={"text": f"Compared with {short(reference, 44)}", "font": {"size": 16}},
        height=150 + max(300, 7 * 16 * len(differences)),
        margin=_MARGIN,
        showlegend=len(differences) > 1,
        legend=LEGEND,
        xaxis={
            "title": "difference (points); filled: interval excludes zero",
            "fixedrange": True,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(EMOTIONS))),
            "ticktext": list(EMOTIONS),
            "range": [len(EMOTIONS) - 0.5, -0.5],
            "fixedrange": True,
        },
    )
    return figure


def _add_differences(
    figure: go.Figure,
    title: str,
    shares: Sequence[Difference],
    places: Sequence[float],
    color: str,
) -> None:
    hover = [[one.measure, describe_interval(_as_estimate(one), 100, "points")] for one in shares]
    figure.add_scatter(
        x=[100 * one.difference for one in shares],
        y=places,
        mode="markers",
        marker={
            "color": color,
            "size": 10,
            "line": {"width": 2, "color": color},
            # filled where the interval leaves out zero
            "symbol": ["circle" if one.clear else "circle-open" for one in shares],
        },
        error_x={**_whiskers([_as_estimate(one) for one in shares], 100), "color": color},
        name=short(title),
        customdata=hover,
        hovertemplate=f"{plain(title)}<br>%{{customdata[0]}}: %{{customdata[1]}}<extra></extra>",
    )


def draw_chords(chords: pd.DataFrame, titles: Sequence[str], most: int = 10) -> go.Figure:
    """How long each chord sounds in each performance, those in common first.

    Args:
        chords: of a :class:`~emotion_core.performance.comparison.comparison.Comparison`.
        titles: of its performances.
        most: how many chords are drawn.
    """
    order = (
        chords.groupby("chord")
        .agg(name=("name", "first"), common=("common", "first"), share=("share", "sum"))
        .sort_values(["common", "share"], ascending=False)
        .head(most)
    )
    labels = [
        f"<b>{plain(name)}</b>" if common else plain(name)
        for name, common in zip(order["name"], order["common"], strict=True)
    ]
    figure = go.Figure()
    for number, title in enumerate(titles):
        own = chords[chords["performance"] == number].set_index("chord")["share"]
        figure.add_bar(
            y=labels,
            x=(100 * own.reindex(order.index)).to_list(),
            orientation="h",
            name=short(title),
            marker={"color": color_of(number)},
            hovertemplate=f"{plain(title)}<br>%{{y}}: %{{x:.0f}}% of the time<extra></extra>",
        )
    figure.update_layout(
        title="Chords; bold: shared",
        barmode="group",
        height=160 + len(order) * (12 + 14 * len(titles)),
        margin=_MARGIN,
        legend=LEGEND,
        xaxis={"title": "share of the time in view (%)", "fixedrange": True},
        yaxis={"autorange": "reversed", "fixedrange": True},
    )
    return figure


def draw_region_shares(shares: Sequence[tuple[str, pd.DataFrame]]) -> go.Figure:
    """Where in the face the leading emotion is read, of each performance.

    Args:
        shares: title and :func:`~emotion_core.explanation.tracks.leading_shares`.
    """
    figure = go.Figure()
    for number, (title, table) in enumerate(shares):
        own = table.set_index("region").reindex(list(REGIONS))
        figure.add_bar(
            x=100 * own["share"],
            y=list(REGIONS),
            orientation="h",
            error_x=whiskers_of(own),
            name=short(title),
            marker={"color": color_of(number)},
            hovertemplate=f"{plain(title)}<br>%{{y}}: %{{x:.0f}}%<extra></extra>",
        )
    tables = pd.concat([table for _, table in shares])
    return finish_regions(figure, tables, "Regions where the leading emotion is read")


def color_of(number: int) -> str:
    """Colour of a performance by its place; the reference has 0."""
    return SERIES_COLORS[number % len(SERIES_COLORS)]


def describe_interval(estimate: Estimate, factor: float, unit: str) -> str:
    """``12% (8 to 17)``, or why there is no interval."""
    digits = 0 if factor == 100 else 2
    value, low, high = (
        f"{factor * number:.{digits}f}" for number in (estimate.value, estimate.low, estimate.high)
    )
    with_unit = f"{value}%" if unit == "%" else f"{value} {unit}"
    if estimate.low != estimate.low:
        return with_unit + (f" (no interval: {estimate.reason})" if estimate.reason else "")
    return f"{with_unit} ({low} to {high})"


def _as_estimate(one: Difference) -> Estimate:
    return Estimate(one.measure, one.difference, one.low, one.high, one.reason)


def _whiskers(estimates: Sequence[Estimate], factor: float) -> dict[str, object]:
    """Error bars to both ends of the intervals; none where there is no interval."""
    return {
        "visible": any(one.low == one.low for one in estimates),
        "type": "data",
        "symmetric": False,
        "array": [_or_none(factor * (one.high - one.value)) for one in estimates],
        "arrayminus": [_or_none(factor * (one.value - one.low)) for one in estimates],
        "color": _LIGHT,
        "thickness": 1.2,
        "width": 3,
    }


def _or_none(length: float) -> float | None:
    # an interval may leave out its own estimate: then the whisker begins at it
    return None if length != length else max(length, 0.0)
