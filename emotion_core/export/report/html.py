"""A report as one HTML file that needs nothing beside it, no network and no script.

Drawings, stills and data are data URIs in the file itself.
"""

from __future__ import annotations

import html
from base64 import b64encode
from functools import singledispatch
from io import BytesIO
from pathlib import Path

from PIL import Image

from emotion_core.export.report.document import (
    Document,
    Figure,
    Gallery,
    Heading,
    Paragraph,
    Picture,
    Points,
    Table,
)
from emotion_core.export.spreadsheets import write_table
from emotion_core.text import one_line
from emotion_core.types import ImageArray

_STYLE = Path(__file__).with_name("report.css")
# Nothing may be loaded from anywhere, whatever a name or a note contains.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_QUALITY = 85


def to_html(document: Document) -> str:
    """The report as a page; opens from disk, reads on a narrow screen, and prints."""
    title = escape(document.title)
    body = "\n".join(_render(block) for block in document.blocks)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{title}</title>
<style>
{_STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<main>
<header>
<h1 dir="auto">{title}</h1>
<p class="subtitle" dir="auto">{escape(document.subtitle)}</p>
</header>
{body}
</main>
</body>
</html>
"""


def escape(text: str) -> str:
    """Text as HTML means it, also in an attribute; numbers stay with their per cent."""
    return html.escape(one_line(text))


def encode_jpeg(image: ImageArray) -> bytes:
    """A still as JPEG."""
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


@singledispatch
def _render(block: object) -> str:
    raise TypeError(f"a report cannot hold a {type(block).__name__}")


@_render.register
def _heading(block: Heading) -> str:
    return f'<h{block.level} dir="auto">{escape(block.text)}</h{block.level}>'


@_render.register
def _paragraph(block: Paragraph) -> str:
    kind = ' class="aside"' if block.aside else ""
    return f'<p{kind} dir="auto">{escape(block.text)}</p>'


@_render.register
def _points(block: Points) -> str:
    items = "".join(f'<li dir="auto">{escape(item)}</li>\n' for item in block.items)
    return f"<ul>\n{items}</ul>"


@_render.register
def _table(block: Table) -> str:
    kinds = [' class="number"' if k in block.numbers else "" for k in range(len(block.columns))]

    def line(tag: str, cells: tuple[str, ...], rest: str = "") -> str:
        parts = (
            f'<{tag}{rest}{kind} dir="auto">{escape(cell)}</{tag}>'
            for kind, cell in zip(kinds, cells, strict=True)
        )
        return f"<tr>{''.join(parts)}</tr>"

    head = line("th", block.columns, ' scope="col"')
    lines = [line("td", row) for row in block.rows]
    if block.pictures:
        head = head.replace("<tr>", '<tr><th scope="col">still</th>', 1)
        lines = [
            text.replace("<tr>", f'<tr><td class="still">{_still(picture)}</td>', 1)
            for text, picture in zip(lines, block.pictures, strict=True)
        ]
    rows = "\n".join(lines)
    return (
        f'<div class="wide"><table>\n<caption dir="auto">{escape(block.title)}</caption>\n'
        f"<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


@_render.register
def _figure(block: Figure) -> str:
    drawing = _data_uri("image/svg+xml", block.svg.encode())
    data = _data_uri("text/csv;charset=utf-8", write_table(block.data))
    return (
        f'<figure>\n<figcaption dir="auto">{escape(block.title)}</figcaption>\n'
        f'<div class="wide"><img class="drawing" src="{drawing}" '
        f'alt="{escape(block.description)}"></div>\n'
        f'<p class="data"><a download="{escape(block.name)}.csv" href="{data}">'
        "Data of this figure (CSV)</a></p>\n</figure>"
    )


@_render.register
def _gallery(block: Gallery) -> str:
    pictures = "\n".join(map(_picture, block.pictures))
    return f'<section class="gallery" aria-label="{escape(block.title)}">\n{pictures}\n</section>'


def _picture(picture: Picture) -> str:
    source = _data_uri("image/jpeg", encode_jpeg(picture.image))
    caption = escape(picture.caption)
    return (
        f'<figure><img src="{source}" alt="{caption}">'
        f'<figcaption dir="auto">{caption}</figcaption></figure>'
    )


def _still(picture: Picture | None) -> str:
    if picture is None:
        return ""
    source = _data_uri("image/jpeg", encode_jpeg(picture.image))
    return f'<img src="{source}" alt="{escape(picture.caption)}">'


def _data_uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"
