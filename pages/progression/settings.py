"""The settings of a progression: the fields for them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import streamlit as st

from emotion_core.performance.chords.beats import PENALTY
from emotion_core.performance.progression import ProgressionSettings
from emotion_core.performance.resting import RestingReading, describe_resting
from pages.shared.text import RELATIVE, RELATIVE_HELP

# Seconds from which on the figures over time can show a part.
_LONG = 600.0
_STEP = 10.0
_BEATS = {"few": 4 * PENALTY, "some": PENALTY, "many": PENALTY / 4}


def choose_settings(resting: RestingReading) -> tuple[ProgressionSettings, bool]:
    """Fields in a popover; the defaults of the core stand in them.

    Args:
        resting: of the character.

    Returns:
        The settings, and whether readings are to be relative to the face at rest.
    """
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
        relative = st.toggle(
            RELATIVE, key="relative-to-rest", disabled=not resting.known, help=RELATIVE_HELP
        )
        st.caption(describe_resting(resting))
    settings = ProgressionSettings(
        sigma=sigma, threshold=threshold / 100, shortest=shortest, penalty=_BEATS[beats]
    )
    return settings, relative and resting.known


def choose_span(key: str, whole: tuple[float, float]) -> tuple[float, float]:
    """A slider for the part of a long clip that figures show, so that a part is seen in full.

    Args:
        key: unique on the page, and of the performance.
        whole: from when to when it lasts, in seconds of the clip.

    Returns:
        From when to when; all of it for a short clip.
    """
    first, last = whole
    if last - first <= _LONG:
        return whole
    low, high = _STEP * (first // _STEP), _STEP * -(-last // _STEP)
    start, end = st.slider(
        "Part of the clip",
        _clock(low),
        _clock(high),
        (_clock(low), _clock(high)),
        timedelta(seconds=_STEP),
        format="H:mm:ss",
        key=key,
        help="The figures over time below show this part. Of a long part they leave out points "
        "that would lie on the same pixel; move the ends closer to see all of them.",
    )
    chosen = max(first, _seconds(start)), min(last, _seconds(end))
    return chosen if chosen[0] < chosen[1] else (chosen[0], chosen[0] + _STEP)


def _clock(seconds: float) -> time:
    # no clip lasts a day
    return (datetime.min + timedelta(seconds=min(seconds, 86_399))).time()


def _seconds(clock: time) -> float:
    return (datetime.combine(datetime.min, clock) - datetime.min).total_seconds()
