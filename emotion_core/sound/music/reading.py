"""What is heard of the music of a clip."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

UNSURE = "can't tell"

SECTION_COLUMNS = {"start": "float64", "end": "float64"}
TEMPO_COLUMNS = {
    **SECTION_COLUMNS,
    **dict.fromkeys(("bpm", "other_bpm", "confidence"), "float64"),
    "sure": "bool",
}
BEAT_COLUMNS = {"time": "float64", "confidence": "float64", "sure": "bool"}
KEY_COLUMNS = {**SECTION_COLUMNS, "key": "string", "confidence": "float64", "sure": "bool"}
CHORD_COLUMNS = {**SECTION_COLUMNS, "chord": "string", "confidence": "float64", "sure": "bool"}
CHANGE_COLUMNS = {"time": "float64", "strength": "float64", "kind": "string"}


@dataclass(frozen=True, slots=True)
class MusicReading:
    """Tables, each by time in seconds of the clip; none has a row where there is no music.

    ``confidence`` is how likely a row is to be right, 0 to 1, by a logistic regression on pieces
    whose truth is known; ``sure`` is where it is high. Where it is not, the answer is
    :data:`UNSURE`, and what the row names is only the best guess.

    Attributes:
        sections: ``start, end`` of music.
        tempi: ``start, end, bpm, other_bpm, confidence, sure``; ``bpm`` may be half or twice of
            what a listener taps, and ``other_bpm`` is the likelier of those two. The confidence is
            that of ``bpm`` being right but for such a factor of two or three. A section of less
            than 5 s has none.
        beats: ``time, confidence, sure`` of the tempo that they belong to.
        keys: ``start, end, key, confidence, sure``; such as "A minor".
        chords: ``start, end, chord, confidence, sure``; "C", "Am", or "N" for no chord, of which
            nothing is ever sure. They cover the sections without gaps.
        changes: ``time, strength, kind``: "begins" and "ends" of a section, and within it
            "harmony", "timbre" or "level" by what changes most, strength 0 to 1.
    """

    sections: pd.DataFrame
    tempi: pd.DataFrame
    beats: pd.DataFrame
    keys: pd.DataFrame
    chords: pd.DataFrame
    changes: pd.DataFrame
