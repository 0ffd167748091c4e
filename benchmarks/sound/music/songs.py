"""Music made up: progressions of chords for several ensembles, in two parts that differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.sound.music.midi import DRUMS, Note
from benchmarks.sound.music.truth import Piece, chord_name, key_name

# Scale degrees in semitones over the tonic, and whether the chord is minor. Each begins on the
# tonic, and so does the bar after the last one: which key it is leaves no doubt.
MAJOR = (
    ((0, False), (7, False), (9, True), (5, False)),
    ((0, False), (5, False), (7, False), (0, False)),
    ((0, False), (9, True), (2, True), (7, False)),
    ((0, False), (4, True), (5, False), (7, False)),
    ((0, False), (5, False), (2, True), (7, False)),
)
MINOR = (
    ((0, True), (8, False), (3, False), (10, False)),
    ((0, True), (5, True), (7, False), (0, True)),
    ((0, True), (8, False), (5, True), (7, False)),
    ((0, True), (10, False), (8, False), (7, False)),
    ((0, True), (3, False), (5, True), (7, False)),
)
SCALES = {False: (0, 2, 4, 5, 7, 9, 11), True: (0, 2, 3, 5, 7, 8, 10)}
_BARS, _BEATS = 8, 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of four beats under one chord."""

    start: float
    beat: float
    root: int
    minor: bool
    scale: tuple[int, ...]

    @property
    def end(self) -> float:
        """Seconds."""
        return self.start + _BEATS * self.beat

    def chord(self, lowest: int) -> list[int]:
        """Its three notes from a key number on, close together."""
        third = 3 if self.minor else 4
        return [lowest + (self.root + step - lowest) % 12 for step in (0, third, 7)]


Player = Callable[[Bar, np.random.Generator], list[Note]]


def strings(bar: Bar, _: np.random.Generator) -> list[Note]:
    """Held chords: nothing but their changes tells the tempo."""
    notes = [Note(bar.start, bar.end, pitch, 80, 0) for pitch in bar.chord(55)]
    return [*notes, Note(bar.start, bar.end, bar.chord(40)[0], 85, 1)]


def piano(bar: Bar, random: np.random.Generator) -> list[Note]:
    """Broken chords in eighths over a bass, and a tune."""
    tones, notes = bar.chord(52), [Note(bar.start, bar.end, bar.chord(36)[0], 90, 0)]
    for k, place in enumerate((0, 1, 2, 1) * 2):
        start = bar.start + k * bar.beat / 2
        notes.append(Note(start, start + bar.beat, tones[place], 75 + 15 * (k % 2 == 0), 0))
    return notes + tune(bar, random, 2)


def band(bar: Bar, random: np.random.Generator) -> list[Note]:
    """Drums, bass, strummed chords and a tune."""
    notes = []
    for k in range(2 * _BEATS):
        start = bar.start + k * bar.beat / 2
        stop = start + bar.beat / 4
        notes.append(Note(start, stop, 42, 70, DRUMS))
        if k % 2 == 0:
            notes.append(Note(start, stop, 36 if k % 4 == 0 else 38, 100, DRUMS))
            notes.append(Note(start, start + bar.beat, bar.chord(36)[0], 95, 1))
        if random.random() < 0.7:
            notes += [Note(start, stop * 2 - start, pitch, 65, 0) for pitch in bar.chord(52)]
    return notes + tune(bar, random, 2)


def orchestra(bar: Bar, random: np.random.Generator) -> list[Note]:
    """Held strings, horns, plucked basses on the beats, and a tune of woodwinds."""
    notes = [Note(bar.start, bar.end, pitch, 75, 0) for pitch in bar.chord(55)]
    notes += [Note(bar.start, bar.start + 2 * bar.beat, bar.chord(48)[0], 70, 3)]
    for k in range(_BEATS):
        start = bar.start + k * bar.beat
        notes.append(Note(start, start + bar.beat / 2, bar.chord(40)[2 if k == 2 else 0], 95, 1))
    return notes + tune(bar, random, 2)


def tune(bar: Bar, random: np.random.Generator, channel: int) -> list[Note]:
    """On the beats notes of the chord, between them now and then any of the scale."""
    notes, tones = [], bar.chord(69)
    for k in range(2 * _BEATS):
        if k % 2 and random.random() < 0.5:
            continue
        pitch = tones[random.integers(3)]
        if k % 2:
            step = int(random.choice(bar.scale))
            pitch = 69 + (step - 69) % 12
        start = bar.start + k * bar.beat / 2
        notes.append(Note(start, start + bar.beat / 2, pitch, 85, channel))
    return notes


ENSEMBLES: dict[str, tuple[Player, dict[int, int]]] = {
    "strings": (strings, {0: 48, 1: 43}),
    "piano": (piano, {0: 0, 2: 0}),
    "band": (band, {0: 25, 1: 33, 2: 27}),
    "synth": (band, {0: 89, 1: 38, 2: 81}),
    "orchestra": (orchestra, {0: 48, 1: 45, 2: 73, 3: 60}),
    "organ": (piano, {0: 19, 2: 68}),
}
# Of the second part, so that it does not take the channels of the first one.
_SHIFT = 4


def made_song(seed: int, ensemble: str, silence: float = 4.0) -> Piece:
    """Two parts of nine bars between silence.

    The second has another tempo and, by the seed, another ensemble, another key or both.

    Args:
        seed: of the drawings.
        ensemble: of :data:`ENSEMBLES`, of the first part.
        silence: seconds before and after.
    """
    random = np.random.default_rng(seed)
    first = int(random.integers(12)), bool(random.integers(2))
    second, other = first, ensemble
    change = seed % 3
    if change != 0:
        second = (first[0] + int(random.choice((2, 3, 5, 8, 10)))) % 12, bool(random.integers(2))
    if change != 1:
        other = str(random.choice([name for name in ENSEMBLES if name != ensemble]))
    notes, chords, keys, tempi, beats = [], [], [], [], []
    changes, programs, start = [silence], {}, silence
    for part, (name, (tonic, minor)) in enumerate(((ensemble, first), (other, second))):
        player, instruments = ENSEMBLES[name]
        shift = _SHIFT * part
        programs |= {channel + shift: program for channel, program in instruments.items()}
        bpm = float(random.integers(66, 160))
        bars = _bars(start, 60 / bpm, tonic, minor, random)
        for bar in bars:
            notes += [_shifted(note, shift) for note in player(bar, random)]
            chords.append((bar.start, bar.end, chord_name(bar.root, bar.minor)))
            beats += [bar.start + k * bar.beat for k in range(_BEATS)]
        keys.append((start, bars[-1].end, key_name(tonic, minor)))
        tempi.append((start, bars[-1].end, bpm))
        start = bars[-1].end
        changes.append(start)
    return Piece(
        name=f"{ensemble} {seed}",
        notes=tuple(notes),
        programs=programs,
        seconds=start + silence,
        chords=tuple(chords),
        keys=tuple(keys),
        tempi=tuple(tempi),
        beats=tuple(beats),
        changes=tuple(changes),
    )


def _bars(
    start: float, beat: float, tonic: int, minor: bool, random: np.random.Generator
) -> list[Bar]:
    chosen = (MINOR if minor else MAJOR)[int(random.integers(5))]
    steps = (*chosen * (_BARS // len(chosen)), chosen[0])
    scale = tuple((tonic + step) % 12 for step in SCALES[minor])
    length = _BEATS * beat
    return [
        Bar(start + k * length, beat, (tonic + step) % 12, is_minor, scale)
        for k, (step, is_minor) in enumerate(steps)
    ]


def _shifted(note: Note, shift: int) -> Note:
    channel = note.channel if note.channel == DRUMS else note.channel + shift
    return Note(note.start, note.end, note.pitch, note.velocity, channel)
