"""The commands ``lines list`` and ``lines search``."""

from __future__ import annotations

import json
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core.cli.reading import find_scene
from emotion_core.text import count_of, format_time

if TYPE_CHECKING:
    import pandas as pd


class ListFormat(StrEnum):
    """How lines are printed."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


Wanted = Annotated[ListFormat, typer.Option("--format", help="How they are printed.")]


def list_lines(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="CLIP_OR_ANALYSIS_FOLDER",
            help="A clip, or a folder written by analyze.",
        ),
    ],
    wanted: Wanted = ListFormat.TEXT,
    character: Annotated[
        str | None, typer.Option(help="Only the lines of this character, by name.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Built-in model, folder, or hub name such as OWNER/NAME."),
    ] = None,
) -> None:
    """List the lines of a clip: when, who, what, and what face and voice do on each.

    A clip that was not analyzed before is analyzed first.
    """
    from emotion_core.export.sound.tables import heard, lines_table
    from emotion_core.library.database.engine import open_database
    from emotion_core.library.report_data import library_report_data
    from emotion_core.settings import load_settings

    analysis, _ = find_scene(source, model, pictured=False)
    settings = load_settings()
    data = library_report_data(settings, open_database(settings), analysis, character)
    table = lines_table(heard(data.sound))
    if wanted is not ListFormat.TEXT:
        _print_table(table, wanted)
        return
    for line in table.to_dict("records"):
        print(_line(line["start"], line["who"], line["words"]))
        if said := _delivery(line["face"], line["voice"], line["strongest_word"]):
            print(f"{'':>11}{said}")
    print(count_of(len(table), "line"))


def search(
    words: Annotated[list[str], typer.Argument(help="All of them must be in a line.")],
    wanted: Wanted = ListFormat.TEXT,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many lines.")] = None,
) -> None:
    """Search the lines of all scenes in the library.

    Case, accents and apostrophes do not count; a word may be the beginning of one. The name of a
    speaker that stands in a file is searched, too.
    """
    import pandas as pd

    from emotion_core.library.queries.lines import LineEntry, search_lines
    from emotion_core.library.scenes import open_library
    from emotion_core.settings import load_settings

    found = search_lines(open_library(load_settings()), " ".join(words), limit)
    if wanted is not ListFormat.TEXT:
        rows = [
            (one.film, one.scene, one.clip, one.line.start, one.line.end, one.line.who,
             one.line.text)
            for one in found
        ]  # fmt: skip
        columns = ["film", "scene", "clip", "start", "end", "who", "words"]
        _print_table(pd.DataFrame(rows, columns=columns), wanted)
        return

    def scene_of(entry: LineEntry) -> int:
        return entry.scene_id

    for _, group in groupby(found, scene_of):
        entries = list(group)
        print(": ".join(filter(None, (entries[0].film, entries[0].scene))))
        for one in entries:
            print(_line(one.line.start, one.line.who, one.line.text))
    scenes = len({one.scene_id for one in found})
    print(f"{count_of(len(found), 'line')} in {count_of(scenes, 'scene')}")


def _line(start: float, who: str, words: str) -> str:
    return f"  {format_time(start):>7}  " + (f"{who}: {words}" if who else words)


def _delivery(face: str, voice: str, strongest: str) -> str:
    parts = {"face": face, "voice": voice, "strongest word": strongest}
    return "; ".join(f"{name}: {said}" for name, said in parts.items() if said)


def _print_table(table: pd.DataFrame, wanted: ListFormat) -> None:
    if wanted is ListFormat.CSV:
        from emotion_core.export.spreadsheets import write_table

        print(write_table(table).decode("utf-8-sig"), end="")
        return
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    print(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False))
