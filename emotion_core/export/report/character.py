"""What a report says of one character: arcs, chords, beats, and how it holds and changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
from pandas.api.types import is_numeric_dtype

from emotion_core.emotions.labels import EMOTIONS, describe
from emotion_core.emotions.uncertainty import mark_unsure
from emotion_core.export.report.document import (
    Block,
    Figure,
    Heading,
    Paragraph,
    Points,
    Table,
    table_of,
)
from emotion_core.faces.movements.movements import CAVEAT, MOVEMENTS, noun_of
from emotion_core.performance.clear_movements import movement_summary
from emotion_core.performance.dynamics import mean_reading
from emotion_core.performance.movements import movements_of
from emotion_core.performance.performance import Performance
from emotion_core.performance.progression import Progression, ProgressionSettings
from emotion_core.performance.wording.movements import describe_movements, describe_neutral
from emotion_core.performance.wording.progression import describe_progression, describe_uncertainty
from emotion_core.render.svg.progression import draw_arcs, draw_valence
from emotion_core.text import count_of, format_time, number, share

# Rows of the longer tables: what is left is in the exported tables.
_MOST = 10


def mean_shares(performance: Performance) -> dict[str, float]:
    """The mean share of each emotion over the time in view."""
    return dict(zip(EMOTIONS, mean_reading(performance).tolist(), strict=True))


def explain_words(settings: ProgressionSettings) -> list[Block]:
    """What the words mean with which a character is described; they stand once in a report."""
    return [
        Heading("How to read this report"),
        Points(
            (
                "Chord: the emotions that are read together, that is the leading one and up to "
                f"two others of at least {share(settings.threshold)}%, the strongest first, for "
                f"at least {settings.shortest:.1f} s. In the band below the arcs, a chord of two "
                "has two stripes and, where there is room, the initials of its emotions.",
                "Unsure: the face is too small, too blurred, turned away or partly covered, the "
                "mouth speaks, or no emotion leads clearly. Hatched in the figures. A chord or an "
                "average is unsure where at least half of its readings are.",
                "Progression: chords in a row, within one shot and without a gap.",
                "Beat: a moment at which the reading changes and stays changed. It is what an "
                "actor's beat looks like from outside. A cut is not a beat, however much changes "
                "there.",
                "Valence runs from unpleasant (-1) to pleasant (1), arousal from calm (-1) to "
                "excited (1).",
                "Shapes: the six basic arcs that Reagan et al. (2016) found in the words of "
                "whole stories. This is a few seconds of one face: a similar shape is a way to "
                "talk about the scene, not a finding.",
                f"Inertia: how much a value carries over to the next step, {settings.clock:.1f} s "
                "later (Kuppens et al. 2010). 1: it stays; 0: unpredictable; below 0: it swings.",
                "Volatility: how large the step from one value to the next is, in percentage "
                "points (Jahng et al. 2008).",
                f"Movements: what parts of the face and the head do. {CAVEAT} None is told where "
                "its part is covered, or the face too small, too blurred or turned away.",
                "A dash means too little to measure.",
            )
        ),
    ]


def report_character(performance: Performance, progression: Progression, place: int) -> list[Block]:
    """The blocks of one character.

    Args:
        performance: its readings; at least one.
        progression: what is reported about it.
        place: its number in the report, for the names of files.
    """
    story = [*describe_progression(progression), describe_uncertainty(progression)]
    return [
        Heading(progression.name),
        Paragraph(" ".join(filter(None, story))),
        _arcs(
            progression,
            place,
            mark_unsure(describe(mean_shares(performance)), progression.unsure),
        ),
        *_chords(progression),
        *_beats(progression),
        *_movements(performance),
        *_valence(progression, place),
        *_dynamics(progression),
    ]


def _arcs(progression: Progression, place: int, words: str) -> Figure:
    return Figure(
        name=f"arcs-{place}",
        title=f"What is read in {progression.name} over time",
        description=(
            f"Smoothed probabilities of the seven emotions over time; on average {words}. "
            f"{count_of(len(progression.beats), 'beat')}, "
            f"{count_of(len(progression.chords), 'chord')}."
        ),
        svg=draw_arcs(progression),
        data=progression.arcs[["time", *EMOTIONS, "unsure"]],
    )


def _chords(progression: Progression) -> list[Block]:
    shares = progression.chord_shares
    chords = _head_of(
        "Chords, longest first",
        shares,
        [
            ("chord", "name", str),
            ("times", "times", str),
            ("seconds", "seconds", _tenths),
            ("share of the time in view (%)", "share", share),
            ("unsure (%)", "unsure", share),
        ],
    )
    blocks: list[Block] = [Heading("Chords", 3), chords]
    again = progression.progressions[progression.progressions["times"] > 1]
    if again.empty:
        text = "No chord follows another twice in the same way, so no progression repeats."
        return [*blocks, Paragraph(text)]
    progressions = _head_of(
        "Progressions that repeat",
        again,
        [
            ("chords in a row", "name", str),
            ("times", "times", str),
            ("first at", "first", format_time),
        ],
    )
    return [*blocks, progressions]


def _beats(progression: Progression) -> list[Block]:
    heading = Heading("Beats", 3)
    if progression.beats.empty:
        return [heading, Paragraph("No lasting change within a shot was found.")]
    beats = _head_of(
        "Lasting changes, in order of time",
        progression.beats,
        [
            ("time", "time", format_time),
            ("before", "before", str),
            ("after", "after", str),
            ("change of the reading (%)", "change", share),
            ("unsure", "unsure", str),
        ],
        most=3 * _MOST,
    )
    return [heading, beats]


def _movements(performance: Performance) -> list[Block]:
    """What face and head do, in sentences and by movement; no table where nothing is told."""
    movements = movements_of(performance)
    said = (*describe_movements(performance, movements), describe_neutral(movements))
    blocks: list[Block] = [Heading("Movements", 3), Paragraph(" ".join(filter(None, said)))]
    summary = movement_summary(performance, movements)
    summary = summary[summary["times"] > 0].sort_values("share", ascending=False, kind="stable")
    if summary.empty:
        return blocks
    nouns = [
        noun_of(name, way)
        for name, way in zip(summary["movement"], summary["direction"], strict=True)
    ]
    sizes = [
        _size(name, size) for name, size in zip(summary["movement"], summary["size"], strict=True)
    ]
    table = _head_of(
        "Clear movements, longest first",
        summary.assign(noun=nouns, words=sizes),
        [
            ("movement", "noun", str),
            ("nearest action unit", "action_unit", str),
            ("times", "times", str),
            ("times a minute", "per_minute", _tenths),
            ("share of the time it is seen (%)", "share", share),
            ("how far on average", "words", str),
        ],
    )
    return [*blocks, table]


def _size(name: str, size: float) -> str:
    """For example ``12°``, or ``25% of the neutral face``."""
    movement = MOVEMENTS[name]
    if movement.kind == "degrees":
        return f"{size:.0f}°"
    return f"{100 * size:.0f}% of {movement.unit.removeprefix('share of ')}"


def _valence(progression: Progression, place: int) -> list[Block]:
    shapes = progression.shapes
    figure = Figure(
        name=f"valence-{place}",
        title=f"Derived valence and arousal of {progression.name}",
        description="Valence and arousal over time, each from -1 to 1.",
        svg=draw_valence(progression),
        data=progression.arcs[["time", "valence", "arousal"]],
    )
    if shapes.best is None:
        text = f"None of the basic shapes fits. {shapes.note}"
    else:
        row = shapes.table.iloc[0]
        text = (
            f"Of the six basic story shapes, valence is closest to {shapes.best} "
            f"({row['title']}), which explains {share(row['explained'])}% of the variation."
        )
    return [Heading("Valence and arousal", 3), figure, Paragraph(text)]


def _dynamics(progression: Progression) -> list[Block]:
    emotions = progression.dynamics[progression.dynamics["what"].isin(EMOTIONS)]
    levels = _head_of(
        "Level, inertia and volatility of each emotion",
        emotions,
        [
            ("emotion", "what", str),
            ("mean (%)", "mean", share),
            ("inertia (-1 to 1)", "inertia", number),
            ("volatility (points)", "volatility", share),
        ],
    )
    dwell = _head_of(
        "How long each emotion leads at a time",
        progression.dwell,
        [
            ("emotion", "emotion", str),
            ("stays", "stays", str),
            ("times", "seconds", _tenths),
            ("seconds in total", "mean", _tenths),
            ("longest (s)", "longest", _tenths),
        ],
    )
    return [
        Heading("Dynamics", 3),
        _numbers(progression),
        levels,
        dwell,
        *_changes(progression),
    ]


def _changes(progression: Progression) -> list[Block]:
    changes = progression.changes.to_frame()
    changes = changes[changes["times"] > 0].sort_values("times", ascending=False, kind="stable")
    if changes.empty:
        return []
    table = _head_of(
        "Which emotion follows which, within a shot",
        changes,
        [("from", "from", str), ("to", "to", str), ("times", "times", str)],
    )
    return [table]


def _numbers(progression: Progression) -> Table:
    numbers = progression.numbers
    written = [
        f"{value:.0f}" if float(value).is_integer() else number(value) for value in numbers["value"]
    ]
    return table_of(
        "Key numbers",
        [
            ("measure", numbers["measure"]),
            ("value", written),
            ("unit", numbers["unit"]),
            ("what it means", numbers["meaning"]),
        ],
        numbers=("value",),
    )


def _head_of(
    title: str,
    table: pd.DataFrame,
    columns: Sequence[tuple[str, str, Callable[..., str]]],
    most: int = _MOST,
) -> Table:
    """The first rows of a table; columns are a head, a name, and how a value is written."""
    if len(table) > most:
        title += f" (the first {most} of {len(table)})"
    shown = table.head(most)
    return table_of(
        title,
        [(head, [write(value) for value in shown[name]]) for head, name, write in columns],
        numbers=[head for head, name, _ in columns if is_numeric_dtype(table[name])],
    )


def _tenths(value: float) -> str:
    return number(value, 1)
