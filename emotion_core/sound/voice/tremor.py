"""How far a pitch trembles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emotion_core.sound.voice.frames import STEP, Values

# Swings a second that are looked for, and windows without a break that they need: 0.6 s.
_RATES = np.arange(4.0, 8.01, 0.25)
_LEAST = 30


def tremor_of(semitones: npt.NDArray[np.floating]) -> float:
    """By how much the pitch swings 4 to 8 times a second, in semitones to either side.

    To each stretch of unbroken voice a parabola and one sine are fitted by least squares; the sine
    is the one of 4 to 8 Hz that leaves least. The mean of the stretches by their length. Syllables
    move the pitch up to 5 times a second too, so that calm speech is not at 0.

    Args:
        semitones: (n,) pitch every 20 ms on a logarithmic scale, NaN without a voice.

    Returns:
        NaN where no voice lasts for 0.6 s.
    """
    known = np.isfinite(semitones)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]])))
    runs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= _LEAST]
    if not runs:
        return float("nan")
    swings = [_swing(np.asarray(semitones[a:b], np.float64)) for a, b in runs]
    return float(np.average(swings, weights=[b - a for a, b in runs]))


def _swing(pitch: Values) -> float:
    time = (np.arange(len(pitch)) - len(pitch) / 2) * STEP
    trend = np.stack([np.ones_like(time), time, time**2], axis=1)
    best, swing = np.inf, 0.0
    for rate in _RATES:
        angle = 2 * np.pi * rate * time
        design = np.column_stack([trend, np.sin(angle), np.cos(angle)])
        found = np.linalg.lstsq(design, pitch, rcond=None)[0]
        left = float(((pitch - design @ found) ** 2).sum())
        if left < best:
            best, swing = left, float(np.hypot(*found[3:]))
    return swing
