"""Music to lay under voices: chords, a bass and drums that we make up."""

from __future__ import annotations

import numpy as np

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.frames import Values
from emotion_core.types import FloatArray

# Semitones of chords above their root.
_CHORDS = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 11), (0, 3, 7, 10), (0, 5, 7))
_TUNING = 440.0


def made_music(samples: int, random: np.random.Generator) -> FloatArray:
    """Some bars of music, in a key, a tempo and sounds by chance.

    Args:
        samples: how many, at 16 kHz.
        random: what is drawn from.

    Returns:
        (samples,) of mean power 1.
    """
    beat = int(SAMPLE_RATE * random.uniform(0.35, 0.9))
    key = int(random.integers(12))
    decay, brightness = random.uniform(0.3, 6.0), random.uniform(0.5, 1.6)
    melody, drums = random.random() < 0.6, random.random() < 0.5
    music = np.zeros(samples + 4 * beat)
    for start in range(0, samples, 4 * beat):
        root = key + int(random.choice([0, 5, 7, 9, 2]))
        for step in _CHORDS[random.integers(len(_CHORDS))]:
            _add_note(music, start, 4 * beat, 48 + root % 12 + step, decay / 4, brightness)
        for place in range(4):
            _add_note(music, start + place * beat, beat, 36 + root % 12, decay, brightness)
            if melody:
                pitch = 60 + key + int(random.choice([0, 2, 4, 5, 7, 9, 11, 12]))
                _add_note(music, start + place * beat, beat, pitch, decay, brightness)
            if drums:
                hit = random.normal(0, 0.5, beat) * np.exp(-np.arange(beat) / 800)
                music[start + place * beat : start + (place + 1) * beat] += hit
    found = music[:samples]
    return np.asarray(found / max(float(np.sqrt((found**2).mean())), 1e-6), np.float32)


def _add_note(
    music: Values, start: int, length: int, number: int, decay: float, brightness: float
) -> None:
    """Add a note by its MIDI number: harmonics that grow weaker upwards, struck and dying away."""
    part = music[start : start + length]
    time = np.arange(len(part)) / SAMPLE_RATE
    frequency = _TUNING * 2 ** ((number - 69) / 12)
    turn = np.exp(2j * np.pi * frequency * time)
    envelope = np.exp(-decay * time) * np.minimum(time / 0.01, 1)
    harmonic, tones = turn.copy(), turn.imag.copy()
    for k in range(2, min(10, int(SAMPLE_RATE / 2 / frequency)) + 1):
        harmonic *= turn
        tones += k**-brightness * harmonic.imag
    part += tones * envelope
