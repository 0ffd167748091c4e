"""Compare: performances side by side, across films and takes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.errors import EmotionCoreError, LibraryError
from emotion_core.export.report.limits import COMPARISON_LIMITS
from emotion_core.library.queries.performances import PerformanceEntry
from emotion_core.performance.comparison.comparison import FEWEST, Comparison, compare
from emotion_core.performance.resting import relative_name, relative_performance
from pages.compare.groups import groups
from pages.compare.in_time import divergences, move_players, over_time, players
from pages.compare.movements import movements
from pages.compare.numbers import chords_and_complexity, in_words, shares
from pages.compare.regions import regions
from pages.compare.resting import choose_relative
from pages.compare.same_line import same_line
from pages.compare.tabs import tabs_on_demand
from pages.shared.export_button import comparison_buttons
from pages.shared.performance_picker import (
    choose_offered,
    choose_performances,
    chosen_addresses,
    read_performance,
    scene_of,
)
from pages.shared.text import as_text
from pages.shared.users.caches import per_library

_SCENES = "pages/scene/page.py"


def main() -> None:
    """Show the performances that the user chooses side by side."""
    st.caption(
        "Compare performances side by side: two characters, two takes, two films. Eme compares "
        "performed expressions. It cannot know what anyone feels, and it never grades."
    )
    entries = choose_offered("compare-film", chosen_addresses("grouped"))
    if len(entries) < FEWEST:
        st.info("You need two performances to compare. Analyze a clip first.")
        st.page_link(_SCENES, label="Go to Scene analysis", icon=":material/movie:")
        return
    chosen = choose_performances(entries)
    if len(chosen) < FEWEST:
        st.info(f"Choose at least {FEWEST} performances.")
    else:
        try:
            keys = tuple(f"{entry.key}:{entry.neutral_time}" for entry in chosen)
            comparison = _compare(keys, choose_relative(keys, chosen), chosen)
        except EmotionCoreError as error:
            st.error(as_text(str(error)), icon=":material/error:")
        else:
            _show(comparison, chosen, entries)
            return
    groups(entries)
    _cannot_mean()


def _show(
    comparison: Comparison,
    chosen: Sequence[PerformanceEntry],
    entries: Sequence[PerformanceEntry],
) -> None:
    """The players stay in view; what else there is to see stands in tabs below them."""
    in_words(comparison)
    players(comparison, chosen)
    _tabs(comparison, chosen, entries)


@st.fragment
def _tabs(
    comparison: Comparison,
    chosen: Sequence[PerformanceEntry],
    entries: Sequence[PerformanceEntry],
) -> None:
    """One tab at a time: what stands in the others is not drawn until they are opened."""
    move_players()
    tabs_on_demand(
        {
            "Moments": lambda: divergences(comparison, chosen),
            "Arcs": lambda: over_time(comparison),
            "Means": lambda: shares(comparison),
            "Chords and complexity": lambda: chords_and_complexity(comparison),
            "Movements": lambda: movements(comparison),
            "The same line": lambda: same_line(comparison, chosen),
            "Regions": lambda: regions(comparison, chosen),
            "Groups": lambda: groups(entries),
            "What this does not mean": _cannot_mean,
            "Downloads": lambda: comparison_buttons(
                comparison, [scene_of(entry) for entry in chosen]
            ),
        },
        "compared-tab",
    )


@per_library(st.cache_resource(show_spinner="Aligning the performances …", max_entries=8))
def _compare(
    keys: tuple[str, ...], relative: bool, _entries: Sequence[PerformanceEntry]
) -> Comparison:
    scenes = [scene_of(entry) for entry in _entries]
    performances = [read_performance(entry) for entry in _entries]
    titles = [entry.title for entry in _entries]
    if relative:
        performances = [relative_performance(one) or one for one in performances]
        titles = list(map(relative_name, titles))
    return compare(
        performances,
        titles=titles,
        models=[f"{short_name(scene.model.name)} ({scene.model.fingerprint})" for scene in scenes],
    )


def _cannot_mean() -> None:
    st.header("What this does not mean")
    st.markdown("\n".join(f"- **{head}** {rest}" for head, rest in COMPARISON_LIMITS))


try:
    main()
except LibraryError as error:
    st.error(as_text(str(error)), icon=":material/error:")
