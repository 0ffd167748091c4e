"""The command ``export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion_core.cli.reading import find_scene
from emotion_core.export.formats import DECIMAL_COMMA, Format, choose_table_format


def export(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="CLIP_OR_ANALYSIS_FOLDER",
            help="A clip, or a folder written by analyze.",
        ),
    ],
    formats: Annotated[
        list[Format],
        typer.Option(
            "--format",
            help="csv, xlsx, json, parquet: all readings. movements.csv, movements.xlsx: what each "
            "face does. lines.csv, lines.xlsx: who says what. utterances.csv, utterances.xlsx: how "
            "it is said. eaf: tiers for ELAN. vtt: chords as captions. lines.vtt: lines as "
            "captions. md, html: a report. shots.csv, shots.xlsx, shots.html: a shot list. edl: "
            "the shots for editing programs. Can be repeated.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE_OR_FOLDER",
            help="A folder, or a file for a single format. Default: results/<clip name>.",
        ),
    ] = None,
    character: Annotated[
        str | None, typer.Option(help="Export only this character, by the name in the tables.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Built-in model, folder, or hub name such as OWNER/NAME."),
    ] = None,
    decimal_comma: Annotated[bool, typer.Option("--decimal-comma", help=DECIMAL_COMMA)] = False,
) -> None:
    """Export the analysis of a clip: readings, lines, tiers, captions, a report, a shot list.

    A clip that was analyzed before is not analyzed again. An HTML report is a single file; a
    Markdown report has its figures and stills as files next to it.
    """
    from emotion_core.export.writing import choose_place, export_scene, file_stem, write_files
    from emotion_core.library.database.engine import open_database
    from emotion_core.library.report_data import library_report_data
    from emotion_core.scene.stills import moment_pictures, shot_pictures
    from emotion_core.settings import load_settings

    pictured = any(wanted.is_report or wanted.shows_shots for wanted in formats)
    analysis, clip = find_scene(source, model, pictured=pictured)
    stem = file_stem(analysis.clip.name)
    folder, stem = choose_place(out or Path("results") / stem, formats, stem)
    settings, heard = load_settings(), any(wanted.says_what_is_heard for wanted in formats)
    database = open_database(settings)
    data = library_report_data(settings, database, analysis, character, heard=heard)
    shown = clip if any(wanted.is_report for wanted in formats) else None
    stills = moment_pictures(shown, data.analysis.faces, data.summary.moments)
    shots = [(start + end) / 2 for start, end in analysis.shots]
    listed = clip if any(wanted.shows_shots for wanted in formats) else None
    files = export_scene(
        data,
        formats,
        stem,
        stills,
        shot_pictures(listed, shots),
        tables=choose_table_format(decimal_comma),
    )
    write_files(files, folder)
    for wanted in dict.fromkeys(formats):
        print(f"Written to {folder / stem}.{wanted}")
    beside = len(files) - len(set(formats))
    if beside:
        print(f"Its {beside} figures, tables and stills are next to it.")
