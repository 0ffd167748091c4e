"""The switch for a comparison of readings relative to the faces at rest."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from emotion_core.library.queries.performances import PerformanceEntry
from emotion_core.performance.resting import CAVEAT, describe_resting, resting_of
from pages.shared.performance_picker import read_performance
from pages.shared.text import RELATIVE, RELATIVE_HELP, as_text
from pages.shared.users.caches import per_library


def choose_relative(keys: tuple[str, ...], entries: Sequence[PerformanceEntry]) -> bool:
    """A switch; it says who has no known face at rest, and then nothing is relative.

    Args:
        keys: that tell the performances, with their neutral faces.
        entries: the performances.
    """
    if not st.toggle(RELATIVE, key="relative-to-rest", help=RELATIVE_HELP):
        return False
    lacking = _lacking(keys, entries)
    for words in lacking:
        st.warning(as_text(words), icon=":material/sentiment_neutral:")
    if lacking:
        st.caption("Readings relative to rest are compared only with others of that kind.")
        return False
    st.caption(f"Each performance is relative to its own resting face. {CAVEAT}")
    return True


@per_library(st.cache_data(show_spinner=False, max_entries=16))
def _lacking(keys: tuple[str, ...], _entries: Sequence[PerformanceEntry]) -> list[str]:
    """Of each performance without a known face at rest, why there is none."""
    found = [(entry.title, resting_of(read_performance(entry))) for entry in _entries]
    return [f"{title}: {describe_resting(rest)}" for title, rest in found if not rest.known]
