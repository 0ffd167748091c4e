"""A figure, and a button that takes its data home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.shared.table_button import table_button


def chart(
    figure: go.Figure,
    table: pd.DataFrame,
    file_name: str,
    key: str,
    alt: str,
    on_point: Callable[[Any], None] | None = None,
) -> None:
    """Show a figure over the button for its data.

    Args:
        figure: what to show.
        table: what it was drawn from.
        file_name: of the CSV, without its ending; unique on the page.
        key: unique on the page.
        alt: what the figure shows, for those who do not see it.
        on_point: called with the ``customdata`` of a marker or bar that was clicked, before the
            page runs anew.
    """

    def clicked() -> None:
        for point in st.session_state[key].selection.points[:1]:
            if on_point is not None:
                on_point(point["customdata"])

    st.plotly_chart(
        figure,
        width="stretch",
        key=key,
        config={"displayModeBar": False},
        alt=alt,
        on_select=clicked if on_point is not None else "ignore",
        selection_mode="points",
    )
    table_button("Data", lambda: table, file_name)
