"""A scene in the formats that it can be exported to, and where they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path, PurePath

from emotion_core.errors import ExportError
from emotion_core.export.elan import scene_to_eaf
from emotion_core.export.formats import Format, TableFormat
from emotion_core.export.movements import movements_to_spreadsheet
from emotion_core.export.report.document import Document
from emotion_core.export.report.html import to_html
from emotion_core.export.report.markdown import to_markdown
from emotion_core.export.report.scene import scene_report
from emotion_core.export.report_data import ReportData
from emotion_core.export.shot_list import (
    Stills,
    shots_to_edl,
    shots_to_html,
    shots_to_spreadsheet,
)
from emotion_core.export.sound.tables import (
    heard,
    lines_to_spreadsheet,
    utterances_to_spreadsheet,
)
from emotion_core.export.tables import readings_table, scene_to_json
from emotion_core.export.webvtt import lines_to_vtt, scene_to_vtt
from emotion_core.files import whole_file
from emotion_core.scene.summary import Moment
from emotion_core.types import ImageArray

_LONGEST_STEM = 180  # bytes


def export_scene(
    data: ReportData,
    formats: Sequence[Format],
    stem: str,
    pictures: Mapping[Moment, ImageArray] | None = None,
    shot_stills: Stills | None = None,
    *,
    tables: TableFormat = TableFormat.CSV,
) -> dict[str, bytes]:
    """A scene as files.

    Args:
        data: the scene.
        formats: which.
        stem: name of the files without a suffix.
        pictures: stills of the strongest moments for reports.
        shot_stills: a still a shot for shot lists.
        tables: how CSV is written.

    Returns:
        The content of each file by its name. A report in Markdown brings its drawings, their data
        and its stills as files beside it.

    Raises:
        ExportError: the sound was not read, and a format says nothing else.
    """
    files: dict[str, bytes] = {}
    report = cache(lambda: scene_report(data, pictures))  # drawn once for both of its forms
    for wanted in dict.fromkeys(formats):
        if wanted is Format.MD:
            files |= to_markdown(report(), stem)
        else:
            files[f"{stem}.{wanted}"] = _export(data, wanted, report, shot_stills, tables)
    return files


def export_report(document: Document, stem: str, *, markdown: bool = False) -> dict[str, bytes]:
    """A report as HTML and, on request, as Markdown: the content of each file by its name."""
    files = {f"{stem}.html": to_html(document).encode()}
    return files | to_markdown(document, stem) if markdown else files


def _export(
    data: ReportData,
    wanted: Format,
    report: Callable[[], Document],
    shot_stills: Stills | None,
    tables: TableFormat,
) -> bytes:
    match wanted:
        case Format.CSV:
            return readings_table(data.analysis, tables)
        case Format.XLSX:
            return readings_table(data.analysis, TableFormat.XLSX)
        case Format.SHOTS_CSV:
            return shots_to_spreadsheet(data, tables, None)
        case Format.SHOTS_XLSX:
            return shots_to_spreadsheet(data, TableFormat.XLSX, shot_stills)
        case Format.MOVEMENTS_CSV:
            return movements_to_spreadsheet(data.performances, tables)
        case Format.MOVEMENTS_XLSX:
            return movements_to_spreadsheet(data.performances, TableFormat.XLSX)
        case Format.LINES_CSV:
            return lines_to_spreadsheet(data.sound, tables)
        case Format.LINES_XLSX:
            return lines_to_spreadsheet(data.sound, TableFormat.XLSX)
        case Format.UTTERANCES_CSV:
            return utterances_to_spreadsheet(data.sound, tables)
        case Format.UTTERANCES_XLSX:
            return utterances_to_spreadsheet(data.sound, TableFormat.XLSX)
        case Format.LINES_VTT:
            return lines_to_vtt(heard(data.sound)).encode()
        case Format.SHOTS_HTML:
            return shots_to_html(data, shot_stills).encode()
        case Format.EDL:
            return shots_to_edl(data).encode()
        case Format.JSON:
            return scene_to_json(data.analysis, data.sound).encode()
        case Format.PARQUET:
            return bytes(data.analysis.faces.to_parquet())
        case Format.EAF:
            return scene_to_eaf(data).encode()
        case Format.VTT:
            return scene_to_vtt(data).encode()
        case _:
            return to_html(report()).encode()


def file_stem(name: str) -> str:
    """What the files of a clip with this name are called, without a suffix."""
    stem = PurePath(name.replace("\\", "/").replace("\0", "")).stem or "scene"
    # room for what is added to it, in a name of 255 bytes
    return stem.encode()[:_LONGEST_STEM].decode("utf-8", "ignore")


def choose_place(out: Path, formats: Sequence[Format], stem: str) -> tuple[Path, str]:
    """The folder and the stem for what a user has asked for.

    Args:
        out: a folder, or, for one format, a file with its suffix.
        formats: what is to be written.
        stem: of the files in a folder.

    Raises:
        ExportError: ``out`` names a file, but not one for these formats.
    """
    suffix = out.suffix.lower().lstrip(".")
    if suffix not in {wanted.ending for wanted in Format} or out.is_dir():
        return out, stem
    if len(set(formats)) > 1:
        raise ExportError(
            f"{out} is one file, but you asked for several formats. Name a folder instead."
        )
    ending = f".{formats[0]}"
    if not out.name.lower().endswith(ending):
        raise ExportError(f"{out} must end in {ending}, the format you asked for.")
    return out.parent, out.name[: -len(ending)]


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into a folder, each whole or not at all; those of the same name are replaced.

    Raises:
        OutputError: the folder cannot be made or written to.
    """
    for name, content in files.items():
        with whole_file(folder / name) as part:
            part.write_bytes(content)
