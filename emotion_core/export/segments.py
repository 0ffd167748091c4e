"""What is reported about a character over time, as text from one moment to another."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from emotion_core.emotions.labels import percent
from emotion_core.emotions.uncertainty import mark_unsure
from emotion_core.performance.progression import Progression


@dataclass(frozen=True, slots=True)
class Segment:
    """A text that holds for a while.

    Attributes:
        start, end: milliseconds of the clip, ``start`` below ``end``.
        text: what holds.
    """

    start: int
    end: int
    text: str


def chord_segments(progression: Progression) -> list[Segment]:
    """The chords in words, by time, none over another.

    ``sad with fear``, or ``unsure, perhaps sad with fear (too small)`` where at least half of
    its readings are unsure.
    """
    chords = progression.chords
    return _segments(chords, [str(name) for name in chords["name"]])


def state_segments(progression: Progression) -> list[Segment]:
    """The leading emotion with its mean share, ``sad 62%``, and as unsure as with chords."""
    states = progression.states
    texts = [
        f"{emotion} {percent(share)}"
        for emotion, share in zip(states["emotion"], states["share"], strict=True)
    ]
    return _segments(states, texts)


def milliseconds(seconds: float) -> int:
    """Whole milliseconds, never below 0."""
    return max(round(1000 * seconds), 0)


def _segments(runs: pd.DataFrame, texts: list[str]) -> list[Segment]:
    found = []
    for start, end, unsure, text in zip(
        runs["start"], runs["end"], runs["unsure"], texts, strict=True
    ):
        first, last = milliseconds(start), milliseconds(end)
        if first < last:
            found.append(Segment(first, last, mark_unsure(text, unsure)))
    return found
