"""The sections of the page Progression below its story."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from emotion_core.emotions.labels import percent
from emotion_core.export.archives import tables_to_zip
from emotion_core.performance.progression import Progression, ProgressionSettings
from emotion_core.render.figures.progression_parts import (
    dots_of_plane,
    draw_plane,
    draw_shape,
    draw_stays,
    draw_transitions,
)
from pages.progression.character_picker import ChosenPerformance
from pages.shared.chart import chart
from pages.shared.table_button import table_button, table_format
from pages.shared.users.caches import per_library

_FEW = 10
_CHAINS = {"changes": "By change of emotion", "clock": "Every half second"}


@st.fragment
def transitions_section(chosen: ChosenPerformance, progression: Progression) -> None:
    """What follows what, how surely, and how long emotions stay."""
    st.header("Transitions")
    kind = st.segmented_control(
        "Count",
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
            _figure(draw_stays, chosen, progression),
            progression.states,
            chosen.file("stays"),
            "stays",
            "For each emotion, how long it leads at a time, and the median.",
        )
        st.caption(
            "Each dot is one time that the emotion leads, the thin line is the median. It ends "
            "when another emotion takes the lead, at a cut, or when the face leaves the picture. "
            "A hollow dot is unsure."
        )


def _figure(
    draw: Callable[[Progression], go.Figure], chosen: ChosenPerformance, progression: Progression
) -> go.Figure:
    return _drawn(draw.__name__, chosen.address, progression.settings, draw, progression)


@per_library(st.cache_resource(show_spinner=False, max_entries=64))
def _drawn(
    name: str,
    address: str,
    settings: ProgressionSettings,
    _draw: Callable[[Progression], go.Figure],
    _progression: Progression,
) -> go.Figure:
    return _draw(_progression)


def _describe_chain(progression: Progression, changes: bool) -> str:
    chain = progression.changes if changes else progression.clock
    if not chain.total:
        return "Only changes within a shot count; a cut is not a change of the face."
    rate = chain.entropy_rate
    unit = "per change" if changes else "per half second"
    few = f" Based on only {chain.total}: treat it with care." if chain.total < _FEW else ""
    count = int(chain.unsure.sum())
    unsure = f"{count} of {chain.total} come from or lead to an unsure reading. " if count else ""
    return (
        "Read along a row: after this emotion leads, which one comes next? Numbers with × are "
        f"counts; an empty field was never seen. Each percentage adds "
        f"{progression.settings.alpha:g} to all counts of its row, so that what was not seen here "
        f"is not called impossible. {unsure}Entropy rate: {rate:.2f} bits {unit}, as "
        f"hard to predict as a free choice between {2**rate:.1f} emotions.{few}"
    )


def numbers_section(chosen: ChosenPerformance, progression: Progression) -> None:
    """The key numbers, each with what it means, and the dynamics of each emotion."""
    st.header("The performance in numbers")
    numbers = progression.numbers
    shown = pd.DataFrame(
        {
            "": numbers["measure"],
            "value": [
                _quantity(value, unit)
                for value, unit in zip(numbers["value"], numbers["unit"], strict=True)
            ],
            "what it means": numbers["meaning"],
        }
    )
    st.table(shown.set_index(""), border="horizontal")
    table_button("Numbers", lambda: numbers, chosen.file("numbers"))
    with st.expander("Each emotion in numbers", icon=":material/table:"):
        st.caption(
            "Mean: the average probability, or the average on the scale from -1 to 1. Inertia: "
            "how much a value carries over to the next half second (a correlation). Volatility: "
            "the typical step from one half second to the next. Pairs: how many such steps were "
            "measured. Empty: too short to measure, or it never changes."
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
    st.header("Valence, arousal, and the shape of the arc")
    left, right = st.columns(2, gap="medium")
    with left:
        chart(
            _figure(draw_plane, chosen, progression),
            progression.arcs,
            chosen.file("valence and arousal"),
            "plane",
            "Path of the reading through valence and arousal.",
        )
        st.caption(
            f"From dark (start) to light (end), a dot every {_tenths(progression)}. Computed from "
            "the seven probabilities with the coordinates of Russell and Mehrabian (1977), not "
            "measured on the face, so the path stays between the seven points."
        )
    shapes = progression.shapes
    with right:
        chart(
            draw_shape(shapes),
            shapes.curve,
            chosen.file("shape"),
            "shape",
            "Valence over time with the closest of six basic story shapes.",
        )
        if shapes.best:
            best = shapes.table.iloc[0]
            st.markdown(
                f"Closest shape: **{best['shape']}** (“{best['title']}”). It explains "
                f"{percent(best['explained'])} of the variation (correlation "
                f"{best['correlation']:.2f}, distance {best['distance']:.2f} of 2)."
            )
        else:
            st.markdown(f"No shape fits. {shapes.note}")
        st.caption(
            "Reagan and others (2016) found six shapes in the words of whole stories. This is a "
            "few seconds of one face: a similar shape is a way to talk about the scene, not a "
            "finding."
        )
        with st.expander("All six shapes", icon=":material/table:"):
            st.dataframe(shapes.table, hide_index=True)


def _tenths(progression: Progression) -> str:
    tenths = dots_of_plane(progression)
    return "tenth of a second" if tenths == 1 else f"{tenths / 10:g} seconds"


def take_home(chosen: ChosenPerformance, progression: Progression) -> None:
    """All tables in one file."""
    wanted = table_format()
    st.download_button(
        f"All tables (ZIP of {wanted.ending.upper()})",
        lambda: tables_to_zip(progression.tables(), wanted),
        f"{chosen.file('progression')}.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
    )


def _quantity(value: float, unit: str) -> str:
    if math.isnan(value):
        return "unknown"
    counted = unit in ("", "of 7") and value == round(value)
    return f"{value:.0f} {unit}" if counted else f"{value:.2f} {unit}"
