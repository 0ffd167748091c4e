"""The sections of the page Progression below its story."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from emotion_core.emotions.labels import percent
from emotion_core.export.archives import tables_to_zip
from emotion_core.performance.progression import Progression
from emotion_core.render.figures.progression_parts import (
    draw_plane,
    draw_shape,
    draw_stays,
    draw_transitions,
)
from pages.progression.character_picker import ChosenPerformance
from pages.shared.chart import chart
from pages.shared.table_button import table_button

_FEW = 10
_CHAINS = {"changes": "From change to change", "clock": "Every half second"}


@st.fragment
def transitions_section(chosen: ChosenPerformance, progression: Progression) -> None:
    """What follows what, how surely, and how long emotions stay."""
    st.subheader("What follows what")
    kind = st.segmented_control(
        "Look",
        list(_CHAINS),
        format_func=_CHAINS.__getitem__,
        default="changes",
        required=True,
        key="chain",
        label_visibility="collapsed",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        chain = progression.changes if kind == "changes" else progression.clock
        title = "Which emotion follows which"
        alt = "A matrix: for each leading emotion, how likely each other one comes next."
        chart(
            draw_transitions(chain, title),
            chain.to_frame(),
            chosen.file("transitions"),
            "transitions",
            alt,
        )
        st.caption(_describe_chain(progression, kind == "changes"))
    with right:
        chart(
            draw_stays(progression),
            progression.states,
            chosen.file("stays"),
            "stays",
            "For each emotion, the lengths of the stays in which it leads, and their median.",
        )
        st.caption(
            "Each dot is one stay, the light line their median. A stay ends with a change of the "
            "leading emotion, a cut, or when the face leaves the picture."
        )


def _describe_chain(progression: Progression, changes: bool) -> str:
    chain = progression.changes if changes else progression.clock
    if not chain.total:
        return "Only what follows within a shot is counted; a cut is no change of the face."
    rate = chain.entropy_rate
    unit = "a change" if changes else "each half second"
    few = f" It rests on {chain.total} only, so take it lightly." if chain.total < _FEW else ""
    return (
        f"Read a row from the left: when this emotion leads, what comes next. Numbers with × are "
        f"counts; the percentages add {progression.settings.alpha:g} to each count, so that what "
        f"was not seen is not called impossible. Entropy rate: {rate:.2f} bits {unit}, as hard to "
        f"foretell as a free choice among {2**rate:.1f} emotions.{few}"
    )


def numbers_section(chosen: ChosenPerformance, progression: Progression) -> None:
    """The key numbers, each with what it tells, and the dynamics of each emotion."""
    st.subheader("The performance in numbers")
    numbers = progression.numbers
    shown = pd.DataFrame(
        {
            "": numbers["measure"],
            "value": [
                _quantity(value, unit)
                for value, unit in zip(numbers["value"], numbers["unit"], strict=True)
            ],
            "what it tells": numbers["meaning"],
        }
    )
    st.table(shown.set_index(""), border="horizontal")
    table_button("Numbers", lambda: numbers, chosen.file("numbers"))
    with st.expander("Emotion by emotion", icon=":material/table:"):
        st.caption(
            "Mean: the average share, or the average on the scale from -1 to 1. Inertia: how far a "
            "moment carries over to the one half a second later (a correlation). Volatility: the "
            "typical step from one half second to the next. Pairs: how many neighbours that rests "
            "on. Empty: too short to tell, or it never changes."
        )
        st.dataframe(
            progression.dynamics,
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(name, format="%.2f")
                for name in ("mean", "inertia", "volatility")
            },
        )


def valence_section(chosen: ChosenPerformance, progression: Progression) -> None:
    """The way through valence and arousal, and the shape of the valence arc."""
    st.subheader("Valence, arousal, and the shape of the arc")
    left, right = st.columns(2, gap="medium")
    with left:
        chart(
            draw_plane(progression),
            progression.arcs,
            chosen.file("valence and arousal"),
            "plane",
            "The way of the reading through the plane of valence and arousal.",
        )
        st.caption(
            "Dark at first, light at last, a dot every tenth of a second. Derived from the seven "
            "shares with the coordinates of Russell and Mehrabian (1977), and not measured on the "
            "face: no way leads outside of the seven points."
        )
    shapes = progression.shapes
    with right:
        chart(
            draw_shape(shapes),
            shapes.curve,
            chosen.file("shape"),
            "shape",
            "The course of valence with the nearest of the six basic shapes of stories.",
        )
        if shapes.best:
            best = shapes.table.iloc[0]
            st.markdown(
                f"Nearest shape: **{best['shape']}** (“{best['title']}”), which explains "
                f"{percent(best['explained'])} of its ups and downs "
                f"(correlation {best['correlation']:.2f}, distance {best['distance']:.2f} of 2)."
            )
        else:
            st.markdown(f"No shape is named. {shapes.note}")
        st.caption(
            "Reagan and others (2016) found six shapes in whole stories, by the words from the "
            "first page to the last. These are seconds of one face: a likeness is a way to talk "
            "about the scene, not a finding about it."
        )
        with st.expander("All six shapes", icon=":material/table:"):
            st.dataframe(shapes.table, hide_index=True)


def take_home(chosen: ChosenPerformance, progression: Progression) -> None:
    """All tables in one file."""
    st.download_button(
        "All tables (ZIP of CSV)",
        lambda: tables_to_zip(progression.tables()),
        f"{chosen.file('progression')}.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
    )


def _quantity(value: float, unit: str) -> str:
    if math.isnan(value):
        return "not known"
    counted = unit in ("", "of 7") and value == round(value)
    return f"{value:.0f} {unit}" if counted else f"{value:.2f} {unit}"
