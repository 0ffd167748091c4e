"""One's own voice: recorded in the browser, or taken from a file; only in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.files import whole_file
from emotion_core.library.deliveries import delivery_reader
from emotion_core.library.sounds import sound_detector
from emotion_core.library.voice.takes import ending_of, kept_pitches
from emotion_core.performance.delivery.line_beside import LineBeside, clear_pitches, lay_beside
from emotion_core.practice.voice.recording import (
    LARGEST_MB,
    LONGEST,
    OwnRecording,
    own_line,
    read_recording,
)
from emotion_core.unfinished import TemporaryFolder
from pages.practice.voice.picker import ChosenLine
from pages.shared.text import as_text
from pages.shared.users.visitor import server_settings, visitor

_RECORD, _FILE = "Record", "A file"
_HOW, _NUMBER, _READ = "voice-how", "voice-number", "voice-read"
# The browser records this many samples a second; more would not be heard by what reads voices.
_RATE = 16_000


@dataclass(frozen=True, slots=True)
class Said:
    """A line that was said, beside its model.

    Attributes:
        content, suffix: the recording as a file.
        read: what was heard in it.
        beside: the line by both.
        pitches: of its utterances in Hz.
        usual_of: utterances of which the own usual pitch is the median.
    """

    content: bytes
    suffix: str
    read: OwnRecording
    beside: LineBeside
    pitches: tuple[float, ...]
    usual_of: int


def record_line(chosen: ChosenLine) -> Said | None:
    """A recorder or a field for a file; gives the line beside the model once it was said."""
    how = st.segmented_control(
        "Your voice", [_RECORD, _FILE], default=_RECORD, key=_HOW, required=True
    )
    # another line, or one that was kept, empties the field and the memory that held it
    number = st.session_state.setdefault(_NUMBER, 0)
    key = f"voice-{hashlib.blake2b(chosen.key.encode(), digest_size=8).hexdigest()}-{number}"
    if how == _RECORD:
        given = st.audio_input("Say the line", sample_rate=_RATE, key=f"{key}-record")
        st.caption(
            "Your browser asks for the microphone; nothing is recorded before you press the "
            "button. Face and voice are recorded apart: the camera is off here."
        )
    else:
        given = st.file_uploader(
            "A recording of the line",
            key=f"{key}-file",
            max_upload_size=LARGEST_MB,
            help=f"Sound or film in any usual format, up to {LONGEST / 60:.0f} minutes.",
        )
    if given is None:
        st.session_state.pop(_READ, None)
        return None
    suffix = ending_of(given.name)
    try:
        return _laid_beside(chosen, given.getvalue(), suffix)
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return None


def next_recording() -> None:
    """Empty the recorder, and the memory that held what was said."""
    st.session_state[_NUMBER] = st.session_state.get(_NUMBER, 0) + 1
    st.session_state.pop(_READ, None)


def _laid_beside(chosen: ChosenLine, content: bytes, suffix: str) -> Said:
    """Read a recording, unless it was just read, and lay it beside the model.

    Raises:
        MediaError: it cannot be read, or nobody speaks in it.
        OutputError: the folder for temporary files is full, or cannot be written to.
        ModelError: what hears cannot be loaded.
    """
    text, models = chosen.said.text, server_settings().models_dir
    key = (hashlib.blake2b(content, digest_size=16).hexdigest(), text)
    known: tuple[object, OwnRecording] | None = st.session_state.get(_READ)
    if known is None or known[0] != key:
        with st.spinner("Listening to your recording …"), TemporaryFolder("eme-voice-") as folder:
            path = Path(folder) / f"recording{suffix}"
            with whole_file(path) as work:
                work.write_bytes(content)
            known = key, read_recording(path, text, sound_detector(models))
        st.session_state[_READ] = known
    read = known[1]
    earlier = kept_pitches(visitor().own)
    own = own_line(text, read, delivery_reader(models), earlier)
    pitches = tuple(clear_pitches(own.sound.delivery.utterances))
    beside = lay_beside(chosen.said, own)
    return Said(content, suffix, read, beside, pitches, len(pitches) + len(earlier))
