"""What made-up sounds are made of: shaped noise, envelopes, damped tones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.types import FloatArray

# Of any precision, where sounds are still being put together.
Values = npt.NDArray[np.floating[Any]]
_TABLE = 2048  # points of one period of a tone


def shaped(
    chance: np.random.Generator, count: int, low: float, high: float, slope: float = 0.0
) -> FloatArray:
    """(n,) noise between two frequencies in Hz, RMS 1.

    Args:
        chance: source of the noise.
        count: samples.
        low, high: where it is 6 dB down, with soft edges.
        slope: dB an octave.
    """
    spectrum = np.fft.rfft(chance.standard_normal(count))
    frequency = np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE), 1.0)
    gain = (frequency / 500) ** (slope / 6.02)
    gain /= (1 + (low / frequency) ** 4) * (1 + (frequency / high) ** 4)
    return scaled(np.fft.irfft(spectrum * gain, count))


def scaled(sound: Values) -> FloatArray:
    """A sound at RMS 1; silence as it is."""
    found = np.asarray(sound, np.float32)
    rms = float(np.sqrt(np.mean(found**2))) if len(found) else 0.0
    return found / np.float32(rms) if rms > 1e-9 else found


def wander(chance: np.random.Generator, count: int, rate: float, depth: float) -> FloatArray:
    """(n,) a positive curve that wanders around 1.

    Args:
        chance: source.
        count: samples.
        rate: turns a second, about.
        depth: standard deviation in dB.
    """
    points = max(int(count / SAMPLE_RATE * rate) + 4, 4)
    levels = chance.normal(0, depth, points)
    places = np.linspace(0, points - 1, count)
    return np.asarray(10 ** (np.interp(places, np.arange(points), levels) / 20), np.float32)


def damped(
    chance: np.random.Generator, frequencies: Values, decay: float, length: float
) -> FloatArray:
    """Tones that die away together, as of a thing that is hit.

    Args:
        chance: of phases, and of how the decays differ.
        frequencies: in Hz, of any relation.
        decay: seconds until a tone of 500 Hz is 8.7 dB down; higher ones die sooner.
        length: in seconds.
    """
    time = np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.zeros(len(time))
    for frequency in frequencies:
        if frequency < SAMPLE_RATE / 2:
            own = decay * chance.uniform(0.5, 1.5) * (500 / max(frequency, 100)) ** 0.5
            phase = chance.uniform(0, 2 * np.pi)
            tone = np.sin(2 * np.pi * frequency * time + phase) * np.exp(-time / own)
            sound += chance.uniform(0.2, 1) * tone
    return np.asarray(sound / max(np.abs(sound).max(initial=0), 1e-9), np.float32)


def harmonic(chance: np.random.Generator, pitch: Values, slope: float) -> FloatArray:
    """(n,) a tone with overtones whose pitch follows a curve, RMS 1.

    Args:
        chance: of phases and of how strong each overtone is.
        pitch: (n,) in Hz.
        slope: dB an octave.
    """
    turns = np.cumsum(pitch) / SAMPLE_RATE
    highest = float(pitch.max(initial=1))
    place = np.arange(_TABLE) / _TABLE
    period = np.zeros(_TABLE)
    for k in range(1, min(int(7_600 / highest), 40) + 1):
        gain = k ** (slope / 6.02) * 10 ** (chance.normal(0, 4) / 20)
        period += gain * np.sin(2 * np.pi * (k * place + chance.random()))
    sound = np.interp(turns % 1, np.append(place, 1), np.append(period, period[0]))
    return scaled(sound)


def scatter(
    chance: np.random.Generator, count: int, hits: Values, make: Sequence[Values], spread: float
) -> FloatArray:
    """(n,) short sounds at some times, chosen from a few, each at its own loudness.

    Args:
        chance: which sound, and how loud.
        count: samples.
        hits: times in seconds.
        make: the sounds.
        spread: standard deviation of loudness in dB.
    """
    sound = np.zeros(count, np.float32)
    for time in hits:
        start = int(time * SAMPLE_RATE)
        one = make[int(chance.integers(len(make)))]
        if 0 <= start < count:
            one = one[: count - start]
            sound[start : start + len(one)] += one * np.float32(
                10 ** (chance.normal(0, spread) / 20)
            )
    return scaled(sound)


def steady_times(chance: np.random.Generator, seconds: float, rate: float, jitter: float) -> Values:
    """Times in seconds, regular but for a share of the period; 1 for none that is regular."""
    times = np.arange(chance.uniform(0, 1 / rate), seconds, 1 / rate)
    found: Values = times + chance.normal(0, jitter / rate, len(times))
    return found
