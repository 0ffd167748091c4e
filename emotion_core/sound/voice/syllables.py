"""The syllables of speech, by the peaks of its level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.sound.voice.reader import BAND_COLUMNS

# dB by which a peak stands out from the dips beside it, and how far it may lie below the loudest;
# and how much of a window repeats where there is a voice.
_PROMINENCE, _BELOW = 3.0, 25.0
_VOICED = 0.35
# Of the bands: where vowels are strong and hiss is not, 270 to 2,400 Hz.
_VOWELS = list(BAND_COLUMNS[1:8])


def syllables_of(voice: pd.DataFrame) -> npt.NDArray[np.float64]:
    """When the syllables of a stretch of speech are loudest.

    De Jong and Wempe 2009, "Praat script to detect syllable nuclei and measure speech rate
    automatically": peaks of the level, here from 270 to 2,400 Hz, with a dip before and after
    them, where there is a voice. Vowels that follow each other without a dip count once.

    Args:
        voice: rows of :meth:`~emotion_core.sound.voice.reader.VoiceReader.finish`.

    Returns:
        (k,) seconds.
    """
    from scipy import signal

    levels = 10 * np.log10((10 ** (voice[_VOWELS].to_numpy(np.float64) / 10)).sum(axis=1))
    if not len(levels):
        return np.zeros(0)
    least = np.quantile(levels, 0.95) - _BELOW
    peaks, _ = signal.find_peaks(levels, height=least, prominence=_PROMINENCE)
    voiced = voice["periodicity"].to_numpy()[peaks] >= _VOICED
    return np.asarray(voice["time"].to_numpy(np.float64)[peaks[voiced]])
