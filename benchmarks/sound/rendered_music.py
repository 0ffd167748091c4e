"""Music for benchmarks: chords, bass, melody and drums that FluidSynth plays from a sound font."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.types import FloatArray

SOUND_FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
_TICKS = 480
_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))
_MAJOR = (0, 2, 4, 5, 7, 9, 11, 12)
# General MIDI programs of chords and melody: piano, strings, organ, guitar, brass, flute, choir.
_PROGRAMS = (0, 48, 19, 25, 61, 73, 52)


def has_fluidsynth() -> bool:
    """Whether FluidSynth and its sound font are installed."""
    return shutil.which("fluidsynth") is not None and SOUND_FONT.is_file()


def rendered_music(seconds: float, seed: int) -> FloatArray:
    """A piece at 16 kHz, of mean power 1, at least so many seconds long."""
    random = np.random.default_rng(seed)
    tempo = int(random.integers(70, 150))
    bars = int(np.ceil(seconds * tempo / 60 / 4)) + 1
    with tempfile.TemporaryDirectory() as folder:
        score, sound = Path(folder) / "a.mid", Path(folder) / "a.wav"
        score.write_bytes(_midi(bars, tempo, random))
        command = ["fluidsynth", "-ni", "-q", "-r", str(SAMPLE_RATE), "-F", str(sound)]
        subprocess.run(
            [*command, str(SOUND_FONT), str(score)], check=True, capture_output=True, timeout=120
        )
        samples, _ = soundfile.read(sound, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)[: int(seconds * SAMPLE_RATE)]
    return np.asarray(mono / np.sqrt((mono**2).mean()), np.float32)


def _midi(bars: int, tempo: int, random: np.random.Generator) -> bytes:
    """A MIDI file of one track (format 0)."""
    key = int(random.integers(-5, 6))
    events = [(0, bytes([0xC0 | c, int(random.choice(_PROGRAMS))])) for c in (0, 1)]
    events.append((0, bytes([0xC2, 32])))  # a bass

    def note(channel: int, number: int, beat: float, beats: float, strength: int) -> None:
        start, end = int(beat * _TICKS), int((beat + beats * 0.95) * _TICKS)
        events.append((start, bytes([0x90 | channel, number, strength])))
        events.append((end, bytes([0x80 | channel, number, 0])))

    for bar in range(bars):
        chord = _CHORDS[random.integers(len(_CHORDS))]
        for step in chord:
            note(0, 55 + key + step, bar * 4, 4, 80)
        for beat in range(4):
            note(2, 36 + key + chord[0] % 12, bar * 4 + beat, 1, 90)
            note(9, 36 if beat % 2 == 0 else 38, bar * 4 + beat, 0.5, 80)
            note(1, 67 + key + int(random.choice(_MAJOR)), bar * 4 + beat, 1, 90)
    events.append((bars * 4 * _TICKS, b"\xff\x2f\x00"))
    track = b"\x00\xff\x51\x03" + (60_000_000 // tempo).to_bytes(3, "big")
    now = 0
    for time, event in sorted(events, key=lambda one: one[0]):
        track += _variable(time - now) + event
        now = time
    head = b"MThd" + (6).to_bytes(4, "big") + b"\x00\x00\x00\x01" + _TICKS.to_bytes(2, "big")
    return head + b"MTrk" + len(track).to_bytes(4, "big") + track


def _variable(value: int) -> bytes:
    """A number in groups of seven bits, as MIDI writes times."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))
