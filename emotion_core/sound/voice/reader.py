"""What is heard of a voice every 20 ms, read from the stream of a clip."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.sound.voice.frames import (
    BANDS,
    HOP,
    STEP,
    WINDOW,
    autocorrelations,
    bands_of,
    levels_of,
    power_spectra,
    windows_of,
)
from emotion_core.sound.voice.pitch import read_pitch, without_echoes
from emotion_core.types import FloatArray

BAND_COLUMNS = tuple(f"band_{k}" for k in range(BANDS))
VOICE_COLUMNS = ("time", "pitch", "level", "periodicity", *BAND_COLUMNS)
# Windows before and after those that are kept, through which the path of the pitch begins and ends.
_MARGIN = 50


class VoiceReader:
    """Reads pitch, level and the spectrum of a clip, block by block.

    Each block is read together with a second of its neighbours, so that a window has the same
    values wherever the clip ends, but for its last three seconds.
    """

    def __init__(self) -> None:
        self._samples = np.zeros(0, np.float32)
        self._offset = 0  # in the clip, of the first of these samples
        self._done = 0  # windows that are read
        self._tables: list[FloatArray] = []

    def add(self, block: SoundBlock) -> None:
        """Read on; blocks come in their order, without a gap."""
        self._samples = np.concatenate(
            [self._samples, np.nan_to_num(block.samples, posinf=0.0, neginf=0.0)]
        )
        end = self._offset + len(self._samples)
        self._read(end // HOP - _MARGIN - WINDOW // HOP, _MARGIN)

    def finish(self) -> pd.DataFrame:
        """All windows of the clip.

        Returns:
            One row every 20 ms: ``time`` (s, the middle of a window of 50 ms), ``pitch`` (Hz, NaN
            where no voice is heard), ``level`` (dBFS of the mono sound, -120 for silence),
            ``periodicity`` (0 to 1, how much of the window repeats) and :data:`BAND_COLUMNS`
            (dBFS of ten bands from 150 to 3,600 Hz).
        """
        samples = self._offset + len(self._samples)
        self._read(-(-samples // HOP), 0)
        empty = np.zeros((0, len(VOICE_COLUMNS) - 1), np.float32)
        values = np.concatenate([empty, *self._tables])
        values[:, 0] = without_echoes(values[:, 0], values[:, 1])
        table = pd.DataFrame(values, columns=list(VOICE_COLUMNS[1:]))
        table.insert(0, "time", np.arange(len(values)) * STEP)
        return table

    def _read(self, until: int, after: int) -> None:
        """Read the windows up to number ``until``, with some more after them."""
        if until <= self._done:
            return
        first = max(self._done - _MARGIN, 0)
        count = until + after - first
        spectra = power_spectra(
            windows_of(self._samples, first * HOP - self._offset, count),
        )
        levels = levels_of(spectra)
        pitch, periodicity = read_pitch(autocorrelations(spectra), levels)
        columns = np.column_stack([pitch, levels, periodicity, bands_of(spectra)])
        self._tables.append(columns[self._done - first : until - first])
        self._done = until
        keep = max((until - _MARGIN) * HOP - WINDOW, self._offset)
        self._samples = self._samples[keep - self._offset :]
        self._offset = keep


def read_voice(samples: FloatArray) -> pd.DataFrame:
    """The table of :meth:`VoiceReader.finish` of a sound that is held whole, (n,) at 16 kHz."""
    reader = VoiceReader()
    for start in range(0, len(samples), 10 * SAMPLE_RATE):
        part = samples[start : start + 10 * SAMPLE_RATE]
        reader.add(SoundBlock(start / SAMPLE_RATE, part, part[None], SAMPLE_RATE, "mono"))
    return reader.finish()
