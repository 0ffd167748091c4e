"""What a scene and its tables can be exported to."""

from __future__ import annotations

from enum import StrEnum


class TableFormat(StrEnum):
    """How a table is written."""

    CSV = "csv"
    CSV_SEMICOLON = "csv-semicolon"
    XLSX = "xlsx"

    @property
    def ending(self) -> str:
        """Of its files, without the point."""
        return "xlsx" if self is TableFormat.XLSX else "csv"

    @property
    def mime(self) -> str:
        """The type of its files."""
        if self is TableFormat.XLSX:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return "text/csv"


# What the option of that name does, for commands.
DECIMAL_COMMA = "CSV with ; between cells and decimal commas, as Excel wants it in many languages."


def choose_table_format(decimal_comma: bool, *, xlsx: bool = False) -> TableFormat:
    """The format of tables by the options of a command."""
    if xlsx:
        return TableFormat.XLSX
    return TableFormat.CSV_SEMICOLON if decimal_comma else TableFormat.CSV


class Format(StrEnum):
    """A format; its value is what follows the name of the scene and a point in that of the file."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    PARQUET = "parquet"
    EAF = "eaf"
    VTT = "vtt"
    LINES_VTT = "lines.vtt"
    MD = "md"
    HTML = "html"
    SHOTS_CSV = "shots.csv"
    SHOTS_XLSX = "shots.xlsx"
    SHOTS_HTML = "shots.html"
    MOVEMENTS_CSV = "movements.csv"
    MOVEMENTS_XLSX = "movements.xlsx"
    LINES_CSV = "lines.csv"
    LINES_XLSX = "lines.xlsx"
    UTTERANCES_CSV = "utterances.csv"
    UTTERANCES_XLSX = "utterances.xlsx"
    EDL = "edl"

    @property
    def ending(self) -> str:
        """What the name of a file must end in, without the point."""
        return self.rpartition(".")[2]

    @property
    def is_report(self) -> bool:
        """Whether it shows stills of the strongest moments."""
        return self in (Format.MD, Format.HTML)

    @property
    def shows_shots(self) -> bool:
        """Whether it shows a still of each shot."""
        return self in (Format.SHOTS_XLSX, Format.SHOTS_HTML)

    @property
    def is_of_sound(self) -> bool:
        """Whether it says nothing but what is heard."""
        return self in _OF_SOUND

    @property
    def says_what_is_heard(self) -> bool:
        """Whether what is heard is among what it says."""
        return self.is_of_sound or self.is_report or self in (Format.JSON, Format.EAF)


_OF_SOUND = frozenset(
    {
        Format.LINES_VTT,
        Format.LINES_CSV,
        Format.LINES_XLSX,
        Format.UTTERANCES_CSV,
        Format.UTTERANCES_XLSX,
    }
)
