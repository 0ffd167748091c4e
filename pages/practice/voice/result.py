"""A line as somebody says it, beside its model."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from emotion_core.performance.delivery.line_beside import MODEL, OWN, LineBeside
from emotion_core.performance.wording.line_beside import (
    LINE_CAVEAT,
    describe_beside,
    describe_unknown,
    describe_usual,
)
from emotion_core.performance.wording.same_lines import SAME_LINES_CAVEAT
from emotion_core.render.figures.voice.line_beside import draw_line_beside, table_of_line
from pages.shared.chart import chart
from pages.shared.sound.line_table import show_line_table
from pages.shared.text import as_text

_ALT = "Pitch and loudness of the line by the model and by you, as lines over its words."


def show_beside(beside: LineBeside, usual_of: int, warning: str, key: str) -> None:
    """What differs in sentences, a figure, and tables of the line and of its words.

    Args:
        beside: the line by both.
        usual_of: utterances of which the own usual pitch is the median.
        warning: what is wrong with the recording, "" if nothing is.
        key: unique on the page.
    """
    st.subheader("The same line")
    if warning:
        st.warning(as_text(warning), icon=":material/mic_alert:")
    for sentence in describe_beside(beside) or (
        "Nothing that could be measured differs by enough to be worth a word.",
    ):
        st.markdown(as_text(sentence))
    for sentence in describe_unknown(beside):
        st.caption(as_text(sentence))
    chart(draw_line_beside(beside), table_of_line(beside), f"line {key}", f"line-{key}", _ALT)
    st.caption(as_text(f"{describe_usual(beside, usual_of)} {LINE_CAVEAT}"))
    show_line_table(beside.table, beside.titles, many=False)
    if beside.by_words:
        with st.expander("Word by word"):
            st.dataframe(
                _words(beside),
                hide_index=True,
                placeholder="can't tell",
                column_config={
                    name: st.column_config.NumberColumn(format="%.2f s")
                    for name in _columns(beside)
                },
            )
    st.caption(SAME_LINES_CAVEAT)


def _columns(beside: LineBeside) -> list[str]:
    return [
        f"{what}, {beside.titles[place]}"
        for what in ("Length", "Pause before")
        for place in (MODEL, OWN)
    ]


def _words(beside: LineBeside) -> pd.DataFrame:
    """A row a word: how long each says it, and the pause before it."""
    both = [
        beside.words[beside.words["performance"] == place].reset_index(drop=True)
        for place in (MODEL, OWN)
    ]
    # of what was not heard the times are those between its neighbours
    lengths = [(one["end"] - one["start"]).where(one["heard"]) for one in both]
    columns = [*lengths, *(one["pause"] for one in both)]
    return pd.DataFrame(
        {"Word": both[MODEL]["word"], **dict(zip(_columns(beside), columns, strict=True))}
    )
