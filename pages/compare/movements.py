"""What compared performances do with face and head."""

from __future__ import annotations

import streamlit as st

from emotion_core.faces.movements.movements import CAVEAT
from emotion_core.performance.comparison.comparison import Comparison
from emotion_core.performance.comparison.movements import (
    compared_movements,
    describe_movement_differences,
    movement_differences,
)
from emotion_core.performance.movements import NOT_READ, movements_read
from emotion_core.render.figures.movements.compared import draw_compared_movements
from pages.shared.table_button import table_button
from pages.shared.text import as_text


def movements(comparison: Comparison) -> None:
    """How long and how far each movement is clear, and where performances differ most."""
    st.header("Movements")
    for one in comparison.performances:
        if not movements_read(one.performance.faces):
            st.caption(f"{as_text(one.title)}: {NOT_READ}")
    compared = compared_movements(comparison)
    if compared.empty:
        return
    reference = comparison.titles[0]
    read = set(compared["title"])
    for pair in comparison.pairs:
        other = comparison.titles[pair.other]
        if {reference, other} <= read:
            differences = movement_differences(compared, reference, other)
            words = describe_movement_differences(differences, reference, other)
            st.markdown(as_text(words))
    alt = "How long and how far each movement is clear in each performance."
    st.plotly_chart(
        draw_compared_movements(compared), width="stretch", key="compared-movements", alt=alt
    )
    st.caption(
        "Each performance is measured from its own neutral face. Time in which a movement cannot "
        f"be told does not count. {CAVEAT}"
    )
    table_button("Movements", lambda: compared, "comparison movements")
