"""What compared performances play in all: words, shares, differences, chords, complexity."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from emotion_core.performance.comparison.comparison import Comparison
from emotion_core.performance.comparison.measures import BLOCK, MEASURES
from emotion_core.performance.comparison.tables import differences_table, measures_table
from emotion_core.performance.wording.comparison import describe_chords, describe_pair
from emotion_core.render.figures.comparison import (
    draw_chords,
    draw_complexity,
    draw_differences,
    draw_distributions,
)
from pages.shared.table_button import table_button
from pages.shared.text import as_text

_EXPLAINED = ("whole", "blend", "change", "movement")


def in_words(comparison: Comparison) -> None:
    """What a student wants to know first."""
    for note in comparison.notes:
        st.warning(as_text(note), icon=":material/warning:")
    reference = as_text(comparison.titles[0])
    for pair in comparison.pairs:
        name = as_text(comparison.titles[pair.other])
        st.markdown(
            f"**{name}** compared with {reference}. {as_text(describe_pair(comparison, pair))}"
        )


def shares(comparison: Comparison) -> None:
    """The mean probability of each emotion, and how far that differs."""
    st.header("Mean reading")
    alt = "The mean reading of each emotion in each performance."
    st.plotly_chart(draw_distributions(comparison), width="stretch", key="compared-shares", alt=alt)
    st.caption(
        "Thin lines are 95% intervals: how much the value could differ if other seconds of the "
        f"same kind had been filmed. They are computed from blocks of about {BLOCK:.0f} s, "
        "because neighbouring frames show nearly the same face. A face that is in view too "
        "briefly has none."
    )
    table_button("Means", lambda: measures_table(comparison), "comparison measures")
    found = [(comparison.titles[pair.other], pair.differences) for pair in comparison.pairs]
    figure = draw_differences(found, comparison.titles[0])
    alt = "How the mean readings differ from those of the reference."
    st.plotly_chart(figure, width="stretch", key="compared-differences", alt=alt)
    table_button("Differences", lambda: differences_table(comparison), "comparison differences")


def chords_and_complexity(comparison: Comparison) -> None:
    """Which emotions sound together, and how varied, mixed and moving each performance is."""
    _chords(comparison)
    _complexity(comparison)


def _chords(comparison: Comparison) -> None:
    st.header("Shared chords")
    st.markdown(as_text(describe_chords(comparison)))
    figure, alt = (
        draw_chords(comparison.chords, comparison.titles),
        "The chords of each performance.",
    )
    st.plotly_chart(figure, width="stretch", key="compared-chords", alt=alt)
    st.caption("A chord is one to three emotions that are read together, each with at least 20%.")
    table_button("Chords", lambda: comparison.chords, "comparison chords")


def _complexity(comparison: Comparison) -> None:
    st.header("Complexity")
    figure, alt = draw_complexity(comparison.performances), "Four measures of each performance."
    st.plotly_chart(figure, width="stretch", key="compared-complexity", alt=alt)
    with st.expander("What these four measure", icon=":material/help:"):
        for measure in MEASURES:
            if measure.name in _EXPLAINED:
                st.markdown(f"**{measure.title.capitalize()}**: {measure.meaning}")
    table_button("Complexity", lambda: _complexities(comparison), "comparison complexity")


def _complexities(comparison: Comparison) -> pd.DataFrame:
    table = measures_table(comparison)
    return table[table["measure"].isin(_EXPLAINED)]
