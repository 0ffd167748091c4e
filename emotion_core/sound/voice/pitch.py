"""The pitch of a voice, by autocorrelation and the cheapest path through its candidates.

Boersma 1993 (see :mod:`emotion_core.sound.voice.frames`), as in Praat. pyworld's Harvest takes
200 ms a second of sound, and its DIO misses more of a voice in noise: ``python -m
benchmarks.sound.voice --harvest``.
"""

from __future__ import annotations

import numpy as np

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.frames import STEP, Values
from emotion_core.types import FloatArray

# Hz. Below is hum, above are screams.
LOWEST, HIGHEST = 60.0, 700.0
# Of a window: its pitch candidates, and the least autocorrelation of one.
_CANDIDATES = 6
_LEAST = 0.1
# As in Praat, for windows 10 ms apart: what a candidate must reach to be voiced, the advantage of
# an octave (twice Praat's), and the cost of a jump by an octave and of a change of the voicing.
_VOICING = 0.45
_OCTAVE, _JUMP, _CHANGE = 0.02, 0.35, 0.14
_PRAAT_STEP = 0.01
# dBFS: quieter windows have no voice, whatever repeats in them.
_QUIET = -65.0
# So are windows this many dB below the loudest one within so many windows, and voices that last
# for fewer windows.
_BELOW, _AROUND, _SHORTEST = 35.0, 201, 3


def read_pitch(correlations: FloatArray, levels: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The pitch of windows that follow each other.

    Args:
        correlations: (n, lags) of :func:`~emotion_core.sound.voice.frames.autocorrelations`.
        levels: (n,) dBFS.

    Returns:
        (n,) Hz, NaN where no voice is heard; and (n,) autocorrelation at the best candidate, 0 to
        1: how much of the window repeats.
    """
    if not len(correlations):
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    pitches, strengths = _candidates(correlations)
    periodicity = np.clip(strengths.max(axis=1), 0, 1)
    favoured = strengths + _OCTAVE * np.log2(pitches / LOWEST)
    unvoiced = np.where(levels < _QUIET, 2.0, _VOICING)
    path = _cheapest_path(pitches, np.column_stack([favoured, unvoiced]))
    found = np.column_stack([pitches, np.full(len(pitches), np.nan)])
    pitch = found[np.arange(len(path)), path]
    return pitch.astype(np.float32), periodicity.astype(np.float32)


def _candidates(correlations: FloatArray) -> tuple[Values, Values]:
    """(n, k) pitches and the autocorrelation there, -9 where there are fewer."""
    first, last = int(SAMPLE_RATE / HIGHEST), int(SAMPLE_RATE / LOWEST) + 1
    around = correlations[:, first - 1 : last + 2]
    left, middle, right = around[:, :-2], around[:, 1:-1], around[:, 2:]
    peaks = (middle > left) & (middle >= right) & (middle > _LEAST)
    # peaks that stand highest; few are left for the rest
    order = np.argpartition(-np.where(peaks, middle, -9), _CANDIDATES, axis=1)[:, :_CANDIDATES]
    a, b, c, real = (np.take_along_axis(x, order, axis=1) for x in (left, middle, right, peaks))
    a, b, c = (x.astype(np.float64) for x in (a, b, c))
    bend = np.where(real, a - 2 * b + c, -1.0)
    shift = np.where(real, (a - c) / 2 / bend, 0.0)
    height = b - (a - c) * shift / 4
    # a peak between two samples can come out above 1: then it is as far below, as in Praat
    height = np.where(height > 1, 1 / np.maximum(height, 1), height)
    return SAMPLE_RATE / (first + order + shift), np.where(real, height, -9.0)


def _cheapest_path(pitches: Values, gains: Values) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """(n,) candidate of each window, the last one for none (Viterbi 1967)."""
    n, k = pitches.shape
    scale = _PRAAT_STEP / STEP
    octaves = np.log2(pitches)
    jumps = np.full((n, k + 1, k + 1), _CHANGE * scale)
    jumps[:, k, k] = 0
    jumps[1:, :k, :k] = _JUMP * scale * np.abs(octaves[:-1, :, None] - octaves[1:, None])
    best, origins = gains[0], np.zeros((n, k + 1), np.int64)
    for i in range(1, n):
        totals = best[:, None] - jumps[i]
        origins[i] = totals.argmax(axis=0)
        best = totals.max(axis=0) + gains[i]
    path = np.empty(n, np.int64)
    path[-1] = best.argmax()
    for i in range(n - 1, 0, -1):
        path[i - 1] = origins[i, path[i]]
    return path


def without_echoes(pitch: FloatArray, levels: FloatArray) -> FloatArray:
    """The pitch of a whole clip, NaN also where it is too quiet or too short to be a voice.

    Args:
        pitch: (n,) of :func:`read_pitch`.
        levels: (n,) dBFS.
    """
    from scipy import ndimage

    if not len(pitch):
        return pitch
    loudest = ndimage.maximum_filter1d(levels, _AROUND, mode="nearest")
    voiced = ~np.isnan(pitch) & (levels > loudest - _BELOW)
    lasting = ndimage.binary_opening(voiced, np.ones(_SHORTEST))
    return np.where(lasting, pitch, np.nan).astype(np.float32)
