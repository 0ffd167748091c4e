"""Drawings of reports as SVG.

Drawn with matplotlib: Plotly, which draws in the app, needs a script of 4 MB in every file, or a
browser to write a picture. Text stays text, so that any script and any emoji is shown by the
fonts of whoever reads the report.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, cast

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.performance.chords.beats import STEP
from emotion_core.performance.chords.chord import by_share, emotions_in
from emotion_core.performance.progression import Progression
from emotion_core.text import format_time, one_line, shorten

_WIDTH = 9.2  # inches
INK, PALE = "#231d19", "#b9a99b"
_STYLE: Any = {
    "svg.hashsalt": "eme",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 9,
    "axes.edgecolor": PALE,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_LABEL_ROOM = 0.045  # of the width of a drawing: narrower chords have no label
_ONE_AT_A_TIME = Lock()  # the style of matplotlib is that of the process
_MOST_LINES = 40  # more cuts than that hide what they divide
_TICKS = (10, 15, 30, 60, 120, 300, 600, 1200)  # seconds between them, from a minute on
_VEIL: Any = {"facecolor": "#ffffff99", "edgecolor": "#6b615a", "hatch": "////", "linewidth": 0}
_HATCH = "////"  # over what is unsure
_POINTS = 1500  # more would not be seen


def draw_shares(
    labels: Sequence[str], shares: Sequence[dict[str, float]], unsure: Sequence[bool]
) -> str:
    """Mean shares as stacked bars, one a label, from the top.

    Args:
        labels: what each is called.
        shares: share of each emotion, 0 to 1.
        unsure: whether each is, mostly; such bars are hatched.
    """
    with drawing(0.9 + 0.36 * len(labels)) as (figure, write):
        axes = figure.subplots()
        places, left = np.arange(len(labels)), np.zeros(len(labels))
        for emotion in EMOTIONS:
            widths = np.array([100 * own[emotion] for own in shares])
            color, hatch = EMOTION_COLORS[emotion], [_HATCH if one else "" for one in unsure]
            axes.barh(
                places,
                widths,
                left=left,
                color=color,
                height=0.7,
                hatch=hatch,
                edgecolor="white",
                linewidth=0,
            )
            left += widths
        axes.set_yticks(places, [shorten(one_line(label), 34) for label in labels])
        axes.invert_yaxis()
        axes.set(xlim=(0, 100), xlabel="mean probability (%)")
        axes.spines["left"].set_visible(False)
        axes.tick_params(left=False)
        add_legend(figure)
        return write()


def draw_arcs(progression: Progression) -> str:
    """The smoothed shares over time, its beats and cuts, and the chords as a band below."""
    with drawing(3.6) as (figure, write):
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[5, 1])
        add_arcs(upper, progression.arcs)
        upper.set(ylim=(0, 100), ylabel="probability (%)")
        _veil(upper, progression.arcs)
        for time in progression.beats["time"]:
            upper.axvline(time, color=INK, linewidth=1)
            upper.plot([time], [101], marker="v", color=INK, markersize=6, clip_on=False)
        cuts = progression.borders["kind"] == "cut"
        if cuts.sum() <= _MOST_LINES:
            for time in progression.borders.loc[cuts, "start"]:
                upper.axvline(time, color=INK, linewidth=0.8, linestyle="--")
        _add_chords(lower, progression.chords)
        label_time(lower, progression.arcs["time"])
        marks = [("beat", "v", ""), ("cut", "", "--")]
        unsure = bool(progression.arcs["unsure"].any())
        add_legend(figure, marks[: 1 + (cuts.sum() <= _MOST_LINES)], unsure=unsure)
        return write()


def draw_valence(progression: Progression) -> str:
    """Valence and arousal over time, and the shape that comes nearest where one may be named."""
    with drawing(2.4) as (figure, write):
        axes, arcs = figure.subplots(), progression.arcs
        axes.axhline(0, color=PALE, linewidth=0.8)
        axes.plot(arcs["time"], arcs["valence"], color="#8f4a20", label="valence")
        axes.plot(arcs["time"], arcs["arousal"], color="#2b6f77", label="arousal", linewidth=1)
        if progression.shapes.best is not None:
            curve, name = progression.shapes.curve, progression.shapes.best
            axes.plot(curve["time"], curve["shape"], "--", color=INK, label=f"shape: {name}")
        axes.set(ylim=(-1, 1), ylabel="-1 to 1")
        label_time(axes, arcs["time"])
        figure.legend(loc="outside upper left", ncols=3, frameon=False)
        return write()


def add_arcs(axes: Any, arcs: pd.DataFrame) -> None:
    """Stacked areas of the seven shares in per cent, empty where the character is not seen.

    Args:
        axes: where to.
        arcs: ``time`` every :data:`~emotion_core.performance.chords.beats.STEP` seconds,
            ``stretch`` (-1 where not seen), and the seven.
    """
    arcs = arcs.iloc[:: max(len(arcs) // _POINTS, 1)]
    times, values = [np.zeros(0)], [np.zeros((0, len(EMOTIONS)))]
    for _, own in arcs[arcs["stretch"] >= 0].groupby("stretch"):
        # a point stands for the time around it, so that a short segment is seen as well
        clock = np.pad(own["time"].to_numpy(), 1, mode="edge")
        clock[[0, -1]] += [-STEP / 2, STEP / 2]
        times += [clock, clock[-1:]]
        shares = np.pad(own[list(EMOTIONS)].to_numpy(), ((1, 1), (0, 0)), mode="edge")
        values += [shares, np.full((1, len(EMOTIONS)), np.nan)]  # which ends the area
    tops = 100 * np.concatenate(values).cumsum(axis=1)
    lower = np.zeros(len(tops))
    for emotion, upper in zip(EMOTIONS, tops.T, strict=True):
        color = EMOTION_COLORS[emotion]
        axes.fill_between(np.concatenate(times), lower, upper, color=color, linewidth=0)
        lower = upper


def _veil(axes: Any, arcs: pd.DataFrame) -> None:
    """Hatching and a pale veil over the time in which the reading is unsure."""
    flags = arcs["unsure"].to_numpy(bool)
    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False)).reshape(-1, 2)
    times = arcs["time"].to_numpy()
    spans = [
        (times[first] - STEP / 2, times[last - 1] - times[first] + STEP) for first, last in edges
    ]
    if spans:
        axes.broken_barh(spans, (0, 100), **_VEIL)


def label_time(axes: Any, times: pd.Series) -> None:
    """The axis of time, in seconds or, of a longer clip, in minutes and seconds."""
    first, last = (times.min(), times.max()) if len(times) else (0.0, 1.0)
    axes.set_xlim(first - STEP / 2, max(last + STEP / 2, first + STEP))
    axes.set_xlabel("time in the clip (s)")
    if last >= 60:
        apart = next((step for step in _TICKS if (last - first) / step <= 9), 3600)
        axes.set_xticks(np.arange(np.ceil(first / apart) * apart, last + STEP, apart))
        axes.xaxis.set_major_formatter(lambda value, _: format_time(value).removesuffix(".0"))
        axes.set_xlabel("time in the clip (min:s)")


def _add_chords(axes: Any, chords: pd.DataFrame) -> None:
    """Each chord as a block, with a stripe for each of its emotions, the strongest on top."""
    length = chords["end"].max() - chords["start"].min() if len(chords) else 1.0
    shares = chords[list(EMOTIONS)].to_dict("records")
    stripes: dict[tuple[str, float, float, bool], list[tuple[float, float]]] = {}
    for row, own in zip(chords.to_dict("records"), shares, strict=True):
        emotions = by_share(emotions_in(row["chord"]), cast("dict[str, float]", own))
        height = 1 / len(emotions)
        for place, emotion in enumerate(reversed(emotions)):
            unsure = bool(row["unsure"])
            stripe = stripes.setdefault((emotion, place * height, height, unsure), [])
            stripe.append((row["start"], row["seconds"]))
        if row["seconds"] / length >= _LABEL_ROOM:
            middle = row["start"] + row["seconds"] / 2
            axes.text(middle, 0.5, row["symbol"], ha="center", va="center", fontsize=7.5)
    edge = 0.4 * (len(chords) <= 2 * _MOST_LINES)
    for (emotion, bottom, height, unsure), spans in stripes.items():
        axes.broken_barh(
            spans,
            (bottom, height),
            facecolor=EMOTION_COLORS[emotion],
            edgecolor="white",
            linewidth=edge,
            hatch=_HATCH if unsure else "",
        )
    axes.set(ylim=(0, 1), yticks=[], ylabel="chords")
    axes.spines["left"].set_visible(False)
    axes.yaxis.label.set(rotation=0, ha="right", va="center")


def add_legend(
    figure: Any, marks: Sequence[tuple[str, str, Any]] = (), *, unsure: bool = False
) -> None:
    """The colours of the seven above a figure, and marks: a label, a marker and a line style."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Patch(color=EMOTION_COLORS[emotion], label=emotion) for emotion in EMOTIONS
    ]
    handles += [
        Line2D([], [], color=INK, marker=marker, linestyle=style, linewidth=0.8, label=label)
        for label, marker, style in marks
    ]
    if unsure:
        handles.append(Patch(label="unsure", **_VEIL))
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=len(handles),
        frameon=False,
        handlelength=1.1,
        columnspacing=1.2,
    )


@contextmanager
def drawing(height: float) -> Iterator[tuple[Any, Callable[[], str]]]:
    """A figure of this height in inches, and what writes it as SVG; the same each time."""
    import matplotlib
    from matplotlib.figure import Figure

    with _ONE_AT_A_TIME, matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        # the fonts of the reader have what that of this machine lacks
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure = Figure(figsize=(_WIDTH, height), layout="constrained", facecolor="white")

        def write() -> str:
            buffer = io.StringIO()
            figure.savefig(buffer, format="svg", metadata={"Date": None})
            text = buffer.getvalue()
            return _METADATA.sub("", text[text.index("<svg") :])

        yield figure, write
