"""The numbers behind a figure, to take away, in the format that the user has chosen."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from emotion_core.export.formats import TableFormat
from emotion_core.export.spreadsheets import DECIMALS, write_table

# Of the session: what is chosen at one table holds for all.
_KEY = "table-format"
_NAMES = {
    TableFormat.CSV: "CSV",
    TableFormat.CSV_SEMICOLON: "CSV with ; and decimal comma",
    TableFormat.XLSX: "Excel (XLSX)",
}


def table_format() -> TableFormat:
    """The format of tables in this session."""
    return TableFormat(st.session_state.get(_KEY, TableFormat.CSV))


def format_menu(key: str) -> None:
    """A small menu for the format of all tables.

    Args:
        key: unique on the page.
    """
    chosen = st.menu_button(
        "Format",
        list(TableFormat),
        key=f"format-{key}",
        help="Format of all tables. Excel in many languages needs ; and a decimal comma.",
        type="tertiary",
        icon=":material/tune:",
        format_func=_NAMES.__getitem__,
    )
    if chosen is not None and chosen != table_format():
        st.session_state[_KEY] = chosen
        st.rerun()


def table_button(
    label: str,
    table: Callable[[], pd.DataFrame],
    name: str,
    decimals: str = DECIMALS,
) -> None:
    """A small button that gives a table, made when it is pressed, and a menu for its format.

    Args:
        label: what it holds, such as ``Shares``; ``as CSV`` is added.
        table: gives it.
        name: of the file, without its ending; unique on the page.
        decimals: as for :func:`~emotion_core.export.spreadsheets.write_table`.
    """
    wanted = table_format()
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            f"{label} as {wanted.ending.upper()}",
            lambda: write_table(table(), wanted, decimals),
            f"{name}.{wanted.ending}",
            wanted.mime,
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
            key=f"table-{name}",
        )
        format_menu(name)
