"""Tempo and beats."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from emotion_core.sound.music.paths import Values, likeliest_path, runs_of
from emotion_core.sound.music.spectra import ONSETS, ROWS
from emotion_core.types import FloatArray

RATE = ROWS * ONSETS
# Beats a minute that are looked for, 1.5% apart.
_TEMPI = 40 * 1.015 ** np.arange(116)
# Tempi are the likelier the nearer they are to the one at which most people tap, on a logarithmic
# scale in octaves (Ellis 2007, "Beat tracking by dynamic programming", J. New Music Research 36).
_USUAL, _SPREAD = 110.0, 0.7
_WINDOW, _STEP = 8 * RATE, 2 * RATE
# Of the hidden Markov model: log-likelihood of a window by autocorrelation, and the probability
# that the next window, 2 s later, has the same tempo.
_GAIN, _STAY = 10.0, 0.99
# A section shorter than this many seconds has no tempo.
_SHORTEST = 5.0
# How much an uneven beat costs (Ellis 2007 calls it alpha).
_TIGHTNESS = 100.0
# Two tempi that are nearer are one (the tolerance of MIREX).
_ALIKE = 0.04


@dataclass(frozen=True, slots=True)
class TempoRun:
    """A tempo, its first and one past its last row, and what speaks for it.

    Attributes:
        bpm: beats a minute.
        other: half or twice of that, whichever fits better.
        beats: (k,) seconds from the beginning of the section.
        evidence: autocorrelation of the onsets at the tempo; how far the best tempo that is in no
            simple ratio to it lies behind; log of the seconds.
    """

    start: int
    end: int
    bpm: float
    other: float
    beats: Values
    evidence: tuple[float, ...]


def tempo_runs(onsets: FloatArray) -> list[TempoRun]:
    """The tempi of one section, one after the other, with their beats.

    Autocorrelation of the onsets in windows of 8 s, weighted by how usual a tempo is; the
    likeliest path through the windows; beats by dynamic programming (Ellis 2007).

    Args:
        onsets: (m,) of the section, 100 a second.

    Returns:
        None for a section of less than 5 s or without onsets; else runs that cover it.
    """
    envelope = _envelope(onsets)
    if len(envelope) < _SHORTEST * RATE or not envelope.any():
        return []
    periods = _periodicity(envelope)
    usual = np.exp(-0.5 * (np.log2(_TEMPI / _USUAL) / _SPREAD) ** 2)
    path = likeliest_path(_GAIN * periods * usual, _STAY)
    edges = _edges(path, len(envelope))
    found = []
    for (first, last), (start, end) in zip(_joined(path), pairwise(edges), strict=True):
        fits = periods[first:last].mean(axis=0)
        place = int((fits * usual).argmax())
        beats = _beats(envelope[start:end], 60 * RATE / _TEMPI[place]) + start
        bpm = _fitted(beats, float(_TEMPI[place]))
        other = max((bpm / 2, bpm * 2), key=lambda one: _at(fits * usual, one))
        evidence = (*_evidence(fits, place), float(np.log((end - start) / RATE)))
        run = start // ONSETS, -(-end // ONSETS), bpm, other, beats / RATE, evidence
        found.append(TempoRun(*run))
    return found


def _envelope(onsets: FloatArray) -> Values:
    """What rises above its surroundings, of the same strength in loud music and in soft one."""
    from scipy.ndimage import gaussian_filter1d, uniform_filter1d

    if not len(onsets):
        return np.zeros(0)
    smooth = gaussian_filter1d(onsets.astype(np.float64), 2)
    rises = np.maximum(smooth - uniform_filter1d(smooth, RATE, mode="nearest"), 0)
    power = uniform_filter1d(rises**2, 8 * RATE, mode="nearest").clip(min=0)
    return np.asarray(rises / (np.sqrt(power) + 1e-3))


def _periodicity(envelope: Values) -> Values:
    """(windows, tempi) autocorrelation, 1 where the onsets repeat exactly."""
    length = min(_WINDOW, len(envelope))
    starts = range(0, max(len(envelope) - length, 0) + 1, _STEP)
    shape = np.hanning(length + 2)[1:-1]
    size = 1 << (2 * length - 1).bit_length()
    overlap = np.fft.irfft(np.abs(np.fft.rfft(shape, size)) ** 2)[:length]
    lags = 60 * RATE / _TEMPI
    found = []
    for start in starts:
        piece = envelope[start : start + length]
        power = np.abs(np.fft.rfft((piece - piece.mean()) * shape, size)) ** 2
        repeats = np.fft.irfft(power)[:length]
        # the window alone would make long lags look weak
        repeats /= max(repeats[0], 1e-9) * np.maximum(overlap / overlap[0], 0.05)
        found.append(np.interp(lags, np.arange(length), repeats))
    return np.array(found)


def _joined(path: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of windows; neighbours with almost the same tempo are one."""
    runs: list[tuple[int, int]] = []
    for first, last in runs_of(path):
        if runs and abs(_TEMPI[path[first]] / _TEMPI[path[runs[-1][0]]] - 1) <= _ALIKE:
            runs[-1] = runs[-1][0], last
        else:
            runs.append((first, last))
    return runs


def _edges(path: npt.NDArray[np.int64], length: int) -> list[int]:
    """Where runs begin and end, as places in the envelope: between the middles of windows."""
    middle = min(_WINDOW, length) // 2
    inner = [first * _STEP - _STEP // 2 + middle for first, _ in _joined(path)[1:]]
    return [0, *inner, length]


def _beats(envelope: Values, period: float) -> Values:
    """Places of the beats: a high envelope on each, and even steps between them."""
    strength = envelope / max(float(envelope.std()), 1e-9)
    steps = np.arange(-round(2 * period), -round(period / 2) + 1)
    cost = -_TIGHTNESS * np.log(-steps / period) ** 2
    padded = np.concatenate([np.zeros(-steps[0]), strength])
    before = np.full(len(padded), -1, np.int64)
    offset = -int(steps[0])
    for place in range(offset, len(padded)):
        reached = padded[place + steps[0] : place + steps[-1] + 1] + cost
        best = int(reached.argmax())
        if reached[best] > 0:
            before[place] = place + steps[best]
            padded[place] += reached[best]
    tail = padded[-max(round(period), 1) :]
    place = len(padded) - len(tail) + int(tail.argmax())
    found = []
    while place >= offset:
        found.append(place - offset)
        place = int(before[place])
    return np.array(found[::-1], np.float64)


def _fitted(beats: Values, bpm: float) -> float:
    """The tempo of the line through the beats, if that is near the one they were found by."""
    if len(beats) < 4:
        return bpm
    slope = float(np.polyfit(np.arange(len(beats)), beats, 1)[0])
    fitted = 60 * RATE / slope
    return fitted if abs(fitted / bpm - 1) <= _ALIKE else bpm


def _at(fits: Values, bpm: float) -> float:
    return float(np.interp(bpm, _TEMPI, fits, left=0, right=0))


def _evidence(fits: Values, place: int) -> tuple[float, float]:
    ratio = _TEMPI / _TEMPI[place]
    related = np.zeros(len(ratio), bool)
    for times in (1, 2, 3, 1 / 2, 1 / 3, 2 / 3, 3 / 2, 4, 1 / 4, 3 / 4, 4 / 3):
        related |= np.abs(ratio / times - 1) < 2 * _ALIKE
    return float(fits[place]), float(fits[place] - fits[~related].max())
