"""The outline of the sound, as it is drawn and as mouths are compared with it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.sound.blocks import SAMPLE_RATE, SoundBlock
from emotion_core.types import FloatArray

# Rows a second.
WAVEFORM_RATE = 50
_STEP = SAMPLE_RATE // WAVEFORM_RATE
# Hertz: what a telephone passes is enough to understand speech, and has little of rumble and hiss.
_VOICE_BAND = (300.0, 3400.0)
# Decibels of full scale below which nothing is heard.
FLOOR = -90.0


class WaveformReader:
    """Keeps the extremes and the level of every fiftieth of a second."""

    def __init__(self) -> None:
        from scipy.signal import butter

        self._filter = butter(2, _VOICE_BAND, "bandpass", fs=SAMPLE_RATE, output="sos")
        self._state = np.zeros((len(self._filter), 2))
        self._parts: list[FloatArray] = []

    def add(self, block: SoundBlock) -> None:
        """Take in the next block."""
        from scipy.signal import sosfilt

        voice, self._state = sosfilt(self._filter, block.samples, zi=self._state)
        samples, voice = (
            np.pad(one, (0, -len(one) % _STEP)).reshape(-1, _STEP) for one in (block.samples, voice)
        )
        power = np.mean(voice**2, axis=1)
        level = 10 * np.log10(np.maximum(power, 10 ** (FLOOR / 10)))
        rows = np.stack([samples.min(axis=1), samples.max(axis=1), level], axis=1)
        self._parts.append(rows.astype(np.float32))

    def finish(self) -> pd.DataFrame:
        """What was kept.

        Returns:
            ``time`` (s, of the beginning), ``low`` and ``high`` (full scale 1), ``envelope`` (level
            from 300 to 3,400 Hz in decibels of full scale, at least :data:`FLOOR`), float32.
        """
        rows = np.concatenate([np.zeros((0, 3), np.float32), *self._parts])
        low, high = rows[:, :2].clip(-1, 1).T
        time = np.arange(len(rows)) / WAVEFORM_RATE
        return pd.DataFrame({"time": time, "low": low, "high": high, "envelope": rows[:, 2]})
