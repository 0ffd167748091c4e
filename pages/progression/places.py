"""Progressions, chords and beats of a performance, each with the places where it is played."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from emotion_core.performance.progression import Progression
from emotion_core.performance.unsure import unsure_between
from emotion_core.text import format_time
from pages.players.excerpt.player import Excerpt, excerpt_player
from pages.progression.character_picker import ChosenPerformance
from pages.shared import services
from pages.shared.table_button import table_button
from pages.shared.text import as_text

# As many places are buttons; more are a list.
_BUTTONS = 24
_FREQUENT = 3

# what it is called -> where it is played, (start, end) in seconds
Places = dict[str, list[tuple[float, float]]]


@st.fragment
def watch_places(chosen: ChosenPerformance, progression: Progression) -> None:
    """Choose what to watch on the left, watch it on the right."""
    st.header("Watch chords, progressions and beats")
    tables = {
        "Progressions": progression.examples,
        "Chords": progression.chords,
        "Beats": progression.beats,
    }
    kinds = [kind for kind, table in tables.items() if len(table)]
    left, right = st.columns(2, gap="medium")
    with left:
        key = _key("kind", chosen, progression)
        st.session_state.setdefault(key, kinds[0])  # a click on a chord sets it as well
        kind = st.segmented_control("Show", kinds, required=True, key=key) or kinds[0]
        if "Progressions" not in kinds:
            st.caption("No chord follows another within a shot, so there is no progression.")
        excerpt = _choose_place(kind, chosen, progression)
        table_button(
            f"All {kind.lower()}", lambda: tables[kind], chosen.file(f"all {kind.lower()}")
        )
    with right:
        video = services.find_video(chosen.scene)
        if video is None:
            st.info("The clip has been moved or deleted, so it cannot be played.")
            return
        source = _key("", chosen, progression)
        excerpt_player(
            video,
            excerpt,
            progression.chords,
            source=source,
            key="progression",
            charts=("arcs", "chords", "music", "movements"),
        )


def choose_chord(chosen: ChosenPerformance, progression: Progression, start: float) -> None:
    """Have a chord watched, as if it had been chosen by hand; before the page runs.

    Args:
        chosen, progression: whose chord.
        start: when the chord begins, seconds.
    """
    for label, places in _chords(progression).items():
        for index, (begin, _) in enumerate(places):
            if abs(begin - start) < 1e-6:
                st.session_state[_key("kind", chosen, progression)] = "Chords"
                st.session_state[_key("what-Chords", chosen, progression)] = label
                st.session_state[_key(f"where-Chords-{label}", chosen, progression)] = index


def most_frequent(progression: Progression) -> str:
    """The progressions that come more than once, in a sentence; empty where none does."""
    often = progression.progressions
    often = often[often["times"] > 1].head(_FREQUENT)
    named = [
        f"{name} ({_times(times)})"
        for name, times in zip(often["name"], often["times"], strict=True)
    ]
    return as_text("Most frequent progressions: " + ", ".join(named) + ".") if named else ""


def _choose_place(kind: str, chosen: ChosenPerformance, progression: Progression) -> Excerpt:
    if kind == "Progressions":
        found = _progressions(progression, _choose_length(chosen, progression))
    else:
        found = _chords(progression) if kind == "Chords" else _beats(progression)
    label = st.selectbox(
        kind,
        list(found),
        format_func=lambda label: f"{label} · {_times(len(found[label]))}",
        key=_key(f"what-{kind}", chosen, progression),
        label_visibility="collapsed",
    )
    places = found[label]
    index = 0
    if len(places) > 1:
        choose: Any = st.pills if len(places) <= _BUTTONS else st.selectbox
        key = _key(f"where-{kind}-{label}", chosen, progression)
        st.session_state.setdefault(key, 0)
        index = (
            choose(
                "When",
                range(len(places)),
                format_func=lambda k: format_time(places[k][0]),
                key=key,
                **({"required": True} if choose is st.pills else {}),
            )
            or 0
        )
    start, end = places[index]
    (reason,) = unsure_between(chosen.performance, [start], [end])
    unsure = f" Unsure: {reason}." if reason else ""
    st.caption(f"Plays from {format_time(start)} to {format_time(end)}.{unsure}")
    return Excerpt(start, end, label)


def _choose_length(chosen: ChosenPerformance, progression: Progression) -> int:
    lengths: list[int] = sorted(progression.progressions["length"].unique().tolist())
    length = st.segmented_control(
        "Number of chords",
        lengths,
        default=lengths[0],
        required=True,
        key=_key("length", chosen, progression),
    )
    return length or lengths[0]


def _progressions(progression: Progression, length: int) -> Places:
    own = progression.progressions[progression.progressions["length"] == length]
    by_key = progression.examples.groupby("progression")[["play_from", "play_to"]]
    return {
        str(name): _pairs(by_key.get_group(key))
        for key, name in zip(own["progression"], own["name"], strict=True)
    }


def _chords(progression: Progression) -> Places:
    shares = progression.chord_shares
    by_key = progression.chords.groupby("chord")[["start", "end"]]
    return {
        str(name): _pairs(by_key.get_group(key))
        for key, name in zip(shares["chord"], shares["name"], strict=True)
    }


def _beats(progression: Progression) -> Places:
    """The largest change first."""
    beats = progression.beats.sort_values("change", ascending=False, kind="stable")
    by_key = beats.groupby(beats["before"] + " → " + beats["after"], sort=False)
    return {str(name): _pairs(own[["play_from", "play_to"]]) for name, own in by_key}


def _pairs(rows: pd.DataFrame) -> list[tuple[float, float]]:
    pairs: Iterable[Iterable[float]] = rows.to_numpy()
    return [(float(start), float(end)) for start, end in pairs]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _key(name: str, chosen: ChosenPerformance, progression: Progression) -> str:
    """Of a widget: choices begin anew where the performance is read with other settings."""
    return f"{name}-{hash((chosen.address, progression.settings)):x}"
