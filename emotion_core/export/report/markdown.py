"""A report as Markdown (CommonMark with the tables of GitHub), its drawings as files beside it."""

from __future__ import annotations

import re
from functools import singledispatch

from emotion_core.export.report.document import (
    Document,
    Figure,
    Gallery,
    Heading,
    Paragraph,
    Points,
    Table,
    figures_of,
    pictures_of,
)
from emotion_core.export.report.html import encode_jpeg
from emotion_core.export.spreadsheets import write_table
from emotion_core.text import one_line

_MARKUP = re.compile(r"[\\`*_\[\]{}<>|#~&$!@]|(?<=www)\.|:(?=//)|^[-+=](?=\s|$)")
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


def to_markdown(document: Document, prefix: str) -> dict[str, bytes]:
    """The report and the files that it shows, by their names; all belong in one folder.

    Args:
        document: the report.
        prefix: begins the names of all files; becomes ``<prefix>.md``, ``<prefix>-arcs-1.svg``.
    """
    parts = [f"# {escape(document.title)}", escape(document.subtitle)]
    parts += [_render(block, prefix) for block in document.blocks]
    files = {f"{prefix}.md": ("\n\n".join(parts) + "\n").encode()}
    for figure in figures_of(document):
        files[f"{prefix}-{figure.name}.svg"] = figure.svg.encode()
        files[f"{prefix}-{figure.name}.csv"] = write_table(figure.data)
    for picture in pictures_of(document):
        files[f"{prefix}-{picture.name}.jpg"] = encode_jpeg(picture.image)
    return files


def escape(text: str) -> str:
    """Text as Markdown means it: on one line, with nothing that is read as markup or as a link."""
    marked = _MARKUP.sub(r"\\\g<0>", one_line(text))
    return _NUMBERED.sub(r"\1\\\2", marked)


@singledispatch
def _render(block: object, _prefix: str) -> str:
    raise TypeError(f"a report cannot hold a {type(block).__name__}")


@_render.register
def _heading(block: Heading, _prefix: str) -> str:
    return f"{'#' * block.level} {escape(block.text)}"


@_render.register
def _paragraph(block: Paragraph, _prefix: str) -> str:
    text = escape(block.text)
    return f"> {text}" if block.aside else text


@_render.register
def _points(block: Points, _prefix: str) -> str:
    return "\n".join(f"- {escape(item)}" for item in block.items)


@_render.register
def _table(block: Table, _prefix: str) -> str:
    rule = ["---:" if k in block.numbers else "---" for k in range(len(block.columns))]
    rows = [[escape(cell) for cell in row] for row in (block.columns, *block.rows)]
    lines = [rows[0], rule, *rows[1:]]
    return f"**{escape(block.title)}**\n\n" + "\n".join(
        f"| {' | '.join(cells)} |" for cells in lines
    )


@_render.register
def _figure(block: Figure, prefix: str) -> str:
    place = f"{prefix}-{block.name}"
    return (
        f"**{escape(block.title)}**\n\n"
        f"![{escape(block.description)}](<{_place(place)}.svg>)\n\n"
        f"[Data of this figure (CSV)](<{_place(place)}.csv>)"
    )


@_render.register
def _gallery(block: Gallery, prefix: str) -> str:
    return "\n\n".join(
        f"![{escape(picture.caption)}](<{_place(f'{prefix}-{picture.name}')}.jpg>)\n"
        f"{escape(picture.caption)}"
        for picture in block.pictures
    )


def _place(name: str) -> str:
    """A file name inside ``<...>`` of a link."""
    return re.sub(r"[\\<>]", lambda found: f"\\{found.group()}", name)
