"""What face and head do over time, on the axis of the arcs."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from emotion_core.faces.movements.movements import CAVEAT, MOVEMENTS
from emotion_core.performance.movement_clock import movements_on_clock
from emotion_core.performance.movements import (
    NOT_READ,
    USUAL,
    CharacterMovements,
    movements_of,
    movements_read,
)
from emotion_core.performance.performance import Performance
from emotion_core.performance.wording.movements import describe_movements, describe_neutral
from emotion_core.render.figures.movements.lanes import draw_movements
from emotion_core.render.figures.progression import Span
from pages.progression.character_picker import ChosenPerformance
from pages.shared.chart import chart
from pages.shared.text import as_text
from pages.shared.users.caches import per_library


@st.fragment
def movements_section(chosen: ChosenPerformance, span: Span) -> None:
    """Movements as lanes, in sentences, and what they are measured from.

    Args:
        chosen: whose.
        span: from when to when, in seconds of the clip.
    """
    st.header("Movements")
    performance = chosen.performance
    if not movements_read(performance.faces):
        st.caption(NOT_READ)
        return
    key = f"{chosen.address}:{performance.neutral_time}"
    movements = _movements(key, performance)
    st.markdown(as_text(" ".join(describe_movements(performance, movements))))
    names = st.multiselect(
        "Movements",
        list(MOVEMENTS),
        default=list(USUAL),
        format_func=lambda name: MOVEMENTS[name].noun,
        key="shown-movements",
        label_visibility="collapsed",
        placeholder="Choose movements",
    )
    # as of the lanes of the scene, from the brows to the head
    ordered = tuple(name for name in MOVEMENTS if name in names)
    chart(
        _figure(key, ordered, span, performance, movements),
        movements_on_clock(performance, movements),
        chosen.file("movements"),
        "movements",
        "Lanes of movements of the face and the head over time.",
    )
    st.caption(
        f"{as_text(describe_neutral(movements))} You can change it on the page Scene analysis. A "
        "lane is full at a strong movement. Hatched: in view, but the part is covered, or the face "
        f"too small, too blurred or turned away. {CAVEAT}"
    )


@per_library(st.cache_resource(show_spinner=False, max_entries=16))
def _movements(key: str, _performance: Performance) -> CharacterMovements:
    return movements_of(_performance)


@per_library(st.cache_resource(show_spinner=False, max_entries=32))
def _figure(
    key: str,
    names: tuple[str, ...],
    span: Span,
    _performance: Performance,
    _movements: CharacterMovements,
) -> go.Figure:
    return draw_movements(movements_on_clock(_performance, _movements), names, span)
