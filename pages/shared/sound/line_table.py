"""How several performers say the same lines, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from emotion_core.text import format_time

_NUMBERS = {
    "length": ("Length", "%.1f s", "Of the speech, within the times that the line has."),
    "pace": ("Pace", "%.1f /s", "Syllables a second, without pauses."),
    "pitch": ("Pitch", "%+.1f st", "Semitones above or below the character's own usual."),
    "pitch_range": ("Pitch range", "%.1f st", "Semitones within which most of the line lies."),
    "loudness": ("Loudness", "%+.1f LU", "Above or below the character's own usual."),
    "filled": ("Of the utterance", "percent", "Its voice is that of all of the utterance."),
}
_WORDS = {"delivery": "Voice", "strongest": "Strongest word", "face": "Face"}


def show_line_table(table: pd.DataFrame, titles: Sequence[str], *, many: bool = True) -> None:
    """A row a line and performance; what is known of none is left out.

    Args:
        table: of :func:`~emotion_core.performance.delivery.same_lines.same_lines`.
        titles: what the performances are called.
        many: whether there may be several lines, at several times of scenes.
    """
    who = {"Who": [titles[place] for place in table["performance"]]}
    times = [format_time(start) for start in table["start"]]
    lines = {"Line": table["line"] + 1, **who, "Words": table["text"], "Time": times}
    shown = pd.DataFrame(lines if many else who)
    for column, (label, _, _) in _NUMBERS.items():
        if table[column].notna().any():
            shown[label] = table[column]
    for column, label in _WORDS.items():
        if table[column].ne("").any():
            shown[label] = table[column]
    numbers = {
        label: st.column_config.NumberColumn(format=kind, help=words)
        for label, kind, words in _NUMBERS.values()
    }
    st.dataframe(shown, hide_index=True, column_config=numbers, placeholder="")
