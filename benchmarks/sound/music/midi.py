"""Notes as a MIDI file, and that as sound through FluidSynth and Debian's General MIDI sounds."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from emotion_core.sound.blocks import SAMPLE_RATE

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
DRUMS = 9
# A file at 120 beats a minute: this many ticks are a second.
_TICKS = 1920
_RATE = 48_000

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Note:
    """A note of MIDI: seconds, key number, loudness to 127, and the channel it is played on."""

    start: float
    end: float
    pitch: int
    velocity: int
    channel: int


def can_render() -> bool:
    """Whether FluidSynth and its sounds are installed."""
    return shutil.which("fluidsynth") is not None and SOUNDFONT.exists()


def render(notes: Sequence[Note], programs: dict[int, int], seconds: float) -> Samples:
    """Play notes.

    Args:
        notes: in any order.
        programs: of General MIDI, 0 to 127, by channel.
        seconds: of the result; what still sounds is cut.

    Returns:
        (n,) at :data:`SAMPLE_RATE`, the loudest sample at 0.5.
    """
    from scipy.io import wavfile
    from scipy.signal import resample_poly

    with TemporaryDirectory() as folder:
        midi, wave = Path(folder) / "notes.mid", Path(folder) / "notes.wav"
        midi.write_bytes(midi_file(notes, programs))
        command = ["fluidsynth", "-ni", "-q", "-r", str(_RATE), "-F", str(wave)]
        subprocess.run(
            [*command, str(SOUNDFONT), str(midi)], check=True, capture_output=True, timeout=300
        )
        stereo = wavfile.read(wave)[1].astype(np.float32)
    mono = resample_poly(stereo.mean(axis=1), 1, _RATE // SAMPLE_RATE)
    sound = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    sound[: len(mono)] = mono[: len(sound)]
    return sound * np.float32(0.5 / max(float(np.abs(sound).max()), 1e-9))


def midi_file(notes: Sequence[Note], programs: dict[int, int]) -> bytes:
    """A Standard MIDI File of format 0."""
    events = [(0, 0, bytes((0xC0 | channel, program))) for channel, program in programs.items()]
    for note in notes:
        start, end = round(note.start * _TICKS), round(note.end * _TICKS)
        events.append((start, 2, bytes((0x90 | note.channel, note.pitch, note.velocity))))
        # a note ends before the same one begins anew
        events.append((max(end, start + 1), 1, bytes((0x80 | note.channel, note.pitch, 0))))
    track, now = b"", 0
    for time, _, event in sorted(events):
        track += _length(time - now) + event
        now = time
    track += b"\x00\xff\x2f\x00"
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, _TICKS // 2)
    return head + b"MTrk" + struct.pack(">I", len(track)) + track


def _length(ticks: int) -> bytes:
    found = [ticks & 0x7F]
    while ticks := ticks >> 7:
        found.append(0x80 | (ticks & 0x7F))
    return bytes(reversed(found))
