"""Utterances: speech between two pauses, and how each of them is spoken."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.sound.voice.frames import STEP, Values
from emotion_core.sound.voice.syllables import syllables_of
from emotion_core.sound.voice.tremor import tremor_of

# Seconds between the rows of the speech table, and the probability from which they are speech.
_SPEECH_STEP = 0.1
_SPEECH = 0.5
# Seconds: a shorter gap is part of an utterance, and a shorter utterance is a sound.
_PAUSE, _SHORTEST = 0.4, 0.3
# Windows with a voice that a pitch needs, and seconds of speech that a pace needs.
_FEWEST_VOICED = 10
_SHORTEST_PACE = 0.8
UTTERANCE_COLUMNS = (
    *("start", "end", "pitch", "pitch_range", "loudness", "rate"),
    *("pause_before", "pauses", "voiced", "tremor"),
)


def utterances_of(
    voice: pd.DataFrame, speech: pd.DataFrame, loudness: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The utterances of a clip and what is measured in each.

    Args:
        voice: of :meth:`~emotion_core.sound.voice.reader.VoiceReader.finish`.
        speech: one row every 0.1 s, ``time`` (s, its start) and ``speech`` (0 to 1).
        loudness: ``momentary`` of :class:`~emotion_core.sound.voice.loudness.Loudness`.

    Returns:
        One row an utterance, NaN where something cannot be measured: ``start`` and ``end`` (s);
        ``pitch`` (Hz, median) and ``pitch_range`` (semitones from the 10th to the 90th percentile);
        ``loudness`` (LUFS, mean power); ``rate`` (syllables a second of speech, pauses left out);
        ``pause_before`` (s since the last utterance) and ``pauses`` (share without speech within);
        ``voiced`` (share of its windows with a pitch) and ``tremor`` (semitones, see
        :func:`~emotion_core.sound.voice.tremor.tremor_of`).
    """
    spans = _spans(speech)
    rows: list[tuple[float, ...]] = []
    for number, (start, end) in enumerate(spans):
        part = rows_between(voice, start, end)
        spoken = rows_between(speech, start, end)["speech"].to_numpy() >= _SPEECH
        seconds = float(spoken.sum()) * _SPEECH_STEP
        before = start - spans[number - 1][1] if number else np.nan
        pitch, width = _pitch(part)
        enough = seconds >= _SHORTEST_PACE
        rows.append(
            (
                *(start, end, pitch, width, _loudness(loudness, start, end)),
                len(syllables_of(part)) / seconds if enough and len(part) else np.nan,
                *(before, 1 - float(spoken.mean())),
                float(part["pitch"].notna().mean()) if len(part) else np.nan,
                tremor_of(semitones(part["pitch"].to_numpy(np.float64))),
            )
        )
    return pd.DataFrame(rows, columns=list(UTTERANCE_COLUMNS), dtype=np.float64)


def relative_to(utterances: pd.DataFrame, usual: pd.DataFrame) -> pd.DataFrame:
    """How utterances differ from what is usual for their speaker.

    Args:
        utterances: rows of :func:`utterances_of`.
        usual: those of the same speaker, whose medians are what is usual.

    Returns:
        In the order of the rows: ``pitch_difference`` (semitones), ``loudness_difference`` (LU),
        ``range_difference`` (semitones) and ``rate_ratio``; NaN where either is not known.
    """
    middle = usual.median(numeric_only=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.DataFrame(
            {
                "pitch_difference": 12 * np.log2(utterances["pitch"] / middle["pitch"]),
                "loudness_difference": utterances["loudness"] - middle["loudness"],
                "range_difference": utterances["pitch_range"] - middle["pitch_range"],
                "rate_ratio": utterances["rate"] / middle["rate"],
            }
        )


def semitones(pitch: Values) -> Values:
    """Pitch in semitones above 1 Hz; NaN stays."""
    return np.asarray(12 * np.log2(pitch))


def rows_between(table: pd.DataFrame, start: float, end: float) -> pd.DataFrame:
    """The rows whose ``time``, in rising order, is at least ``start`` and below ``end``."""
    time = table["time"].to_numpy()
    # times are multiples of a step that no float holds exactly
    first, last = np.searchsorted(time, [start - STEP / 10, end - STEP / 10])
    return table.iloc[first:last]


def _spans(speech: pd.DataFrame) -> list[tuple[float, float]]:
    """From when to when each utterance lasts, in seconds."""
    spans: list[tuple[float, float]] = []
    for time in speech["time"].to_numpy(np.float64)[speech["speech"].to_numpy() >= _SPEECH]:
        end = time + _SPEECH_STEP
        if spans and time - spans[-1][1] < _PAUSE - STEP / 10:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((time, end))
    return [(start, end) for start, end in spans if end - start >= _SHORTEST - STEP / 10]


def _pitch(part: pd.DataFrame) -> tuple[float, float]:
    """The median in Hz and the range in semitones; NaN where too little of it is voiced."""
    known = part["pitch"].dropna().to_numpy(np.float64)
    if len(known) < _FEWEST_VOICED:
        return np.nan, np.nan
    low, middle, high = np.quantile(known, [0.1, 0.5, 0.9])
    return float(middle), float(12 * np.log2(high / low))


def _loudness(loudness: pd.DataFrame | None, start: float, end: float) -> float:
    """Mean power of the windows in the middle of an utterance, in LUFS."""
    if loudness is None:
        return np.nan
    known = rows_between(loudness, start, end)["loudness"].dropna().to_numpy(np.float64)
    return float(10 * np.log10((10 ** (known / 10)).mean())) if len(known) else np.nan
