"""The tables of a reading out of what was found in its sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from emotion_core.sound.music.chords import CHORDS, NO_CHORD, ChordRun
from emotion_core.sound.music.confidence import CHORD, KEY, SURE, TEMPO, Weights
from emotion_core.sound.music.keys import KEYS, KeyRun
from emotion_core.sound.music.paths import Values
from emotion_core.sound.music.reading import (
    BEAT_COLUMNS,
    CHORD_COLUMNS,
    KEY_COLUMNS,
    TEMPO_COLUMNS,
)
from emotion_core.sound.music.spectra import ROWS
from emotion_core.sound.music.tempo import TempoRun


class _Run(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def evidence(self) -> tuple[float, ...]: ...


def table(rows: Iterable[Sequence[object]], columns: dict[str, str]) -> pd.DataFrame:
    """Rows under the names and types of columns."""
    return pd.DataFrame(list(rows), columns=list(columns)).astype(columns)


def tempo_tables(found: Sequence[tuple[int, TempoRun]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tempi and beats.

    Args:
        found: first row of the section, and a tempo in it.
    """
    confidences = _confidences(TEMPO, found)
    tempi, beats = [], []
    for (first, run), confidence in zip(found, confidences, strict=True):
        sure = bool(confidence >= SURE)
        span = _span(first, run)
        tempi.append((*span, run.bpm, run.other, confidence, sure))
        beats += [(first / ROWS + beat, confidence, sure) for beat in run.beats.tolist()]
    return table(tempi, TEMPO_COLUMNS), table(beats, BEAT_COLUMNS)


def key_table(found: Sequence[tuple[int, KeyRun]]) -> pd.DataFrame:
    """Keys; ``found`` as in :func:`tempo_tables`."""
    confidences = _confidences(KEY, found)
    rows = [
        (*_span(first, run), KEYS[run.key], confidence, bool(confidence >= SURE))
        for (first, run), confidence in zip(found, confidences, strict=True)
    ]
    return table(rows, KEY_COLUMNS)


def chord_table(found: Sequence[tuple[int, ChordRun]]) -> pd.DataFrame:
    """Chords; ``found`` as in :func:`tempo_tables`."""
    rows = []
    for (first, run), confidence in zip(found, _confidences(CHORD, found), strict=True):
        name = CHORDS[run.chord]
        value = 0.0 if name == NO_CHORD else float(confidence)
        rows.append((*_span(first, run), name, value, value >= SURE))
    return table(rows, CHORD_COLUMNS)


def _confidences(weights: Weights, found: Sequence[tuple[int, _Run]]) -> Values:
    if not found:
        return np.zeros(0)
    return weights.confidence(np.array([run.evidence for _, run in found]))


def _span(first: int, run: _Run) -> tuple[float, float]:
    return (first + run.start) / ROWS, (first + run.end) / ROWS
