"""The report of a comparison: what performances share, where they part, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, percent
from emotion_core.emotions.uncertainty import MOSTLY
from emotion_core.export.report.document import (
    Block,
    Document,
    Figure,
    Gallery,
    Heading,
    Paragraph,
    Picture,
    Table,
    limits_section,
    table_of,
)
from emotion_core.export.report.limits import ABOUT, COMPARISON_LIMITS, LIMITS
from emotion_core.faces.movements.movements import CAVEAT, noun_of
from emotion_core.performance.comparison.alignment import warp
from emotion_core.performance.comparison.comparison import ComparedPair, Comparison
from emotion_core.performance.comparison.divergence import Divergence
from emotion_core.performance.comparison.measures import MEASURES
from emotion_core.performance.comparison.movements import (
    compared_movements,
    describe_movement_differences,
    movement_differences,
)
from emotion_core.performance.comparison.tables import differences_table
from emotion_core.performance.movements import NOT_READ
from emotion_core.performance.wording.comparison import (
    describe_alignment_gain,
    describe_chords,
    describe_pair,
)
from emotion_core.render.svg.comparison import arc_table, draw_differences, draw_pair
from emotion_core.render.svg.progression import draw_shares
from emotion_core.text import UNKNOWN, format_time, number, share
from emotion_core.types import ImageArray

_MOST_CHORDS = 12


def comparison_report(
    comparison: Comparison, pictures: Mapping[Divergence, ImageArray] | None = None
) -> Document:
    """The report of a comparison.

    Args:
        comparison: what was found.
        pictures: for moments of divergence, the face of the reference and beside it that of the
            other, as one (H, W, 3) uint8 RGB picture, as far as the clips are at hand.
    """
    blocks: list[Block] = [
        Paragraph(ABOUT, aside=True),
        *_in_words(comparison),
        _performances(comparison),
        _shares(comparison),
        *_differences(comparison),
    ]
    for pair in comparison.pairs:
        blocks += _pair(comparison, pair, pictures or {})
    blocks += [
        *_movements(comparison),
        *_chords(comparison),
        *_complexity(comparison),
        *_distances(comparison),
        Heading("How they were compared"),
        _settings(comparison),
        Heading("What this does not mean"),
        limits_section((*COMPARISON_LIMITS, *LIMITS)),
    ]
    subtitle = f"{' · '.join(comparison.titles)}; the first is the reference"
    return Document("Comparison of performances", subtitle, tuple(blocks))


def _in_words(comparison: Comparison) -> list[Block]:
    reference = comparison.titles[0]
    paragraphs = [
        Paragraph(
            f"{comparison.titles[pair.other]} compared with {reference}: "
            f"{describe_pair(comparison, pair)}"
        )
        for pair in comparison.pairs
    ]
    notes = [Paragraph(f"Note: {note}") for note in comparison.notes]
    return [Heading("Summary"), *paragraphs, *notes]


def _performances(comparison: Comparison) -> Table:
    performances = comparison.performances
    return table_of(
        "Performances",
        [
            ("performance", comparison.titles),
            ("character", [one.performance.name for one in performances]),
            ("scene", [one.performance.scene for one in performances]),
            ("in view (s)", [number(one.performance.seconds, 1) for one in performances]),
            ("unsure (%)", [share(one.uncertain) for one in performances]),
            ("model", [one.model or UNKNOWN for one in performances]),
        ],
        numbers=("in view (s)", "unsure (%)"),
    )


def _shares(comparison: Comparison) -> Figure:
    shares = [
        {one.measure: one.value for one in each.measures if one.measure in EMOTIONS}
        for each in comparison.performances
    ]
    titles = comparison.titles
    unsure = [one.uncertain >= MOSTLY for one in comparison.performances]
    hatched = ". Hatched: mostly unsure" if any(unsure) else ""
    return Figure(
        name="shares",
        title=f"Mean reading of each performance{hatched}",
        description="; ".join(
            f"{title}{', mostly unsure' if doubtful else ''}: "
            + ", ".join(f"{name} {percent(value)}" for name, value in own.items())
            for title, own, doubtful in zip(titles, shares, unsure, strict=True)
        ),
        svg=draw_shares(titles, shares, unsure),
        data=pd.DataFrame(shares).assign(title=titles)[["title", *EMOTIONS]],
    )


def _differences(comparison: Comparison) -> list[Block]:
    titles = [comparison.titles[pair.other] for pair in comparison.pairs]
    found = [pair.differences for pair in comparison.pairs]
    level = percent(comparison.settings.level)
    explained = (
        f"A line is the {level} interval: how much the difference could vary if other seconds of "
        "the same kind had been filmed, computed from blocks of about "
        f"{comparison.settings.block:.0f} s. A filled mark means that the interval excludes zero. "
        "A face that is in view too briefly has no interval."
    )
    figure = Figure(
        name="differences",
        title=f"Emotions compared with {comparison.titles[0]}",
        description="Differences between the mean probabilities, with intervals.",
        svg=draw_differences(titles, found),
        data=differences_table(comparison),
    )
    tables = [_difference_table(comparison, pair) for pair in comparison.pairs]
    return [Heading("Differences"), Paragraph(explained, aside=True), figure, *tables]


def _difference_table(comparison: Comparison, pair: ComparedPair) -> Table:
    rows = [one for one in pair.differences if one.measure in EMOTIONS]
    return table_of(
        f"{comparison.titles[pair.other]} and {comparison.titles[0]}",
        [
            ("emotion", [one.measure for one in rows]),
            ("reference (%)", [share(one.first) for one in rows]),
            ("this performance (%)", [share(one.second) for one in rows]),
            ("difference (points)", [_signed(one.difference) for one in rows]),
            (
                f"{percent(comparison.settings.level)} interval",
                [_between(one.low, one.high) for one in rows],
            ),
            ("clear", ["yes" if one.clear else "no" for one in rows]),
        ],
        numbers=("reference (%)", "this performance (%)", "difference (points)"),
    )


def _pair(
    comparison: Comparison, pair: ComparedPair, pictures: Mapping[Divergence, ImageArray]
) -> list[Block]:
    reference, other = comparison.titles[0], comparison.titles[pair.other]
    aligned = warp(
        comparison.performances[pair.other].arc, pair.alignment, comparison.reference.arc
    )
    figure = Figure(
        name=f"aligned-{pair.other}",
        title=f"{reference}, with {other} aligned to it",
        description=(
            "Smoothed probabilities of both over the time of the reference, and their distance. "
            f"{describe_alignment_gain(pair.alignment)}"
        ),
        svg=draw_pair(comparison, pair),
        data=arc_table(comparison.reference.arc)
        .merge(arc_table(aligned), on="time", suffixes=(" of the reference", " of the other"))
        .drop(columns=["stretch of the reference", "stretch of the other"]),
    )
    explained = (
        "The other performance is slowed down, sped up or held so that similar readings meet "
        "(dynamic time warping). The distance runs from 0 (the same) to 1 (nothing in common); "
        "the numbers mark the moments of greatest divergence."
    )
    return [
        Heading(f"{other} and {reference}"),
        Paragraph(explained, aside=True),
        figure,
        Paragraph(describe_alignment_gain(pair.alignment)),
        *_divergences(pair, pictures),
    ]


def _divergences(pair: ComparedPair, pictures: Mapping[Divergence, ImageArray]) -> list[Block]:
    found = pair.divergences
    if not found:
        return [Paragraph("There is no clear divergence along the path.")]
    table = table_of(
        "Moments of greatest divergence, largest first; means over one second",
        [
            ("number", range(1, len(found) + 1)),
            ("time in the reference", [format_time(one.first_time) for one in found]),
            ("reading", [one.first_reading for one in found]),
            ("time in the other", [format_time(one.second_time) for one in found]),
            ("reading of the other", [one.second_reading for one in found]),
            ("distance", [number(one.distance) for one in found]),
        ],
        numbers=("time in the reference", "time in the other", "distance"),
    )
    stills = tuple(
        Picture(
            f"divergence-{pair.other}-{place}",
            pictures[one],
            f"{place}: {one.first_reading} and {one.second_reading}",
        )
        for place, one in enumerate(found, 1)
        if one in pictures
    )
    return [table, Gallery("Moments of greatest divergence", stills)] if stills else [table]


def _movements(comparison: Comparison) -> list[Block]:
    compared = compared_movements(comparison)
    if compared.empty:
        return []
    blocks: list[Block] = [Heading("Movements")]
    reference, read = comparison.titles[0], set(compared["title"])
    for pair in comparison.pairs:
        other = comparison.titles[pair.other]
        if {reference, other} <= read:
            differences = movement_differences(compared, reference, other)
            words = describe_movement_differences(differences, reference, other)
            blocks.append(Paragraph(f"{other} compared with {reference}: {words}"))
    for title in comparison.titles:
        if title not in read:
            blocks.append(Paragraph(f"{title}: {NOT_READ}"))
    shares = compared.pivot_table(
        index=["movement", "direction"], columns="title", values="share", sort=False
    )
    shares = shares[(shares > 0).any(axis=1)]
    names = [noun_of(*key) for key in shares.index]
    columns = [(t, [share(v) for v in shares[t]]) for t in comparison.titles if t in shares]
    table = table_of(
        "Share of the time in which a movement is clear (%)",
        [("movement", names), *columns],
        numbers=tuple(title for title, _ in columns),
    )
    return [*blocks, table, Paragraph(CAVEAT, aside=True)]


def _chords(comparison: Comparison) -> list[Block]:
    chords = comparison.chords
    blocks: list[Block] = [Heading("Shared chords"), Paragraph(describe_chords(comparison))]
    if chords.empty:
        return blocks
    shares = chords.pivot_table(index="chord", columns="performance", values="share")
    order = shares.fillna(0).sum(axis=1).sort_values(ascending=False, kind="stable").index
    shown = order[:_MOST_CHORDS]
    names = chords.drop_duplicates("chord").set_index("chord")["name"]
    columns = [
        (f"{title} (%)", [share(value) for value in shares.loc[shown].get(place, [])])
        for place, title in enumerate(comparison.titles)
    ]
    table = table_of(
        "Share of the time in view of each chord",
        [("chord", names[shown]), *columns],
        numbers=[head for head, _ in columns],
    )
    return [*blocks, table]


def _complexity(comparison: Comparison) -> list[Block]:
    level = percent(comparison.settings.level)
    places = [place for place, one in enumerate(MEASURES) if one.name not in EMOTIONS]
    columns = [
        (
            title,
            [
                f"{number(one.measures[k].value)} "
                f"({_between(one.measures[k].low, one.measures[k].high, 2, 1)})"
                for k in places
            ],
        )
        for title, one in zip(comparison.titles, comparison.performances, strict=True)
    ]
    table = table_of(
        f"Complexity and movement, with {level} intervals",
        [
            ("what", [f"{MEASURES[k].title} ({MEASURES[k].unit})" for k in places]),
            *columns,
            ("what it means", [MEASURES[k].meaning for k in places]),
        ],
    )
    return [Heading("Complexity"), table]


def _distances(comparison: Comparison) -> list[Block]:
    if len(comparison.titles) < 3:
        return []
    matrix = comparison.distances.distances
    columns = [
        (title, [number(value) for value in matrix[:, place]])
        for place, title in enumerate(comparison.titles)
    ]
    table = table_of(
        "Mean distance of each pair once aligned: 0 is the same, 1 is nothing in common",
        [("", comparison.titles), *columns],
        numbers=comparison.titles,
    )
    return [Heading("Distances"), table]


def _settings(comparison: Comparison) -> Table:
    settings = asdict(comparison.settings)
    return table_of(
        "The same performances and settings give the same report",
        [("what", [name.replace("_", " ") for name in settings]), ("value", settings.values())],
    )


def _signed(value: float) -> str:
    text = share(value)
    return f"+{text}" if value > 0 and text != "0" else text


def _between(low: float, high: float, decimals: int = 0, factor: int = 100) -> str:
    ends = [number(factor * end, decimals) for end in (low, high)]
    return f"{ends[0]} to {ends[1]}" if UNKNOWN not in ends else UNKNOWN
