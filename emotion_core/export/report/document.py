"""A report as a list of blocks, which HTML and Markdown then say in their own way.

All text is plain text: names and notes of users may contain anything, and each way of saying it
escapes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from emotion_core.types import ImageArray


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the title of the report; ``level`` 2 or 3."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences; ``aside`` for what only explains."""

    text: str
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short texts."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A still of a clip.

    Attributes:
        name: of its file; letters, digits and hyphens only.
        image: (H, W, 3) uint8 RGB.
        caption: what it shows.
    """

    name: str
    image: ImageArray
    caption: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts.

    Attributes:
        title: what it shows.
        columns: heads, with units.
        rows: as many texts each as there are columns.
        numbers: positions of the columns that hold numbers and are set to the right.
        pictures: a still a row, shown before it in HTML, as far as there are any.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    pictures: tuple[Picture | None, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row must have {len(self.columns)} cells, but has {len(row)}")


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing and the data that it was made from.

    Attributes:
        name: of its files, such as ``arcs-1``; letters, digits and hyphens only.
        title: what it shows.
        description: the same for those who do not see it.
        svg: the drawing.
        data: what is drawn, with a column for each axis.
    """

    name: str
    title: str
    description: str
    svg: str
    data: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Gallery:
    """Stills side by side."""

    title: str
    pictures: tuple[Picture, ...]


Block = Heading | Paragraph | Points | Table | Figure | Gallery


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Attributes:
        title: its title.
        subtitle: a line below it.
        blocks: what it says.
    """

    title: str
    subtitle: str
    blocks: tuple[Block, ...]


def figures_of(document: Document) -> list[Figure]:
    """The figures of a report."""
    return [block for block in document.blocks if isinstance(block, Figure)]


def pictures_of(document: Document) -> list[Picture]:
    """The stills of a report."""
    galleries = [block for block in document.blocks if isinstance(block, Gallery)]
    return [picture for gallery in galleries for picture in gallery.pictures]


def table_of(
    title: str, columns: Sequence[tuple[str, Iterable[object]]], numbers: Sequence[str] = ()
) -> Table:
    """A table from its columns, each a head and its values.

    Args:
        title: what it shows.
        columns: heads and values; all have as many values.
        numbers: heads of the columns that hold numbers.
    """
    heads = tuple(head for head, _ in columns)
    rows = tuple(
        tuple(str(value) for value in row)
        for row in zip(*(values for _, values in columns), strict=True)
    )
    places = frozenset(heads.index(head) for head in numbers)
    return Table(title, heads, rows, places)


def limits_section(limits: Sequence[tuple[str, str]]) -> Points:
    """Sentences and what they stand on, as a list."""
    return Points(tuple(f"{sentence} {rest}" for sentence, rest in limits))
