"""Music of which everything is known: what a piece holds besides its notes."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.sound.music.midi import Note

NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class Piece:
    """Notes, and what a reader should find in them; times in seconds.

    Attributes:
        name: what it is.
        notes: to be played.
        programs: of General MIDI, by channel.
        seconds: how long its sound is.
        chords: (start, end, name such as "Am"); where none is given, nothing is scored.
        keys: (start, end, name such as "A minor").
        tempi: (start, end, beats a minute).
        beats: of the tempi.
        changes: where keys, instruments or tempi change, music begins or ends.
    """

    name: str
    notes: tuple[Note, ...]
    programs: dict[int, int]
    seconds: float
    chords: tuple[tuple[float, float, str], ...]
    keys: tuple[tuple[float, float, str], ...]
    tempi: tuple[tuple[float, float, float], ...]
    beats: tuple[float, ...]
    changes: tuple[float, ...]


def chord_name(root: int, minor: bool) -> str:
    """ "Am", "C"."""
    return NAMES[root % 12] + ("m" if minor else "")


def key_name(tonic: int, minor: bool) -> str:
    """ "A minor", "C major"."""
    return f"{NAMES[tonic % 12]} {'minor' if minor else 'major'}"
