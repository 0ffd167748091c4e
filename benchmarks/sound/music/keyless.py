"""Music without a key: notes drawn from all twelve, and drums alone."""

from __future__ import annotations

import numpy as np

from benchmarks.sound.music.midi import DRUMS, Note
from benchmarks.sound.music.truth import Piece

_SILENCE, _BEATS = 4.0, 64


def atonal(seed: int) -> Piece:
    """On each beat four new notes, all twelve pitch classes alike."""
    random = np.random.default_rng(seed)
    bpm = float(random.integers(60, 120))
    notes = [
        Note(start, start + 60 / bpm, int(pitch), 85, 0)
        for start in _times(bpm)
        for pitch in random.choice(np.arange(45, 80), 4, replace=False)
    ]
    return _piece(f"atonal {seed}", notes, {0: (48, 0, 19, 61)[seed % 4]}, bpm)


def drums(seed: int) -> Piece:
    """A beat without any pitch."""
    random = np.random.default_rng(seed)
    bpm = float(random.integers(70, 150))
    notes = []
    for k, start in enumerate(_times(bpm)):
        for half in (0.0, 30 / bpm):
            notes.append(Note(start + half, start + half + 0.1, 42, 75, DRUMS))
        notes.append(Note(start, start + 0.1, (36, 38)[k % 2], 105, DRUMS))
        if random.random() < 0.3:
            notes.append(Note(start + 30 / bpm, start + 30 / bpm + 0.1, 45, 90, DRUMS))
    return _piece(f"drums {seed}", notes, {}, bpm)


def _times(bpm: float) -> list[float]:
    return [_SILENCE + k * 60 / bpm for k in range(_BEATS)]


def _piece(name: str, notes: list[Note], programs: dict[int, int], bpm: float) -> Piece:
    end = _SILENCE + _BEATS * 60 / bpm
    return Piece(
        name=name,
        notes=tuple(notes),
        programs=programs,
        seconds=end + _SILENCE,
        chords=(),
        keys=(),
        tempi=((_SILENCE, end, bpm),),
        beats=tuple(_times(bpm)),
        changes=(_SILENCE, end),
    )
