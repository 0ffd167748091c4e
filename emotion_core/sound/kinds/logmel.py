"""Sound as the power in bands of frequency, over time."""

from __future__ import annotations

from functools import cache

import numpy as np

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.types import FloatArray

BANDS = 64
# Samples from one frame to the next, and around each that it is made of.
HOP, WINDOW = 320, 1024
# Of the frames whose middles lie in it, and in samples.
FRAMES_PER_CELL = 5
CELL = HOP * FRAMES_PER_CELL
CELL_SECONDS = CELL / SAMPLE_RATE
# dB of a band in which there is nothing.
FLOOR = -100.0
_LOWEST, _HIGHEST = 50.0, 7_800.0
# What a frame needs before the samples that it stands for.
_BEFORE = (WINDOW - HOP) // 2


@cache
def _filters() -> FloatArray:
    """(513, 64) triangles on the mel scale of O'Shaughnessy (1987), which add up to 1."""
    low, high = (2595 * np.log10(1 + f / 700) for f in (_LOWEST, _HIGHEST))
    middles = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)[:, None]
    rising = (bins - middles[:-2]) / (middles[1:-1] - middles[:-2])
    falling = (middles[2:] - bins) / (middles[2:] - middles[1:-1])
    return np.maximum(np.minimum(rising, falling), 0).astype(np.float32)


@cache
def _hann() -> FloatArray:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


class LogMel:
    """Turns a stream of samples into frames of 64 bands in dB.

    Frame k stands for samples 320 k to 320 (k + 1) and is made of 1024 samples around their middle;
    the powers of its bands add up to the mean square of those, from 50 to 7800 Hz. Before the first
    sample and after the last there is silence.
    """

    def __init__(self) -> None:
        self._rest = np.zeros(_BEFORE, np.float32)

    def add(self, samples: FloatArray) -> FloatArray:
        """The frames that can be made now.

        Args:
            samples: (n,) float32, that follow those before.

        Returns:
            (m, 64) float32 dB, at least :data:`FLOOR`.
        """
        held = np.concatenate([self._rest, samples.astype(np.float32, copy=False)])
        count = max((len(held) - WINDOW) // HOP + 1, 0)
        self._rest = held[count * HOP :].copy()
        if not count:
            return np.zeros((0, BANDS), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(held, WINDOW)[: count * HOP : HOP]
        spectrum = np.fft.rfft(windows * _hann(), axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        mean_square = power * np.float32(2 / (WINDOW * float((_hann() ** 2).sum())))
        quietest = np.float32(10 ** (FLOOR / 10))
        return np.asarray(10 * np.log10(np.maximum(mean_square @ _filters(), quietest)), np.float32)

    def finish(self, frames: int) -> FloatArray:
        """Some frames more, as if silence followed."""
        return self.add(np.zeros(frames * HOP + WINDOW, np.float32))[:frames]


def log_mel(samples: FloatArray) -> FloatArray:
    """(m, 64) the frames of a whole piece of sound, m a multiple of 5 that covers it."""
    stream = LogMel()
    found = stream.add(samples)
    cells = -(-len(samples) // CELL)
    return np.concatenate([found, stream.finish(cells * FRAMES_PER_CELL - len(found))])
