"""Drawings of the report of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.performance.arcs.arc import Arc
from emotion_core.performance.comparison.alignment import warp
from emotion_core.performance.comparison.comparison import ComparedPair, Comparison
from emotion_core.performance.comparison.differences import Difference
from emotion_core.render.svg.progression import (
    INK,
    PALE,
    add_arcs,
    add_legend,
    drawing,
    label_time,
)
from emotion_core.text import one_line, shorten

# Of the other performances, in the order of the comparison.
_MARKERS = "osD^v"
_ROOM = 0.14  # between the intervals of one emotion, in rows


def draw_differences(titles: Sequence[str], differences: Sequence[Sequence[Difference]]) -> str:
    """By how many percentage points mean probabilities differ from the reference.

    Args:
        titles: of the others.
        differences: of each of them from the reference; filled where the interval holds no zero.
    """
    with drawing(3.4) as (figure, write):
        axes = figure.subplots()
        axes.axvline(0, color=PALE, linewidth=1)
        for place, (title, found) in enumerate(zip(titles, differences, strict=True)):
            by_name = {one.measure: one for one in found}
            shift = _ROOM * (place - (len(titles) - 1) / 2)
            for row, emotion in enumerate(EMOTIONS):
                one, color = by_name[emotion], EMOTION_COLORS[emotion]
                axes.plot([100 * one.low, 100 * one.high], [row + shift] * 2, color=color)
                axes.plot(
                    [100 * one.difference],
                    [row + shift],
                    marker=_MARKERS[place],
                    color=INK,
                    markerfacecolor=INK if one.clear else "white",
                    markersize=5,
                )
            axes.plot([], [], _MARKERS[place], color=INK, label=shorten(one_line(title), 60))
        axes.set_yticks(range(len(EMOTIONS)), EMOTIONS)
        axes.invert_yaxis()
        axes.set_xlabel("difference from the reference (percentage points)")
        figure.legend(loc="outside upper left", frameon=False)
        return write()


def draw_pair(comparison: Comparison, pair: ComparedPair) -> str:
    """The reference, the other one on its clock, and their distance along the path."""
    reference = comparison.reference
    other = comparison.performances[pair.other]
    with drawing(5.2) as (figure, write):
        upper, middle, lower = figure.subplots(3, 1, sharex=True, height_ratios=[3, 3, 1.6])
        aligned = warp(other.arc, pair.alignment, reference.arc)
        pairs = ((upper, reference.arc, reference.title), (middle, aligned, other.title))
        for axes, arc, title in pairs:
            add_arcs(axes, arc_table(arc))
            axes.set(ylim=(0, 100), ylabel="probability (%)")
            axes.set_title(shorten(one_line(title), 90), fontsize=9, loc="left")
        _add_distance(lower, pair)
        label_time(lower, pd.Series(reference.arc.times))
        lower.set_xlabel(lower.get_xlabel().replace("the clip", "the reference clip"))
        add_legend(figure)
        return write()


def arc_table(arc: Arc) -> pd.DataFrame:
    """An arc as a table: ``time``, ``stretch`` (-1 where nobody is seen), and the seven."""
    table = pd.DataFrame(arc.values, columns=list(EMOTIONS))
    table.insert(0, "time", arc.times)
    begins = arc.seen & ~np.concatenate([[False], arc.seen[:-1]])
    table.insert(1, "stretch", np.where(arc.seen, np.cumsum(begins) - 1, -1))
    return table


def _add_distance(axes: Any, pair: ComparedPair) -> None:
    times, _ = pair.alignment.times
    axes.fill_between(times, pair.alignment.distances, color=PALE, linewidth=0)
    for place, found in enumerate(pair.divergences, 1):
        axes.plot([found.first_time], [found.distance], "o", color=INK, markersize=4)
        axes.annotate(
            str(place),
            (found.first_time, found.distance),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
        )
    axes.set(ylim=(0, 1.15), ylabel="distance")
