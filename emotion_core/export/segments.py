"""What is reported about a character over time, as text from one moment to another."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from emotion_core.emotions.labels import percent
from emotion_core.export.report_data import uncertainty_of_runs
from emotion_core.performance.performance import Performance
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


def chord_segments(performance: Performance, progression: Progression) -> list[Segment]:
    """The chords in words, by time, none over another.

    ``sad with fear``, or ``unsure, perhaps sad with fear (too small)`` where the face is hard to
    see for at least half of it.
    """
    uncertainty = uncertainty_of_runs(performance, progression.chords)
    texts = [
        f"unsure, perhaps {name} ({reason})" if reason else str(name)
        for name, reason in zip(progression.chords["name"], uncertainty, strict=True)
    ]
    return _segments(progression.chords, texts)


def state_segments(performance: Performance, progression: Progression) -> list[Segment]:
    """The leading emotion with its mean share, ``sad 62%``, and as unsure as with chords."""
    states = progression.states
    texts = []
    for emotion, share, reason in zip(
        states["emotion"], states["share"], uncertainty_of_runs(performance, states), strict=True
    ):
        label = f"{emotion} {percent(share)}"
        texts.append(f"unsure, perhaps {label} ({reason})" if reason else label)
    return _segments(states, texts)


def milliseconds(seconds: float) -> int:
    """Whole milliseconds, never below 0."""
    return max(round(1000 * seconds), 0)


def _segments(runs: pd.DataFrame, texts: list[str]) -> list[Segment]:
    found = []
    for start, end, text in zip(runs["start"], runs["end"], texts, strict=True):
        first, last = milliseconds(start), milliseconds(end)
        if first < last:
            found.append(Segment(first, last, text))
    return found
