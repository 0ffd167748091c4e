"""The shares of masks in every part of a face, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from emotion_core.explanation.shares import table_of_parts

TITLE = "Every part of the face"
_HEIGHT = 420
# A share that is so many times the size of its part is marked.
_MARKED = 1.3
_MARK = "background-color: rgba(232, 160, 106, 0.35)"


def parts_table(shares: pd.DataFrame, masks: Sequence[str]) -> None:
    """A row for each region and part, a column for each mask.

    Args:
        shares: of parts, with ``emotion``; of one face, or means.
        masks: values of ``emotion``, in their order.
    """
    table = table_of_parts(shares, masks)
    styled = table.style.apply(_mark, axis=None).format("{:.1%}", na_rep="")
    st.dataframe(styled, height=_HEIGHT, width="stretch")
    st.caption(
        "Right and left are the person's own. Coloured: clearly more of the mask than the size of "
        "the part."
    )


def _mark(table: pd.DataFrame) -> pd.DataFrame:
    marked = table.ge(_MARKED * table["size"], axis=0).assign(size=False)
    return marked.replace({True: _MARK, False: ""})
