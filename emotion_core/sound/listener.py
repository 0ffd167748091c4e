"""From a clip to what is heard in it, in one pass over its sound.

Every block of sound goes through all readers, one after the other; each keeps a few numbers of it.
So memory grows with the rows of tables and not with the sound.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.progress import Progress, Task
from emotion_core.sound.analysis import FEATURE_COLUMNS, SoundAnalysis
from emotion_core.sound.blocks import BLOCK_SECONDS
from emotion_core.sound.decode import read_blocks, sound_tracks
from emotion_core.sound.kinds.detector import SoundDetector
from emotion_core.sound.kinds.reader import KindsReader
from emotion_core.sound.kinds.segments import music_below, segments_of
from emotion_core.sound.music.reader import MusicReader
from emotion_core.sound.voice.features import features_of
from emotion_core.sound.voice.loudness import LoudnessReader
from emotion_core.sound.voice.reader import VoiceReader
from emotion_core.sound.voice.utterances import utterances_of
from emotion_core.sound.waveform import WaveformReader


def listen(path: Path, clip: str, end: float, detector: SoundDetector) -> Task[SoundAnalysis]:
    """Hear a clip.

    Args:
        path: the clip; one without sound gives empty tables.
        clip: SHA-256 of the file.
        end: seconds at which its picture ends.
        detector: knows speech and music.

    Yields:
        Progress in seconds of the clip.

    Raises:
        MediaError: the clip cannot be opened.
    """
    waveform, loudness = WaveformReader(), LoudnessReader()
    kinds, voice, music = KindsReader(detector), VoiceReader(), MusicReader()
    for block in read_blocks(path, end):
        for reader in (waveform, loudness, kinds, voice, music):
            reader.add(block)
        yield Progress(min(block.start + BLOCK_SECONDS, end), end, "listening")
    heard, spoken, loud = kinds.finish(), voice.finish(), loudness.finish()
    utterances = utterances_of(spoken, heard, loud.momentary)
    features = pd.DataFrame(features_of(spoken, utterances), columns=list(FEATURE_COLUMNS))
    below = music_below(heard)
    least = [
        _least(below, heard["time"], start, stop)
        for start, stop in zip(utterances["start"], utterances["end"], strict=True)
    ]
    return SoundAnalysis(
        clip=clip,
        tracks=sound_tracks(path),
        loudness=loud.integrated,
        waveform=waveform.finish(),
        kinds=heard,
        segments=segments_of(heard),
        voice=spoken[["time", "pitch", "level"]],
        utterances=pd.concat([utterances.assign(music_below=least), features], axis=1),
        music=music.finish(heard),
    )


def _least(
    values: np.ndarray[tuple[int], np.dtype[np.float32]], time: pd.Series, start: float, end: float
) -> float:
    """The least of some values within a time; NaN where none is known."""
    first, last = np.searchsorted(time.to_numpy(), [start, end])
    known = values[first:last][np.isfinite(values[first:last])]
    return float(known.min()) if len(known) else math.nan
