"""Progression: how a face moves from one expression to the next."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from emotion_core.emotions.labels import percent
from emotion_core.errors import LibraryError
from emotion_core.performance.performance import Performance
from emotion_core.performance.progression import (
    Progression,
    ProgressionSettings,
    read_progression,
)
from emotion_core.performance.resting import (
    CAVEAT,
    RestingReading,
    describe_resting,
    resting_of,
)
from emotion_core.performance.wording.progression import describe_progression, describe_uncertainty
from emotion_core.render.figures.progression import (
    CHORD_START,
    Span,
    draw_arcs,
    draw_chords,
    drawn_chords,
    reach,
    within,
)
from pages.progression.character_picker import ChosenPerformance, choose_performance
from pages.progression.movements import movements_section
from pages.progression.music import music_section
from pages.progression.places import choose_chord, most_frequent, watch_places
from pages.progression.sections import (
    numbers_section,
    take_home,
    transitions_section,
    valence_section,
)
from pages.progression.settings import choose_settings, choose_span
from pages.shared.chart import chart
from pages.shared.text import as_text
from pages.shared.users.caches import per_library


def main() -> None:
    """Show how one performance moves from expression to expression."""
    st.caption(
        "See how a face moves from one expression to the next, like music from chord to chord. "
        "Eme reads the performed expression. It cannot know what anyone feels, and it never "
        "grades: a face that changes more is not better."
    )
    scene, character, settings = st.columns([6, 4, 2], vertical_alignment="bottom")
    chosen = choose_performance(scene, character)
    if chosen is None:
        return
    resting = _resting(f"{chosen.address}:{chosen.performance.neutral_time}", chosen.performance)
    with settings:
        wanted, relative = choose_settings(resting)
    if relative:
        chosen = chosen.relative_to(resting)
    progression = _read(chosen.address, wanted, chosen.performance)
    _describe(progression)
    if relative:
        st.caption(as_text(f"{describe_resting(resting)} {CAVEAT}"))
    span = _show_course(chosen, progression)
    music_section(chosen, progression, span)
    movements_section(chosen, span)
    watch_places(chosen, progression)
    transitions_section(chosen, progression)
    numbers_section(chosen, progression)
    valence_section(chosen, progression)
    take_home(chosen, progression)


# as they are and not copied at each run; nothing changes them
@per_library(st.cache_resource(show_spinner=False, max_entries=16))
def _read(address: str, settings: ProgressionSettings, _performance: Performance) -> Progression:
    return read_progression(_performance, settings)


@per_library(st.cache_resource(show_spinner=False, max_entries=32))
def _resting(address: str, _performance: Performance) -> RestingReading:
    return resting_of(_performance)


def _describe(progression: Progression) -> None:
    first, *others = map(as_text, describe_progression(progression))
    st.markdown(" ".join((f"**{first}**", *others)))
    if often := most_frequent(progression):
        st.markdown(often)
    if uncertainty := describe_uncertainty(progression):
        st.caption(as_text(uncertainty))


def _show_course(chosen: ChosenPerformance, progression: Progression) -> Span:
    """The figures over time; gives what part of it they show."""
    span = choose_span(f"span-{chosen.address}", reach(progression))
    arcs, chords = _figures_over_time(chosen.address, progression.settings, span, progression)
    chart(
        arcs,
        progression.arcs,
        chosen.file("arcs"),
        "arcs",
        "Lines of the seven emotions over time, with beats, cuts and gaps.",
    )
    st.caption(
        "A beat is a moment at which the reading changes and stays changed. Lines break at cuts "
        "(dotted) and where the face is out of view (grey): nothing is averaged or counted "
        "across. Hatched: the reading is unsure, so do not rely on the lines there."
    )
    chart(
        chords,
        progression.chords,
        chosen.file("chords"),
        "chords",
        "Blocks over time: which emotions are read together.",
        lambda data: choose_chord(chosen, progression, float(data[CHORD_START])),
    )
    st.caption(
        f"A chord is every emotion with at least {percent(progression.settings.threshold)}, up to "
        "three, the strongest at the bottom; the letters above are their initials. Hatched: at "
        f"least half of its readings are unsure. Click a block to watch it."
        + _left_out(progression, span)
    )
    return span


@per_library(st.cache_resource(show_spinner=False, max_entries=32))
def _figures_over_time(
    address: str, settings: ProgressionSettings, span: Span, _progression: Progression
) -> tuple[go.Figure, go.Figure]:
    return draw_arcs(_progression, span), draw_chords(_progression, span)


def _left_out(progression: Progression, span: Span) -> str:
    """Where not all chords are drawn: how many are, in a sentence."""
    drawn = len(drawn_chords(progression, span))
    all_of_them = len(within(progression.chords, *span, "end"))
    if drawn == all_of_them:
        return ""
    return f" The {drawn:,} longest of {all_of_them:,} are drawn; choose a shorter part to see all."


try:
    main()
except LibraryError as error:
    st.error(as_text(str(error)), icon=":material/error:")
