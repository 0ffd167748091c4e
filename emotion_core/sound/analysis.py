"""What is known of the sound of a clip once it has been heard."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from emotion_core.sound.decode import SoundTrack
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.sound.music.reading import MusicReading
from emotion_core.sound.voice.features import FEATURES
from emotion_core.sound.waveform import WAVEFORM_RATE

# Raise it when the same clip would now give another result.
SOUND_VERSION = 1
# Of utterances, what is compared with the usual of who speaks.
FEATURE_COLUMNS = tuple(f"feature_{name}" for name in FEATURES)


@dataclass(frozen=True, slots=True)
class SoundAnalysis:
    """The sound of a clip. It does not depend on who is in view: characters may be edited later.

    Attributes:
        clip: SHA-256 of the file.
        tracks: its sounds that can be decoded; the first was read, and none is silence.
        loudness: LUFS of the whole by EBU R 128; NaN where nothing is heard.
        waveform: see :class:`~emotion_core.sound.waveform.WaveformReader`.
        kinds: see :class:`~emotion_core.sound.kinds.reader.KindsReader`.
        segments: see :func:`~emotion_core.sound.kinds.segments.segments_of`.
        voice: ``time, pitch, level`` of :class:`~emotion_core.sound.voice.reader.VoiceReader`.
        utterances: see :func:`~emotion_core.sound.voice.utterances.utterances_of`, with
            ``music_below`` (dB, the least within it) and :data:`FEATURE_COLUMNS`.
        music: what is heard of the music.
        version: of the method, :data:`SOUND_VERSION` when it was heard.
    """

    clip: str
    tracks: tuple[SoundTrack, ...]
    loudness: float
    waveform: pd.DataFrame
    kinds: pd.DataFrame
    segments: pd.DataFrame
    voice: pd.DataFrame
    utterances: pd.DataFrame
    music: MusicReading
    version: int = SOUND_VERSION

    @property
    def silent(self) -> bool:
        """Whether there is a sound, but nothing in it is heard."""
        kinds = set(self.segments["kind"])
        return bool(self.tracks) and kinds <= {SoundKind.SILENCE}

    @property
    def duration(self) -> float:
        """Seconds from the beginning of the clip to the end of its sound."""
        return len(self.waveform) / WAVEFORM_RATE

    @property
    def speech(self) -> pd.DataFrame:
        """``time`` (s) and ``speech`` (probability), a row every 0.1 s."""
        return self.kinds[["time", "speech"]]

    def spoken(self) -> list[tuple[float, float]]:
        """Start and end in seconds of every utterance."""
        spans = self.utterances[["start", "end"]].itertuples(index=False)
        return [(float(start), float(end)) for start, end in spans]


def describe_tracks(sound: SoundAnalysis) -> str:
    """What the file has of sound, in a sentence; empty where it is one sound as usual."""
    if not sound.tracks:
        return "The clip has no sound."
    if sound.silent:
        return "The clip has a sound track, but nothing is heard in it."
    if len(sound.tracks) == 1:
        return ""
    named = [track.title or track.language or "without a name" for track in sound.tracks]
    return f"The clip has {len(named)} sound tracks ({', '.join(named)}). Eme reads the first."
