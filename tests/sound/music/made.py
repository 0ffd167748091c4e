"""Music and voices made of sines, so that what is in them is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE, SoundBlock
from emotion_core.sound.music.reader import MusicReader
from emotion_core.sound.music.reading import MusicReading
from emotion_core.types import FloatArray

C, F, G, A_MINOR, E, D_MINOR = (
    (48, 52, 55),
    (53, 57, 60),
    (55, 59, 62),
    (57, 60, 64),
    (52, 56, 59),
    (50, 53, 57),
)
SONG = (C, A_MINOR, F, G, C, F, G, C)
MINOR_SONG = (A_MINOR, D_MINOR, E, A_MINOR, F, D_MINOR, E, A_MINOR)
SONG_NAMES = ("C", "Am", "F", "G", "C", "F", "G", "C")


def tone(
    pitch: float, seconds: float, decay: float = 1.5, overtones: int = 6, factor: float = 0.6
) -> FloatArray:
    """A plucked note: overtones, each weaker by a factor than the one below."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    waves = sum(
        factor ** (k - 1) * np.sin(2 * np.pi * frequency * k * time)
        for k in range(1, overtones + 1)
    )
    fade = np.minimum(time / 0.01, 1) * np.minimum((seconds - time) / 0.02, 1)
    return np.asarray(waves * fade * np.exp(-decay * time), np.float32)


def song(
    chords: Sequence[Sequence[int]],
    bpm: float,
    beats: int = 4,
    shift: float = 0.0,
    factor: float = 0.6,
) -> FloatArray:
    """Each chord for some beats, struck on every one; half as loud as can be."""
    length = 60 / bpm
    starts = np.rint(np.arange(len(chords) * beats + 1) * length * SAMPLE_RATE).astype(int)
    sound = np.zeros(starts[-1], np.float32)
    for k, start in enumerate(starts[:-1]):
        for pitch in chords[k // beats]:
            note = tone(pitch + shift, length, factor=factor)[: starts[k + 1] - start]
            sound[start : start + len(note)] += note
    return sound * np.float32(0.5 / np.abs(sound).max())


def silence(seconds: float) -> FloatArray:
    """Zeros."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def noise(seconds: float, seed: int = 0) -> FloatArray:
    """White."""
    random = np.random.default_rng(seed)
    return np.asarray(0.1 * random.normal(size=round(seconds * SAMPLE_RATE)), np.float32)


def babble(seconds: float, seed: int = 0) -> FloatArray:
    """Like speech: syllables of 0.15 to 0.3 s whose pitch glides, with pauses between them."""
    random = np.random.default_rng(seed)
    pieces = []
    while sum(map(len, pieces)) < seconds * SAMPLE_RATE:
        count = round(random.uniform(0.15, 0.3) * SAMPLE_RATE)
        glide = np.geomspace(*random.uniform(90, 260, 2), count)
        phase = 2 * np.pi * np.cumsum(glide) / SAMPLE_RATE
        first, second = random.uniform(300, 800), random.uniform(900, 2400)
        voice = np.zeros(count)
        for k in range(1, 25):
            away = np.minimum(np.abs(glide * k - first), np.abs(glide * k - second))
            voice += np.exp(-away / 200) * np.sin(k * phase)
        pieces += [voice * np.hanning(count), silence(random.choice((0.02, 0.05, 0.3)))]
    made = np.concatenate(pieces)[: round(seconds * SAMPLE_RATE)]
    return np.asarray(0.5 * made / np.abs(made).max(), np.float32)


def read(
    samples: FloatArray, music: pd.DataFrame | None = None, block: float = BLOCK_SECONDS
) -> MusicReading:
    """A reading of sound that comes in blocks of some seconds."""
    reader, length = MusicReader(), round(block * SAMPLE_RATE)
    for start in range(0, len(samples), length):
        piece = samples[start : start + length]
        reader.add(SoundBlock(start / SAMPLE_RATE, piece, piece[None], SAMPLE_RATE, "mono"))
    return reader.finish(music)
