"""The numbers behind a figure, to take away."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from emotion_core.export.archives import table_to_csv


def table_button(label: str, table: Callable[[], pd.DataFrame], name: str) -> None:
    """A small button that gives a table as CSV; the table is made when it is pressed.

    Args:
        label: what it holds, such as ``Shares``; ``as CSV`` is added.
        table: gives it.
        name: of the file, without its ending; unique on the page.
    """
    st.download_button(
        f"{label} as CSV",
        lambda: table_to_csv(table()),
        f"{name}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        key=f"table-{name}",
    )
