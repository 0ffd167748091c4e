"""The tables that music is read from, out of a stream of samples.

Short-time spectra give, ten times a second, how strong each pitch class sounds and the colour and
level of the sound, and a hundred times a second how much begins to sound. Written with NumPy and
not with librosa: that compiles machine code when it is imported, 4 s on a laptop and half a minute
the first time, and these are a few lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.types import FloatArray

# Rows of the tables a second; row k covers the clip from k / ROWS to (k + 1) / ROWS.
ROWS = 10
# Values of the onset envelope a row.
ONSETS = 10
# Places of the octave in which pitch is kept: three a semitone, so that it can be tuned afterwards.
PLACES = 36
TIMBRE = 13

_HOP = SAMPLE_RATE // ROWS
# Half a second tells apart two semitones from 55 Hz on (a Hann window's main lobe is 4 bins wide).
_WINDOW = 8192
_HALO = (_WINDOW - _HOP) // 2
# Spectra are computed in pieces of this many rows wherever the blocks end: the same sums in the
# same order give the same bits.
_CHUNK = 50
# Lowest and highest pitch that counts as harmony, as MIDI key numbers, faded in and out: below, a
# window does not part semitones; above are overtones.
_PITCHES = (30.0, 36.0, 84.0, 96.0)
# A peak stands out by this factor from the mean of the spectrum around it, 80 Hz wide.
_STANDS_OUT, _AROUND = 1.5, 41
_ONSET_WINDOW, _ONSET_HOP = 1024, _HOP // ONSETS
_BANDS = 40
# Amplitudes are compressed as log(1 + c x), linear below 1 / c of full scale.
_COMPRESSION = 1000.0
_LAG = 2  # onset frames back with which a spectrum is compared


@dataclass(frozen=True, slots=True)
class Spectra:
    """n rows of :data:`ROWS` a second.

    Attributes:
        places: (n, 36) float32, how strong each third of a semitone sounds, over all octaves; 0 is
            in the middle of C.
        timbre: (n, 13) float32, the cosine transform of the compressed spectrum in mel bands
            (Davis and Mermelstein 1980).
        level: (n,) float32, dB of full scale (mean square), at least -100.
        onsets: (10 n,) float32, the rise of the compressed spectrum, at least 0.
    """

    places: FloatArray
    timbre: FloatArray
    level: FloatArray
    onsets: FloatArray


class SpectraReader:
    """Makes :class:`Spectra` of samples that come piece by piece; no more than 6 s are kept."""

    def __init__(self) -> None:
        self._waiting = np.zeros(_HALO, np.float32)
        self._samples = 0
        self._rows: list[tuple[FloatArray, ...]] = []
        self._before = np.zeros((_LAG, _BANDS), np.float32)
        self._mel = _mel_filters()
        self._cosines = _cosines()

    def add(self, samples: FloatArray) -> None:
        """The next (n,) float32 samples, at 16 kHz. What is not finite counts as silence."""
        self._samples += len(samples)
        self._waiting = np.concatenate([self._waiting, np.nan_to_num(samples, posinf=0, neginf=0)])
        while len(self._waiting) >= _CHUNK * _HOP + 2 * _HALO:
            self._next()

    @property
    def seconds(self) -> float:
        """Of all that was added."""
        return self._samples / SAMPLE_RATE

    def finish(self) -> Spectra:
        """All rows; a last one that is not full counts."""
        count = -(-self._samples // _HOP)
        while len(self._rows) * _CHUNK < count:
            missing = _CHUNK * _HOP + 2 * _HALO - len(self._waiting)
            self._waiting = np.pad(self._waiting, (0, max(missing, 0)))
            self._next()
        empty = tuple(np.zeros((0, *shape), np.float32) for shape in ((PLACES,), (TIMBRE,), (), ()))
        places, timbre, level, onsets = (
            np.concatenate(columns) for columns in zip(*(self._rows or [empty]), strict=True)
        )
        return Spectra(places[:count], timbre[:count], level[:count], onsets[: count * ONSETS])

    def _next(self) -> None:
        piece = self._waiting[: _CHUNK * _HOP + 2 * _HALO]
        self._waiting = self._waiting[_CHUNK * _HOP :]
        inner = piece[_HALO : len(piece) - _HALO].reshape(_CHUNK, _HOP)
        power = np.square(inner, dtype=np.float64).mean(axis=1)
        level = (10 * np.log10(np.maximum(power, 1e-10))).astype(np.float32)
        onsets, timbre = self._rises(piece)
        self._rows.append((pitch_places(_spectrum(piece, _WINDOW, _HOP)), timbre, level, onsets))

    def _rises(self, piece: FloatArray) -> tuple[FloatArray, FloatArray]:
        # SuperFlux (Böck and Widmer 2013, "Maximum filter vibrato suppression for onset
        # detection", DAFx): a band is compared with the loudest of its neighbours a while before
        margin = _HALO - (_ONSET_WINDOW - _ONSET_HOP) // 2
        spectrum = _spectrum(piece[margin : len(piece) - margin], _ONSET_WINDOW, _ONSET_HOP)
        bands = np.log1p(_COMPRESSION * (spectrum @ self._mel))
        known = np.concatenate([self._before, bands])
        self._before = known[-_LAG:]
        earlier = known[:-_LAG]
        beside = np.pad(earlier, ((0, 0), (1, 1)), mode="edge")
        loudest = np.maximum(np.maximum(beside[:, :-2], beside[:, 2:]), earlier)
        onsets = np.maximum(bands - loudest, 0).mean(axis=1)
        timbre = bands.reshape(_CHUNK, ONSETS, _BANDS).mean(axis=1) @ self._cosines
        return onsets, timbre


def pitch_places(spectrum: FloatArray) -> FloatArray:
    """How strong each third of a semitone sounds, over all octaves.

    The peaks of the spectrum, each at the frequency of the parabola through its three highest
    values in decibels, weighted by the root of its amplitude (after Gómez 2006, "Tonal description
    of music audio signals", section 3.2; three places a semitone as in Harte and Sandler 2005,
    "Automatic chord identification using a quantised chromagram", AES 118).

    Args:
        spectrum: (n, 4097) amplitudes.

    Returns:
        (n, 36) float32.
    """
    from scipy.ndimage import uniform_filter1d

    inner = spectrum[:, 1:-1]
    around = uniform_filter1d(spectrum, _AROUND, axis=1, mode="nearest")[:, 1:-1]
    peaks = (inner > spectrum[:, :-2]) & (inner >= spectrum[:, 2:])
    rows, bins = np.nonzero(peaks & (inner > _STANDS_OUT * around))
    bins += 1
    low, top, high = (np.log(spectrum[rows, bins + k] + 1e-9) for k in (-1, 0, 1))
    bend = low - 2 * top + high
    shift = np.divide(0.5 * (low - high), bend, out=np.zeros_like(bend), where=bend < 0)
    frequency = (bins + shift.clip(-0.5, 0.5)) * (SAMPLE_RATE / _WINDOW)
    pitch = 69 + 12 * np.log2(frequency / 440)
    weight = np.sqrt(spectrum[rows, bins]) * np.interp(pitch, _PITCHES, (0, 1, 1, 0))
    place = np.rint(pitch * (PLACES / 12)).astype(np.int64) % PLACES
    sums = np.bincount(rows * PLACES + place, weight, len(spectrum) * PLACES)
    return np.asarray(sums.reshape(-1, PLACES), np.float32)


def _spectrum(samples: FloatArray, window: int, hop: int) -> FloatArray:
    """(n, window / 2 + 1) amplitudes; a sine of full scale has 1 or less."""
    shape = np.hanning(window + 1)[:-1].astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, window)[::hop]
    return np.abs(np.fft.rfft(frames * shape, axis=1)) * np.float32(2 / shape.sum())


def _mel_filters() -> FloatArray:
    """(513, 40) triangles between 30 and 7,600 Hz, mel = 2595 log10(1 + f / 700)."""
    low, high = (2595 * np.log10(1 + frequency / 700) for frequency in (30, 7600))
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(_ONSET_WINDOW, 1 / SAMPLE_RATE)[:, None]
    rise = (bins - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - bins) / np.diff(edges)[1:]
    return np.asarray(np.maximum(np.minimum(rise, fall), 0), np.float32)


def _cosines() -> FloatArray:
    """(40, 13) of the orthonormal discrete cosine transform of the second kind."""
    turns = np.outer(np.arange(_BANDS) + 0.5, np.arange(TIMBRE)) * (np.pi / _BANDS)
    scale = np.where(np.arange(TIMBRE) == 0, 1 / _BANDS, 2 / _BANDS) ** 0.5
    return np.asarray(np.cos(turns) * scale, np.float32)
