"""What is said in a scene, line by line: when, by whom, and what face and voice do on it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, describe
from emotion_core.emotions.uncertainty import HARD_TO_SEE, uncertainty_of
from emotion_core.performance.delivery.turns import overlaps, speakers_of
from emotion_core.sound.words.lines import Lines

LINE_COLUMNS = ("start", "end", "speaker", "text", "face", "voice", "strongest", "confidence")
# Readings of a face that a line needs.
_FEWEST = 3
_HARD = [reason for reason in HARD_TO_SEE if reason != "speaking"]
# By how much the strongest word must be louder than the line, in decibels of the voice band.
_LOUDER = 2.0


def line_list(
    lines: Lines,
    faces: pd.DataFrame,
    utterances: pd.DataFrame,
    turns: pd.DataFrame,
    waveform: pd.DataFrame,
) -> pd.DataFrame:
    """The lines that are spoken at a known time.

    Args:
        lines: of the clip.
        faces: of its analysis, with the names of characters.
        utterances: with ``delivery``, and ``pitch_difference`` in semitones against the speaker's
            own usual.
        turns: who speaks, by the mouths in view.
        waveform: of its sound.

    Returns:
        A row a line, by time, with the columns :data:`LINE_COLUMNS`: ``speaker`` as the file says,
        else who is seen to speak, with "?" where that is only likely; ``face``, what the face of
        the speaker reads over the line ("" where it is not in view, or can hardly be seen);
        ``voice``, how it is spoken ("" where that cannot be told); ``strongest``, the loudest word
        ("" where words have no times, or none stands out); ``confidence`` of the times, NaN where
        a file states them.
    """
    spoken = lines.spoken
    seen = speakers_of(spoken, turns)
    plain = faces[~uncertainty_of(faces)[_HARD].any(axis=1)]
    rows = []
    for place, line in enumerate(spoken.to_dict("records")):
        character, verdict = seen.iloc[place]
        # who is written and who is seen are two accounts: faces go by what is seen
        speaker = line["speaker"] or (f"{character}?" if verdict == "likely" else character)
        rows.append(
            (
                line["start"],
                line["end"],
                speaker,
                line["text"],
                _face(plain, character or line["speaker"], line["start"], line["end"]),
                _voice(utterances, line["start"], line["end"]),
                strongest_word(lines.words, int(spoken.index[place]), waveform),
                line["confidence"],
            )
        )
    return pd.DataFrame(rows, columns=list(LINE_COLUMNS))


def _face(faces: pd.DataFrame, name: str, start: float, end: float) -> str:
    """What the face of a character reads over a time, in words."""
    here = faces[faces["time"].between(start, end) & faces["character"].eq(name).fillna(False)]
    if not name or len(here) < _FEWEST:
        return ""
    mean = here[list(EMOTIONS)].to_numpy(np.float64).mean(axis=0)
    return describe(dict(zip(EMOTIONS, mean.tolist(), strict=True)))


def _voice(utterances: pd.DataFrame, start: float, end: float) -> str:
    """How the utterance is spoken in which most of a line lies."""
    if not len(utterances):
        return ""
    shared = overlaps(utterances, start, end)
    if not shared.any():
        return ""
    row = utterances.iloc[int(shared.argmax())]
    words = [] if row["delivery"] == "can't tell" else [str(row["delivery"])]
    away = row["pitch_difference"]
    if np.isfinite(away) and round(abs(away)):
        count = round(abs(away))
        way = "above" if away > 0 else "below"
        words.append(f"{count} semitone{'s' * (count > 1)} {way} the usual")
    return ", ".join(words)


def strongest_word(words: pd.DataFrame, line: int, waveform: pd.DataFrame) -> str:
    """The loudest word of a line; "" if none stands out.

    Args:
        words: of :attr:`~emotion_core.sound.words.lines.Lines.words`.
        line: its row there.
        waveform: of the sound.
    """
    own = words[words["line"].eq(line) & words["heard"]]
    if len(own) < 2:
        return ""
    time, level = waveform["time"].to_numpy(), waveform["envelope"].to_numpy(np.float64)
    peaks = []
    for start, end in zip(own["start"], own["end"], strict=True):
        first, last = np.searchsorted(time, [start, end])
        part = level[first : max(last, first + 1)]
        peaks.append(part.max() if len(part) else -np.inf)
    best = int(np.argmax(peaks))
    if peaks[best] - np.median(peaks) < _LOUDER:
        return ""
    return str(own["word"].iloc[best])
