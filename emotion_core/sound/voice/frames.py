"""Windows of sound every 20 ms, and what is measured in each of them alone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.types import FloatArray

# Samples from one window to the next, and of a window: three periods of the lowest pitch.
HOP = 320
WINDOW = 800
STEP = HOP / SAMPLE_RATE
_FFT = 2048
# Digital silence has this level.
SILENCE = -120.0
# Edges of the bands in Hz, evenly spaced on the mel scale. A telephone passes 300 to 3,400 Hz, so
# that nothing beyond is compared between lines.
BANDS = 10
_BAND_EDGES = (150.0, 3600.0)

# Of the autocorrelation: Hz, and the power to which the spectrum is raised.
_LOW_PASS, _FLATNESS = 1500.0, 0.7

Values = npt.NDArray[np.float64]


def windows_of(samples: FloatArray, first: int, count: int) -> FloatArray:
    """(count, WINDOW) windows around the samples ``first``, ``first + HOP`` and so on.

    Args:
        samples: (n,); beyond its ends there is silence.
        first: sample in the middle of the first window.
        count: windows.
    """
    before = max(WINDOW // 2 - first, 0)
    last = first + (count - 1) * HOP + WINDOW // 2
    padded = np.pad(samples, (before, max(last - len(samples), 0)))
    start = first + before - WINDOW // 2
    views = np.lib.stride_tricks.sliding_window_view(padded[start:], WINDOW)
    return np.asarray(views[::HOP][:count])


@lru_cache(maxsize=1)
def _hann() -> FloatArray:
    return np.hanning(WINDOW + 2)[1:-1].astype(np.float32)


def power_spectra(windows: FloatArray) -> FloatArray:
    """(n, 1025) power of windows under a Hann window, their mean taken out."""
    from scipy import fft

    centred = windows - windows.mean(axis=1, keepdims=True)
    spectrum = fft.rfft(centred * _hann(), _FFT, axis=1)
    return np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)


def autocorrelations(spectra: FloatArray) -> FloatArray:
    """(n, 1024) autocorrelation by lag in samples, near 1 for a signal that repeats exactly.

    That of the window is divided out (Boersma 1993, "Accurate short-term analysis of the
    fundamental frequency and the harmonics-to-noise ratio of a sampled sound", eq. 9). What lies
    above 1,500 Hz is taken out, and the rest is flattened by a power below 1 (Tolonen and
    Karjalainen 2000, "A computationally efficient multipitch analysis model"), so that a strong
    formant is not taken for the pitch.
    """
    from scipy import fft

    flat = (spectra * _low_pass()) ** _FLATNESS
    found = np.asarray(fft.irfft(flat, axis=1)[:, : _FFT // 2], np.float32)
    found /= np.maximum(found[:, :1], 1e-12) * _window_correlation()
    return found


@lru_cache(maxsize=1)
def _low_pass() -> FloatArray:
    frequency = np.arange(_FFT // 2 + 1) * SAMPLE_RATE / _FFT
    return np.asarray(1 / (1 + (frequency / _LOW_PASS) ** 8), np.float32)


@lru_cache(maxsize=1)
def _window_correlation() -> FloatArray:
    power = np.abs(np.fft.rfft(_hann(), _FFT)) ** 2
    correlation = np.fft.irfft(power)[: _FFT // 2]
    return np.asarray(np.maximum(correlation / correlation[0], 1e-3), np.float32)


def levels_of(spectra: FloatArray) -> FloatArray:
    """(n,) level in dB of full scale 1, :data:`SILENCE` at least; a full sine has -3."""
    # the half spectrum holds each power once, but for the first and the last
    energy = 2 * spectra.sum(axis=1) - spectra[:, 0] - spectra[:, -1]
    return _decibels(energy / _FFT / float((_hann() ** 2).sum()))


def bands_of(spectra: FloatArray) -> FloatArray:
    """(n, BANDS) level of each band in dB, on the scale of :func:`levels_of`."""
    power = 2 * (spectra @ _band_filters()) / _FFT / float((_hann() ** 2).sum())
    return _decibels(power)


@lru_cache(maxsize=1)
def _band_filters() -> FloatArray:
    """(1025, BANDS) triangles that overlap by half."""
    low, high = (2595 * np.log10(1 + edge / 700) for edge in _BAND_EDGES)
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    frequency = np.arange(_FFT // 2 + 1) * SAMPLE_RATE / _FFT
    rising = (frequency[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - frequency[:, None]) / np.diff(edges)[1:]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)), np.float32)


def _decibels(power: FloatArray | Values) -> FloatArray:
    floor = 10 ** (SILENCE / 10)
    return np.asarray(10 * np.log10(np.maximum(power, floor)), np.float32)
