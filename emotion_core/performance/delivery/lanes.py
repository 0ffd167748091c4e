"""What is heard of a scene over its time, as the lanes of the player and of the video show it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.sound.analysis import SoundAnalysis
from emotion_core.sound.voice.utterances import semitones
from emotion_core.sound.waveform import WAVEFORM_RATE

UNKNOWN_SPEAKER = "?"
_MUSIC_BELOW = 10.0  # decibels
_JOINED = 0.05  # seconds between two turns that are shown as one


class ShownTurn(NamedTuple):
    """Somebody speaks.

    Attributes:
        start, end: seconds.
        name: of who speaks, "off screen", or :data:`UNKNOWN_SPEAKER`.
        sure: whether it is sure that they do.
        words: the same for a sentence.
    """

    start: float
    end: float
    name: str
    sure: bool
    words: str


def shown_turns(turns: pd.DataFrame) -> list[ShownTurn]:
    """Who speaks, by time; what follows at once in the same words is one turn.

    Args:
        turns: of :func:`~emotion_core.performance.delivery.turns.turns_of`.
    """
    found: list[ShownTurn] = []
    columns = (turns[name].tolist() for name in ("start", "end", "character", "verdict"))
    for start, end, name, verdict in zip(*columns, strict=True):
        if verdict == "off screen":
            name, words = "off screen", "A voice off screen"
        elif name:
            words = name if verdict == "speaks" else f"{name}, perhaps: only this mouth moves"
        else:
            name, words = UNKNOWN_SPEAKER, "It cannot be told"
        turn = ShownTurn(start, end, name, verdict in ("speaks", "off screen"), words)
        if found and found[-1][2:] == turn[2:] and start - found[-1].end < _JOINED:
            found[-1] = found[-1]._replace(end=end)
        else:
            found.append(turn)
    return found


def pitch_from_usual(sound: SoundAnalysis, utterances: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Pitch from the usual of who speaks, and of voices without a name from that of all of those.

    Args:
        sound: of the clip.
        utterances: of a :class:`~emotion_core.performance.delivery.delivery.Delivery`.

    Returns:
        (n,) semitones at the times of :attr:`SoundAnalysis.waveform`; NaN where no voice is heard,
        or music is near, in which pitch would be read.
    """
    found = np.full(len(sound.waveform), np.nan)
    time = sound.voice["time"].to_numpy(np.float64)
    pitch = semitones(sound.voice["pitch"].to_numpy(np.float64))
    plain = utterances[~(utterances["music_below"] < _MUSIC_BELOW)]
    middle = plain.groupby("character")["pitch"].transform("median")
    for start, end, usual in zip(plain["start"], plain["end"], middle, strict=True):
        first, last = np.searchsorted(time, [start, end])
        if np.isfinite(usual):
            rows = np.rint(time[first:last] * WAVEFORM_RATE).astype(np.int64)
            inside = rows < len(found)
            found[rows[inside]] = (pitch[first:last] - semitones(np.array(usual)))[inside]
    return found
