"""Tables for spreadsheets: accents, decimal commas, and text that is never a formula."""

from __future__ import annotations

import csv
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from emotion_core.errors import ExportError
from emotion_core.export import spreadsheets
from emotion_core.export.formats import TableFormat
from emotion_core.export.spreadsheets import write_sheet, write_table, write_tables

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '"=1', "x;=1", "a\n=1"]


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["Zoë", None, "=HYPERLINK(1)"],
            "time": np.array([0.5, -1.25, np.nan], np.float32),
            "frame": [1, 2, -3],
            "detected": [True, False, True],
            "mixed": [1.5, "x", None],
        }
    )


def test_csv_begins_with_the_mark_that_excel_needs_and_keeps_numbers() -> None:
    content = write_table(table())
    assert content.startswith(b"\xef\xbb\xbfname,time,")
    assert content.decode("utf-8-sig").splitlines() == [
        "name,time,frame,detected,mixed",
        "Zoë,0.5000,1,True,1.5000",
        ",-1.2500,2,False,x",
        "'=HYPERLINK(1),,-3,True,",
    ]
    assert pd.read_csv(io.BytesIO(content)).columns[0] == "name"


def test_csv_for_a_decimal_comma_parts_at_semicolons() -> None:
    lines = write_table(table(), TableFormat.CSV_SEMICOLON).decode("utf-8-sig").splitlines()
    assert lines[1:3] == ["Zoë;0,5000;1;True;1,5000", ";-1,2500;2;False;x"]
    read = pd.read_csv(
        io.BytesIO(write_table(table(), TableFormat.CSV_SEMICOLON)), sep=";", decimal=","
    )
    assert read["time"].tolist()[:2] == [0.5, -1.25]


@pytest.mark.parametrize("wanted", [TableFormat.CSV, TableFormat.CSV_SEMICOLON])
@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_is_a_formula_wherever_a_program_parts_it(wanted: TableFormat, text: str) -> None:
    content = write_table(pd.DataFrame({text: [text], "n": [-1]}), wanted).decode("utf-8-sig")
    own = ";" if wanted is TableFormat.CSV_SEMICOLON else ","
    for separator in ",;\t":
        rows = csv.reader(io.StringIO(content), delimiter=separator)
        naive = (line.split(separator) for line in content.splitlines())
        for row in rows if separator == own else naive:
            for cell in row:
                assert cell == "-1" or cell.strip("\" '")[:1] not in "=+-@＝" or "'" in cell
    assert content.splitlines()[-1].endswith("-1")


def test_plain_text_stays_as_it_is() -> None:
    texts = ["sad 62%, with fear 21%", "a-b", "x = 1", "1:04.2", "–", "Ana, -1"]
    read = pd.read_csv(io.BytesIO(write_table(pd.DataFrame({"a": texts}))))
    assert read["a"].tolist() == texts


def test_a_sheet_holds_text_as_text_and_numbers_as_numbers() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(write_table(table(), TableFormat.XLSX))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("name", "time", "frame", "detected", "mixed")
    assert rows[1:] == [
        ("Zoë", 0.5, 1, True, 1.5),
        (None, -1.25, 2, False, "x"),
        ("=HYPERLINK(1)", None, -3, True, None),
    ]
    assert sheet["A4"].data_type == "s" and sheet.freeze_panes == "A2"


@pytest.mark.parametrize(
    "text", [*DANGEROUS, "https://example.org", "\x07 bell", "\ud800", "x" * 40_000]
)
def test_a_sheet_takes_any_text(text: str) -> None:
    any_text = pd.DataFrame({"a": pd.Series([text], dtype=object), "b": [1]})
    any_text.columns = pd.Index(["a", text], dtype=object)
    made = write_table(any_text, TableFormat.XLSX)
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet["A2"].data_type == "s" and sheet["A2"].hyperlink is None
    write_table(any_text)


def test_the_same_table_gives_the_same_file() -> None:
    assert all(
        write_table(table(), wanted) == write_table(table(), wanted) for wanted in TableFormat
    )


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "_MOST_ROWS", 3)
    with pytest.raises(ExportError, match="3 rows, too many for Excel"):
        write_sheet(table())


def test_several_tables_are_named_by_their_format() -> None:
    assert set(write_tables({"a": table()}, TableFormat.XLSX)) == {"a.xlsx"}
    assert set(write_tables({"a": table()}, TableFormat.CSV_SEMICOLON)) == {"a.csv"}
