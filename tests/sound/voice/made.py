"""Voices that are made, so that it is known what is to be read in them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE, SoundBlock
from emotion_core.types import FloatArray

Values = npt.NDArray[np.float64]


def tone(pitch: Values, level: float = 0.1, *, effort: float = 1.0) -> FloatArray:
    """A voiced sound: harmonics up to 7 kHz, weaker upwards.

    Args:
        pitch: (n,) Hz at each sample; without a sound where it is NaN.
        level: root mean square of what sounds.
        effort: less than 1 for more of the high harmonics.
    """
    voiced = np.isfinite(pitch)
    phase = 2 * np.pi * np.cumsum(np.where(voiced, pitch, 0)) / SAMPLE_RATE
    sound = np.zeros(len(pitch))
    for k in range(1, 1 + int(7000 / np.nanmax(pitch))):
        sound += np.sin(k * phase + k * k) / k**effort
    sound *= voiced
    return np.asarray(level * sound / np.sqrt((sound[voiced] ** 2).mean()), np.float32)


def line(
    pitch: float, seconds: float = 1.4, *, syllables: float = 4.0, effort: float = 1.0
) -> FloatArray:
    """A line: syllables one after the other, each a swell, the pitch falling by two semitones."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = tone(pitch * 2 ** (-2 / 12 * time / seconds), effort=effort)
    swell = 0.05 + np.abs(np.sin(np.pi * syllables * time))
    return np.asarray(sound * swell, np.float32)


def blocks(samples: FloatArray, *, layout: str = "mono") -> list[SoundBlock]:
    """Samples as blocks of a stream."""
    size = int(BLOCK_SECONDS * SAMPLE_RATE)
    return [
        SoundBlock(
            start / SAMPLE_RATE,
            samples[start : start + size],
            samples[None, start : start + size],
            SAMPLE_RATE,
            layout,
        )
        for start in range(0, len(samples), size)
    ]


def speech_at(spans: list[tuple[float, float]], seconds: float) -> pd.DataFrame:
    """A table of speech, 1 in the spans and 0 elsewhere, a row every 0.1 s."""
    time = np.arange(round(seconds * 10)) / 10
    speech = np.zeros(len(time))
    for start, end in spans:
        speech[(time >= start - 0.05) & (time < end - 0.05)] = 1
    return pd.DataFrame({"time": time, "speech": speech})
