"""The music beneath a performance: what sounds during each part of a face's progression.

A face's progression is a row of emotional chords and beats
(:mod:`emotion_core.performance.chords`). Here only their times count, so that any parts of a clip
can be laid over its music.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion_core.sound.music.progressions.numerals import numeral
from emotion_core.sound.music.reading import UNSURE, MusicReading

ARROW = "–"
# Seconds of a chord within a part that count: less is how far the borders of a chord may be off.
_LEAST = 0.25
_COLUMNS = {
    **dict.fromkeys(("start", "end", "music"), "float64"),
    **dict.fromkeys(("key", "chords", "numerals"), "string"),
    **dict.fromkeys(("sure", "changes"), "float64"),
}


def music_beneath(segments: pd.DataFrame, reading: MusicReading) -> pd.DataFrame:
    """Which keys and chords sound during each segment.

    Args:
        segments: ``start`` and ``end`` in seconds of the clip, such as those of
            :func:`~emotion_core.performance.chords.chord.chords_of`.
        reading: of the clip.

    Returns:
        One row a segment, under the index of ``segments``: ``start, end``; ``music``, the share of
        its time in which there is any; ``key``, such as "C major", several one after the other;
        ``chords``, such as "Am–F"; ``numerals``, the same by their place in the key, such as
        "vi–IV", where both are sure; ``sure``, the share of its music in which the chord is sure;
        ``changes``, how many changes of the score fall into it. Where nothing is sure it says
        "can't tell" and leaves out what is not sure between other things; empty where there is no
        music.
    """
    sections, keys = _Rows.of(reading.sections), _Rows.of(reading.keys, "key")
    chords = _Rows.of(reading.chords, "chord")
    degrees = _numerals(chords, keys)
    times = np.sort(reading.changes["time"].to_numpy(np.float64))
    rows = []
    for start, end in segments[["start", "end"]].to_numpy(np.float64).tolist():
        length = max(end - start, 1e-9)
        music = float(sections.within(start, end)[1].sum())
        own, seconds = chords.within(start, end, min(_LEAST, length / 2))
        is_sure = chords.sure[own]
        sure = float(seconds[is_sure].sum()) / music if music else 0.0
        first, last = np.searchsorted(times, [start, end])
        in_keys = keys.within(start, end)[0]
        named = keys.names[in_keys[keys.sure[in_keys]]], chords.names[own[is_sure]]
        words = [_words(list(names), music > 0) for names in (*named, filter(None, degrees[own]))]
        rows.append((start, end, music / length, *words, min(sure, 1.0), float(last - first)))
    table = pd.DataFrame(rows, columns=list(_COLUMNS), index=segments.index)
    return table.astype(_COLUMNS)


def chord_changes(reading: MusicReading) -> np.ndarray:
    """Seconds at which a chord that is sure follows another that is sure, within a section."""
    chords = reading.chords
    if len(chords) < 2:
        return np.zeros(0)
    start, end = chords["start"].to_numpy(), chords["end"].to_numpy()
    sure = chords["sure"].to_numpy(bool)
    follows = np.abs(start[1:] - end[:-1]) < 1e-6
    return np.asarray(start[1:][follows & sure[1:] & sure[:-1]], np.float64)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Columns of a table of the reading: n rows by time, without overlap."""

    start: np.ndarray
    end: np.ndarray
    names: np.ndarray
    sure: np.ndarray

    @classmethod
    def of(cls, table: pd.DataFrame, name: str = "") -> _Rows:
        start, end = (table[column].to_numpy(np.float64) for column in ("start", "end"))
        if not name:
            return cls(start, end, np.full(len(start), ""), np.ones(len(start), bool))
        return cls(start, end, table[name].to_numpy(object), table["sure"].to_numpy(bool))

    def within(self, start: float, end: float, least: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the rows that overlap, and how many seconds of each do."""
        first = int(np.searchsorted(self.end, start, side="right"))
        own = np.arange(first, max(int(np.searchsorted(self.start, end)), first))
        seconds = np.minimum(self.end[own], end) - np.maximum(self.start[own], start)
        kept = (seconds > 0) & (seconds >= least)
        return own[kept], seconds[kept]


def _numerals(chords: _Rows, keys: _Rows) -> np.ndarray:
    """(n,) each chord by its place in the key at its middle; empty where one is not sure."""
    middles = (chords.start + chords.end) / 2
    places = np.searchsorted(keys.start, middles, side="right") - 1
    found = np.full(len(middles), "", object)
    for k, (middle, place) in enumerate(zip(middles, places, strict=True)):
        known = place >= 0 and middle < keys.end[place] and keys.sure[place]
        if known and chords.sure[k]:
            found[k] = numeral(chords.names[k], keys.names[place])
    return found


def _words(names: list[str], has_music: bool) -> str:
    kept = [name for k, name in enumerate(names) if k == 0 or name != names[k - 1]]
    return ARROW.join(kept) if kept else UNSURE if has_music else ""
