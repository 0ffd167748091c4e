"""The settings of a progression: the fields for them."""

from __future__ import annotations

import streamlit as st

from emotion_core.performance.chords.beats import PENALTY
from emotion_core.performance.progression import ProgressionSettings

_BEATS = {"few": 4 * PENALTY, "some": PENALTY, "many": PENALTY / 4}


def choose_settings() -> ProgressionSettings:
    """Fields in a popover; the defaults of the core stand in them."""
    plain = ProgressionSettings()
    with st.popover("Settings", icon=":material/tune:", width="stretch"):
        sigma = st.slider(
            "Smoothing (seconds)",
            0.0,
            1.0,
            plain.sigma,
            0.05,
            help="Averages readings over about twice this time before and after, but never "
            "across a cut. 0 shows every flicker.",
        )
        threshold = st.slider(
            "Chord threshold (%)",
            10,
            50,
            round(100 * plain.threshold),
            5,
            help="Emotions with at least this probability are part of the chord, up to three. "
            "The leading emotion always is.",
        )
        shortest = st.slider(
            "Shortest chord (seconds)",
            0.0,
            2.0,
            plain.shortest,
            0.1,
            help="Shorter chords are divided between their neighbours.",
        )
        beats = st.select_slider(
            "Beats",
            list(_BEATS),
            "some",
            help="How large and lasting a change must be to count. Some: half of the reading "
            "changes, for a second on either side. Few: four times as much. Many: a quarter "
            "of it.",
        )
    return ProgressionSettings(
        sigma=sigma, threshold=threshold / 100, shortest=shortest, penalty=_BEATS[beats]
    )
