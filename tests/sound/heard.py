"""What might have been heard of a clip, made up for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emotion_core.sound.analysis import FEATURE_COLUMNS, SoundAnalysis
from emotion_core.sound.decode import SoundTrack
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.sound.music import reading
from emotion_core.sound.music.reading import MusicReading
from emotion_core.sound.store import MUSIC_TABLES, TABLES
from emotion_core.sound.voice.utterances import UTTERANCE_COLUMNS
from emotion_core.sound.waveform import WAVEFORM_RATE

TRACK = SoundTrack(0, "fil", "", "stereo", 48_000, "aac")


def make_sound(
    clip: str = "0" * 64,
    seconds: float = 12.0,
    spoken: Sequence[tuple[float, float]] = ((1.0, 4.0), (6.0, 9.0)),
    tracks: Sequence[SoundTrack] = (TRACK,),
) -> SoundAnalysis:
    """A clip with speech, over music in its second half."""
    time = np.arange(round(seconds * WAVEFORM_RATE)) / WAVEFORM_RATE
    voiced = np.zeros(len(time), bool)
    for start, end in spoken:
        voiced |= (time >= start) & (time < end)
    wave = np.where(voiced, 0.5, 0.05).astype(np.float32)
    cells = np.arange(round(seconds * 10)) / 10
    speech = np.zeros(len(cells), np.float32)
    for start, end in spoken:
        speech[(cells >= start) & (cells < end)] = 1
    kinds = pd.DataFrame({"time": cells, "speech": speech})
    kinds["music"] = np.where(cells >= seconds / 2, 1, 0).astype(np.float32)
    kinds = kinds.assign(other=0.0, level=-20.0, music_below=25.0)
    utterances = pd.DataFrame(list(spoken), columns=["start", "end"])
    numbers = {**dict.fromkeys(UTTERANCE_COLUMNS[2:], 1.0), "pitch": 200.0, "music_below": 25.0}
    utterances = utterances.assign(**numbers)
    utterances = utterances.assign(**dict.fromkeys(FEATURE_COLUMNS, np.nan))
    segments = [
        (0.0, seconds / 2, SoundKind.SPEECH.value, 0.9),
        (seconds / 2, seconds, SoundKind.SPEECH_OVER_MUSIC.value, 0.8),
    ]
    return SoundAnalysis(
        clip=clip,
        tracks=tuple(tracks),
        loudness=-23.0,
        waveform=_table(
            "waveform",
            {"time": time, "low": -wave, "high": wave, "envelope": np.where(voiced, -20, -60)},
        ),
        kinds=_table("kinds", kinds),
        segments=_table(
            "segments",
            pd.DataFrame(
                segments if seconds else [], columns=["start", "end", "kind", "confidence"]
            ),
        ),
        voice=_table(
            "voice", {"time": time, "pitch": np.where(voiced, 210.0, np.nan), "level": -20.0}
        ),
        utterances=_table("utterances", utterances),
        music=make_music(seconds),
    )


def make_music(seconds: float) -> MusicReading:
    """Two chords in C major, in the second half."""
    half, later = seconds / 2, 3 * seconds / 4
    rows: dict[str, list[tuple[object, ...]]] = {
        "sections": [(half, seconds)],
        "tempi": [(half, seconds, 100.0, 50.0, 0.9, True)],
        "beats": [(half, 0.9, True), (half + 0.6, 0.9, True)],
        "keys": [(half, seconds, "C major", 0.9, True)],
        "chords": [(half, later, "C", 0.9, True), (later, seconds, "Am", 0.4, False)],
        "changes": [(half, 1.0, "begins")],
    }
    tables = {
        name: pd.DataFrame(rows[name] if seconds else [], columns=list(dtypes)).astype(dict(dtypes))
        for name, dtypes in MUSIC_TABLES.items()
    }
    return reading.MusicReading(**tables)


def _table(name: str, columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns)[list(TABLES[name])].astype(dict(TABLES[name]))
