"""Tables for spreadsheets: the one writer of CSV and XLSX for all that pages and commands give.

CSV is UTF-8 with a byte order mark, without which Excel garbles accents. No cell of text is ever a
formula: in CSV a text that begins as one gets an apostrophe before it (OWASP, "CSV Injection"), in
XLSX it is stored as text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter

from emotion_core.errors import ExportError
from emotion_core.export.formats import TableFormat
from emotion_core.text import clean

DECIMALS = "%.4f"
# What makes Excel, LibreOffice and Google Sheets read a cell as a formula; the wide forms do in
# East Asian versions. Also after the separator that is not ours, since a program that is set to
# it parts a text there.
_FORMULA = {
    own: re.compile(f"(^|[{other}\t\r\n])([\"' ]*)(?=[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")
    for own, other in ((",", ";"), (";", ","))
}
_BREAK = re.compile("\r\n?")
_Value = bool | int | float | str | None
_MOST_ROWS = 1_048_576  # of a sheet, its head included
_LONGEST_CELL = 32_767
# The same table gives the same file.
_CREATED = datetime(2000, 1, 1)
_STILL_HEIGHT = 68.0  # points
_STILL_WIDTH = 18.0  # characters


def write_table(
    table: pd.DataFrame, wanted: TableFormat = TableFormat.CSV, decimals: str = DECIMALS
) -> bytes:
    """A table as a file, without its index.

    Args:
        table: any.
        wanted: CSV with ``,`` and a decimal point, CSV with ``;`` and a decimal comma, or XLSX.
        decimals: how numbers that are not whole are rounded, as for ``%``.

    Raises:
        ExportError: it has more rows than a sheet of Excel.
    """
    if wanted is TableFormat.XLSX:
        return write_sheet(table, decimals)
    comma = wanted is TableFormat.CSV_SEMICOLON
    mark, separator = (",", ";") if comma else (".", ",")
    shown = pd.DataFrame(
        {
            number: column if _is_plain(column) else _texts(column, decimals, mark, separator)
            for number, (_, column) in enumerate(table.items())
        },
        table.index,
    )
    text = shown.to_csv(
        index=False,
        header=[_safe(str(name), separator) for name in table.columns],
        sep=separator,
        decimal=mark,
        float_format=decimals,
        lineterminator="\n",
    )
    return str(text).encode("utf-8-sig")


def write_tables(
    tables: Mapping[str, pd.DataFrame],
    wanted: TableFormat = TableFormat.CSV,
    decimals: str = DECIMALS,
) -> dict[str, bytes]:
    """Several tables: the content of each file by its name."""
    return {
        f"{name}.{wanted.ending}": write_table(table, wanted, decimals)
        for name, table in tables.items()
    }


def write_sheet(
    table: pd.DataFrame,
    decimals: str = DECIMALS,
    stills: Sequence[bytes | None] | None = None,
) -> bytes:
    """A table as XLSX, its head in bold and always in view.

    Args:
        table: any.
        decimals: as for :func:`write_table`.
        stills: a JPEG a row, shown in a first column, or ``None`` where there is none.

    Raises:
        ExportError: it has more rows than a sheet of Excel.
    """
    if len(table) >= _MOST_ROWS:
        raise ExportError(f"The table has {len(table):,} rows, too many for Excel. Choose CSV.")
    memory = io.BytesIO()
    options = {"constant_memory": True, "nan_inf_to_errors": False}
    with xlsxwriter.Workbook(memory, options) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        first = 0 if stills is None else 1
        sheet.freeze_panes(1, 0)
        if stills is not None:
            sheet.set_column(0, 0, _STILL_WIDTH)
            sheet.write_string(0, 0, "still", bold)
        for number, name in enumerate(table.columns, first):
            sheet.write_string(0, number, _cell(str(name)), bold)
        for place, row in enumerate(_rows(table, decimals), 1):
            still = None if stills is None else stills[place - 1]
            if still is not None:
                sheet.set_row(place, _STILL_HEIGHT)
                picture = {"image_data": io.BytesIO(still), "object_position": 1}
                sheet.insert_image(place, 0, f"{place}.jpg", picture | {"description": "still"})
            for number, value in enumerate(row, first):
                _write_cell(sheet, place, number, value)
    return memory.getvalue()


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, value)


def _rows(table: pd.DataFrame, decimals: str) -> Iterator[tuple[_Value, ...]]:
    """Rows of what a cell of a sheet can hold."""
    for row in table.itertuples(index=False, name=None):
        yield tuple(_plain(value, decimals) for value in row)


def _plain(value: Any, decimals: str) -> _Value:
    if not pd.api.types.is_scalar(value):
        return _cell(str(value))
    if pd.isna(value):
        return None
    if pd.api.types.is_bool(value):
        return bool(value)
    if pd.api.types.is_integer(value):
        return int(value)
    if pd.api.types.is_float(value):
        number = float(decimals % value)
        return number if abs(number) != float("inf") else str(number)
    return _cell(str(value))


def _cell(text: str) -> str:
    return clean(text)[:_LONGEST_CELL]


def _is_plain(column: pd.Series) -> bool:
    """Whether it holds numbers or truth values alone."""
    return pd.api.types.is_numeric_dtype(column.dtype)


def _texts(column: pd.Series, decimals: str, mark: str, separator: str) -> list[str]:
    """A column that may hold numbers among texts, each as it is written."""
    texts = []
    for value in column:
        plain = _plain(value, decimals)
        if isinstance(plain, float):
            texts.append((decimals % plain).replace(".", mark))
        elif isinstance(plain, str):
            texts.append(_safe(plain, separator))
        else:
            texts.append("" if plain is None else str(plain))
    return texts


def _safe(text: str, separator: str) -> str:
    """Text that no spreadsheet takes for a formula; CSV as such leaves a lone CR bare."""
    return _FORMULA[separator].sub(r"\1'\2", _BREAK.sub("\n", clean(text)))
