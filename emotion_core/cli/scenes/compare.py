"""The command ``compare``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core.export.formats import DECIMAL_COMMA, choose_table_format

if TYPE_CHECKING:
    from emotion_core.performance.comparison.comparison import Comparison

_LONGEST = 60  # letters of a folder's name; each may take four bytes


def compare(
    clips: Annotated[
        list[Path],
        typer.Argument(metavar="CLIP_A CLIP_B ...", help="Two to six film clips."),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder in which the folder of the comparison is written.")
    ] = Path("results"),
    character: Annotated[
        list[str] | None,
        typer.Option(
            help="Character to compare: once for all clips, or once per clip in their order. "
            "Default: the one longest in view in each clip."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Built-in model, folder, or hub name such as OWNER/NAME."),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Read every Nth frame only.")] = 1,
    decimal_comma: Annotated[bool, typer.Option("--decimal-comma", help=DECIMAL_COMMA)] = False,
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="Write the tables for Excel, instead of CSV.")
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Also write the report as Markdown.")
    ] = False,
) -> None:
    """Compare the performances in two to six clips; the first clip is the reference.

    Writes a report (report.html), comparison.json and, as CSV or XLSX, measures, differences,
    distances, divergences, chords, arcs and paths to OUT/<first clip> and <others>/. A clip that
    was analyzed before is not analyzed again.
    """
    from emotion_core.cli.reading import make_reader, read_clip
    from emotion_core.export.comparison import write_comparison
    from emotion_core.export.report.comparison import comparison_report
    from emotion_core.export.writing import export_report, write_files
    from emotion_core.files import completed_folder
    from emotion_core.media.probe import probe
    from emotion_core.performance.comparison.comparison import (
        compare as compare_performances,
    )
    from emotion_core.performance.comparison.stills import divergence_stills
    from emotion_core.performance.performance import choose_performance

    names = _names(clips, character or [])
    for clip in clips:
        probe(clip)  # a bad clip is named before the first is read
    reader = make_reader(model, every)
    # six long names would be more than a folder may be called
    target = out / " and ".join(dict.fromkeys(clip.stem for clip in clips))[:_LONGEST].strip()
    with completed_folder(target) as work:
        chosen, models = [], []
        for clip, name in zip(clips, names, strict=True):
            analysis = read_clip(reader, clip)
            chosen.append(choose_performance(analysis, clip.name, name))
            models.append(f"{analysis.model.name} ({analysis.model.fingerprint})")
        comparison = compare_performances(chosen, models=models)
        write_comparison(comparison, work, choose_table_format(decimal_comma, xlsx=xlsx))
        report = comparison_report(comparison, divergence_stills(comparison, clips))
        write_files(export_report(report, "report", markdown=markdown), work)
    _print(comparison)
    print(f"Written to {target}")


def _names(clips: Sequence[Path], character: Sequence[str]) -> list[str | None]:
    """Whom to take from each clip; ``None`` for the one who is in view longest.

    Raises:
        ComparisonError: too few or too many clips, or names that do not go with them.
    """
    from emotion_core.errors import ComparisonError
    from emotion_core.performance.comparison.comparison import FEWEST, MOST

    if not FEWEST <= len(clips) <= MOST:
        raise ComparisonError(f"You can compare {FEWEST} to {MOST} clips, not {len(clips)}.")
    if not character:
        return [None] * len(clips)
    if len(character) == 1:
        return [character[0]] * len(clips)
    if len(character) != len(clips):
        raise ComparisonError(
            f"Name one character for all clips or one per clip: you named {len(character)} for "
            f"{len(clips)} clips."
        )
    return list(character)


def _print(comparison: Comparison) -> None:
    """What a student wants to know first: a table of shares, and words."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from emotion_core.emotions.labels import EMOTIONS
    from emotion_core.performance.comparison.measures import MEASURES
    from emotion_core.performance.wording.comparison import describe_pair

    table = Table(title="Mean probabilities (%) and complexity", title_justify="left")
    table.add_column("measure")
    for title in comparison.titles:
        table.add_column(escape(title), justify="right")
    for place, measure in enumerate(MEASURES):
        factor, digits = (100, 0) if measure.name in EMOTIONS else (1, 2)
        values = [factor * one.measures[place].value for one in comparison.performances]
        unit = "" if measure.name in EMOTIONS else f" ({measure.unit})"
        table.add_row(f"{measure.title}{unit}", *(f"{value:.{digits}f}" for value in values))
    Console().print(table)
    for pair in comparison.pairs:
        print(f"{comparison.titles[pair.other]} compared with {comparison.titles[0]}:")
        print(f"  {describe_pair(comparison, pair)}")
    for note in comparison.notes:
        print(f"Note: {note}")
    print("This compares performed expressions, not what anyone feels.")
