"""Pieces that are made up: pads, drones, ostinati, drums, as under a film.

The scores of the corpus are mostly for voices and strings of old times. These pieces have what
those lack: sounds that are held for long, rhythm sections, few notes with much room, dissonance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from emotion_core.datasets.music.instruments import Known, choose_kit, choose_program
from emotion_core.datasets.music.notes import Note, Part

_SCALES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 9, 10),
    (0, 1, 3, 5, 7, 8, 10),
    (0, 2, 4, 6, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 11),
)
_KICK, _SNARE, _HAT, _OPEN_HAT, _TOM, _CRASH, _RIDE = 36, 38, 42, 46, 45, 49, 51


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all layers of a piece share: scale, chords, tempo."""

    chance: np.random.Generator
    known: Known
    root: int
    scale: tuple[int, ...]
    beat: float
    chords: tuple[int, ...]
    bar: float
    seconds: float

    def pitch(self, step: int, octave: int = 0) -> int:
        """MIDI number of a step of the scale, which may be beyond it."""
        across, within = divmod(step, len(self.scale))
        return self.root + self.scale[within] + 12 * (across + octave)

    def bars(self) -> list[tuple[float, int]]:
        """When each bar begins, and the step on which its chord stands."""
        count = int(np.ceil(self.seconds / self.bar))
        return [(k * self.bar, self.chords[k % len(self.chords)]) for k in range(count)]

    def velocity(self, middle: float = 80) -> int:
        return int(np.clip(self.chance.normal(middle, 10), 20, 127))


def _pad(frame: _Frame) -> Part:
    octave = int(frame.chance.integers(-1, 2))
    size = int(frame.chance.integers(2, 5))
    notes = [
        Note(frame.pitch(chord + 2 * k, octave), start, frame.bar * 1.02, frame.velocity(70))
        for start, chord in frame.bars()
        for k in range(size)
    ]
    family = ("pads", "ensembles", "strings", "organs")
    return Part(choose_program(frame.chance, frame.known, *family), notes, swells=_swells(frame))


def _drone(frame: _Frame) -> Part:
    octave = int(frame.chance.integers(-2, 1))
    notes = [Note(frame.pitch(0, octave), 0.0, frame.seconds, frame.velocity(85))]
    if frame.chance.random() < 0.5:
        notes.append(Note(frame.pitch(4, octave), 0.0, frame.seconds, frame.velocity(70)))
    if frame.chance.random() < 0.25:  # a semitone beside it, as where something is about to happen
        notes.append(Note(frame.pitch(0, octave) + 1, 0.0, frame.seconds, frame.velocity(60)))
    family = ("pads", "ensembles", "basses", "brass", "strings", "organs")
    return Part(choose_program(frame.chance, frame.known, *family), notes, swells=_swells(frame))


def _swells(frame: _Frame) -> list[tuple[float, int]]:
    if frame.chance.random() < 0.4:
        return []
    period, depth = frame.chance.uniform(2, 9), frame.chance.uniform(10, 50)
    times = np.arange(0, frame.seconds, 0.1)
    levels = 100 - depth * (1 + np.sin(2 * np.pi * times / period))
    return [(float(t), int(np.clip(v, 5, 127))) for t, v in zip(times, levels, strict=True)]


def _bass(frame: _Frame) -> Part:
    step = frame.beat * frame.chance.choice([0.5, 1, 2])
    notes = []
    for start, chord in frame.bars():
        for k in range(max(round(frame.bar / step), 1)):
            leap = int(frame.chance.choice([0, 0, 0, 4, 7]))
            notes.append(
                Note(
                    frame.pitch(chord + leap, -2), start + k * step, step * 0.9, frame.velocity(90)
                )
            )
    return Part(choose_program(frame.chance, frame.known, "basses", "strings"), notes)


def _arpeggio(frame: _Frame) -> Part:
    step = frame.beat / frame.chance.choice([1, 2, 3, 4])
    pattern = frame.chance.choice([0, 2, 4, 7, 9], 6)
    length = step * frame.chance.choice([0.3, 0.9, 2.0])
    notes = [
        Note(frame.pitch(chord + int(pattern[k % 6])), start + k * step, length, frame.velocity(75))
        for start, chord in frame.bars()
        for k in range(max(round(frame.bar / step), 1))
    ]
    family = ("keys", "mallets", "guitars", "strings", "leads", "pipes")
    return Part(choose_program(frame.chance, frame.known, *family), notes)


def _melody(frame: _Frame) -> Part:
    notes, time, step = [], 0.0, int(frame.chance.integers(0, 8))
    rest = frame.chance.uniform(0, 0.35)
    while time < frame.seconds:
        length = frame.beat * float(frame.chance.choice([0.5, 1, 1, 2, 3]))
        step = int(np.clip(step + frame.chance.integers(-3, 4), -3, 12))
        if frame.chance.random() > rest:
            notes.append(Note(frame.pitch(step, 0), time, length * 0.95, frame.velocity(90)))
        time += length
    return Part(choose_program(frame.chance, frame.known), notes)


def _sparse(frame: _Frame) -> Part:
    notes, time = [], float(frame.chance.uniform(0, 1))
    while time < frame.seconds:
        chord = int(frame.chance.choice(frame.chords))
        for _ in range(int(frame.chance.integers(1, 4))):
            step = chord + int(frame.chance.choice([0, 2, 4, 7]))
            octave = int(frame.chance.integers(-1, 2))
            notes.append(Note(frame.pitch(step, octave), time, 4.0, frame.velocity(60)))
        time += float(frame.chance.uniform(0.4, 2.5))
    return Part(choose_program(frame.chance, frame.known, "keys", "mallets", "guitars"), notes)


def _drums(frame: _Frame) -> Part:
    half = frame.beat / 2
    closed = int(frame.chance.choice([_HAT, _RIDE, _OPEN_HAT]))
    kicks = frame.chance.random(16) < 0.25
    toms = frame.chance.random(16) < frame.chance.choice([0.0, 0.3])
    notes = []
    for k in range(int(frame.seconds / half)):
        time, place = k * half, k % 16
        if place in (0, 8) or kicks[place]:
            notes.append(Note(_KICK, time, half, frame.velocity(95)))
        if place % 8 == 4:
            notes.append(Note(_SNARE, time, half, frame.velocity(95)))
        if frame.chance.random() < 0.85:
            notes.append(Note(closed, time, half, frame.velocity(65)))
        if toms[place]:
            notes.append(Note(_TOM, time, half, frame.velocity(80)))
        if place == 0 and frame.chance.random() < 0.15:
            notes.append(Note(_CRASH, time, half, frame.velocity(85)))
    volume = int(frame.chance.integers(60, 115))
    return Part(choose_kit(frame.chance, frame.known), notes, drums=True, volume=volume)


_Layer = Callable[[_Frame], Part]
_STYLES: tuple[tuple[_Layer, ...], ...] = (
    (_pad,),
    (_drone,),
    (_pad, _drone),
    (_pad, _sparse),
    (_sparse,),
    (_arpeggio,),
    (_arpeggio, _pad),
    (_melody,),
    (_melody, _pad),
    (_melody, _arpeggio, _bass),
    (_drums, _bass, _pad, _melody),
    (_drums, _bass, _arpeggio),
    (_drums, _bass),
    (_drums, _drone),
    (_drone, _arpeggio),
)


def compose(chance: np.random.Generator, known: Known, seconds: float) -> list[Part]:
    """A piece of some layers, by chance: scale, tempo, chords and instruments."""
    beat = 60 / chance.uniform(55, 165)
    frame = _Frame(
        chance,
        known,
        root=int(chance.integers(48, 66)),
        scale=_SCALES[int(chance.integers(len(_SCALES)))],
        beat=beat,
        chords=tuple(int(k) for k in chance.integers(-3, 6, int(chance.integers(2, 6)))),
        bar=beat * float(chance.choice([3, 4, 4, 8])),
        seconds=seconds,
    )
    layers = _STYLES[int(chance.integers(len(_STYLES)))]
    return [layer(frame) for layer in layers]
