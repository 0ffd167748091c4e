"""A recording of one's own voice: read once, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pandas as pd

from emotion_core.errors import MediaError
from emotion_core.media.opening import audio_streams, open_clip
from emotion_core.performance.delivery.delivery import Delivery, read_voices
from emotion_core.performance.delivery.line_beside import SaidLine, clear_pitches, usual_pitch
from emotion_core.performance.delivery.line_list import LINE_COLUMNS
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.delivery.turns import speech_shares
from emotion_core.performance.wording.same_lines import YOU
from emotion_core.practice.voice.words import hear_words
from emotion_core.progress import finish
from emotion_core.sound.analysis import SoundAnalysis
from emotion_core.sound.decode import read_blocks
from emotion_core.sound.kinds.detector import SoundDetector
from emotion_core.sound.listener import listen
from emotion_core.sound.voice.delivery import DeliveryReader
from emotion_core.sound.words.lines import Lines

# Seconds, and megabytes of a file.
LONGEST = 120.0
LARGEST_MB = 100
# Share of full scale that counts as reached, and of the time with speech in which it is.
_FULL, _CLIPPED = 0.99, 0.05
_CLIPPED_WORDS = (
    "The recording is clipped: it is louder than the microphone can take, so loudness and the "
    "strongest word are not to be trusted. Move away from the microphone and say it again."
)
_NO_SOUND_IN_IT = (
    "Nothing is heard in the recording. Check that the right microphone is chosen and not muted."
)
_NO_SPEECH = (
    "No speech is heard in the recording, or less than 0.3 s of it. Say the whole line, near the "
    "microphone, where it is quiet."
)


@dataclass(frozen=True, slots=True)
class OwnRecording:
    """A recording of a line that was said.

    Attributes:
        sound: what is heard in it.
        words: of the line, as of :func:`~emotion_core.practice.voice.words.hear_words`.
        clipped: whether it is.
    """

    sound: SoundAnalysis
    words: pd.DataFrame
    clipped: bool

    @property
    def warning(self) -> str:
        """What is wrong with it, "" if nothing is."""
        return _CLIPPED_WORDS if self.clipped else ""


def read_recording(path: Path, text: str, detector: SoundDetector) -> OwnRecording:
    """Read a recording in which somebody says a line.

    Args:
        path: a file with sound; pictures in it are not read.
        text: of the line.
        detector: knows speech and music.

    Raises:
        MediaError: it is no sound, too long, silent, or without speech.
    """
    _check(path)
    sound = finish(listen(path, "0" * 64, LONGEST + 1, detector))
    _check_length(sound.duration)
    if sound.silent or not sound.duration:
        raise MediaError(_NO_SOUND_IN_IT)
    if not len(sound.utterances):
        raise MediaError(_NO_SPEECH)
    words = hear_words(text, read_blocks(path, LONGEST), sound.speech)
    return OwnRecording(sound, words, _is_clipped(sound))


def own_line(
    text: str, recording: OwnRecording, reader: DeliveryReader, earlier: Sequence[float]
) -> SaidLine:
    """A line as it is said in a recording.

    Args:
        text: of the line.
        recording: of it.
        reader: knows voices.
        earlier: pitches in Hz of the same speaker in other recordings, as of
            :func:`~emotion_core.performance.delivery.line_beside.clear_pitches`: a microphone
            changes loudness and timbre, but not pitch.
    """
    sound, words = recording.sound, recording.words
    who = pd.DataFrame({"character": YOU, "verdict": "speaks"}, index=sound.utterances.index)
    utterances = read_voices(sound, who, reader)
    turns = utterances[["start", "end", "character", "verdict"]].assign(track=0)
    said = words if len(words) else sound.utterances
    start, end = float(said["start"].iloc[0]), float(said["end"].iloc[-1])
    row = (start, end, YOU, text, "", "", "", np.nan)
    lines = pd.DataFrame([row], columns=list(LINE_COLUMNS))
    delivery = Delivery(turns, speech_shares(turns), utterances, (), (), lines)
    usual = usual_pitch([*clear_pitches(utterances), *earlier])
    return SaidLine(YOU, SceneSound(sound, Lines.of(()), delivery), YOU, 0, words, usual)


def _check(path: Path) -> None:
    """That there is a sound of a length that is read.

    Raises:
        MediaError: there is not.
    """
    size = path.stat().st_size
    if not size:
        raise MediaError("The recording is empty (0 bytes). Record it again.")
    if size > LARGEST_MB * 1e6:
        raise MediaError(
            f"The file has {size / 1e6:.0f} MB; {LARGEST_MB} MB are the limit. Cut out the line."
        )
    try:
        container = open_clip(path)
    except MediaError as error:
        raise MediaError(
            "This is no sound that Eme can read, or it is damaged. WAV, MP3, M4A, FLAC, OGG and "
            "films can be read."
        ) from error
    with container:
        if not audio_streams(container):
            raise MediaError("There is no sound in this file.")
        _check_length((container.duration or 0) / av.time_base)


def _check_length(seconds: float) -> None:
    if seconds > LONGEST:
        minutes = f"{LONGEST / 60:.0f} minutes"
        raise MediaError(
            f"The recording is {seconds / 60:.1f} minutes long; {minutes} are the limit. Cut out "
            "the line."
        )


def _is_clipped(sound: SoundAnalysis) -> bool:
    wave = sound.waveform
    time = wave["time"].to_numpy(np.float64)
    spoken = np.zeros(len(time), np.bool_)
    for start, end in sound.spoken():
        spoken |= (time >= start) & (time < end)
    full = (wave["high"].to_numpy() >= _FULL) | (wave["low"].to_numpy() <= -_FULL)
    return bool(full[spoken].mean() >= _CLIPPED) if spoken.any() else False
