"""What is compared between the utterances of one speaker: few numbers that survive a recording.

None of them is compared between speakers. A microphone, a room or a codec moves all utterances of a
scene alike, and that falls out with the speaker's own median.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.sound.voice.frames import STEP, Values
from emotion_core.sound.voice.reader import BAND_COLUMNS
from emotion_core.sound.voice.syllables import syllables_of
from emotion_core.sound.voice.utterances import rows_between, semitones

# Vocal effort lies in pitch, level and the balance of the spectrum (Sundberg and Nordenberg 2006;
# Eyben et al. 2016, "The Geneva minimalistic acoustic parameter set").
# The level itself is left out: films mix it, and between two sets of acted speech it misleads.
FEATURES = (
    *("pitch", "pitch_high", "pitch_range", "pitch_quartiles", "pitch_movement"),
    *("pitch_skew", "pitch_slope", "pitch_start", "pitch_end"),
    *("level_range", "level_movement", "periodicity", "voiced", "rate"),
    *(f"balance_{k}" for k in range(len(BAND_COLUMNS))),
)
# Windows with a voice that an utterance needs: 0.2 s.
_FEWEST = 10


def features_of(voice: pd.DataFrame, utterances: pd.DataFrame) -> Values:
    """The features of utterances.

    Args:
        voice: of :meth:`~emotion_core.sound.voice.reader.VoiceReader.finish`.
        utterances: with ``start`` and ``end`` in seconds.

    Returns:
        (n, len(FEATURES)): pitches in semitones, levels in dB, the balance of the spectrum in dB
        of each band against the mean of all bands, in the louder half of the voiced windows. A row
        of NaN where less than 0.2 s is voiced.
    """
    spans = zip(utterances["start"], utterances["end"], strict=True)
    rows = [_features(rows_between(voice, start, end)) for start, end in spans]
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


def relative_features(features: Values, usual: Values) -> Values:
    """Features less the medians of what is usual for the speaker.

    Args:
        features: (n, k).
        usual: (m, k) of the same speaker; rows of NaN are left out.
    """
    known = usual[np.isfinite(usual).all(axis=1)]
    if not len(known):
        return np.full_like(features, np.nan)
    return np.asarray(features - np.median(known, axis=0))


def _features(part: pd.DataFrame) -> Values:
    """(k,) of one utterance."""
    pitch = semitones(part["pitch"].to_numpy(np.float64))
    voiced = np.isfinite(pitch)
    if voiced.sum() < _FEWEST:
        return np.full(len(FEATURES), np.nan)
    first, last = np.flatnonzero(voiced)[[0, -1]]
    span = last + 1 - first
    levels = part["level"].to_numpy(np.float64)
    soft, middle, strong = np.quantile(levels[voiced], [0.1, 0.5, 0.9])
    bands = part[list(BAND_COLUMNS)].to_numpy(np.float64)
    balance = bands[voiced & (levels >= middle)].mean(axis=0)
    return np.array(
        [
            *_contour(pitch),
            strong - soft,
            np.abs(np.diff(levels[first : last + 1])).mean(),
            part["periodicity"].to_numpy(np.float64)[voiced].mean(),
            voiced.sum() / span,
            len(syllables_of(part)) / (span * STEP),
            *(balance - balance.mean()),
        ]
    )


def _contour(pitch: Values) -> list[float]:
    """What the pitch does, from semitones every 20 ms: the first nine features."""
    voiced = np.flatnonzero(np.isfinite(pitch))
    known = pitch[voiced]
    low, quarter, middle, most, high = np.quantile(known, [0.1, 0.25, 0.5, 0.75, 0.9])
    steps = np.abs(np.diff(pitch))
    steps = steps[np.isfinite(steps)]
    time = (voiced - voiced.mean()) * STEP
    n = len(known)
    within = np.median(known[n // 4 : 3 * n // 4])
    return [
        *(float(middle), float(high), float(high - low), float(most - quarter)),
        float(steps.mean()) if len(steps) else 0.0,
        float(known.mean() - middle),
        float((time @ known) / max(time @ time, 1e-3)),
        float(np.median(known[: n // 4]) - within),
        float(np.median(known[3 * n // 4 :]) - within),
    ]
