"""Scenes that espeak-ng speaks, with the time of every word, and what is played over them."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from scipy.io import wavfile
from scipy.signal import resample_poly

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.words.normalization import words_of

Samples = npt.NDArray[np.float32]

_SYNCHRONOUS, _CHARACTERS, _UTF8, _WORD = 2, 1, 1, 1
_RATE, _PITCH = 1, 3
_SOUND_FONTS = Path("/usr/share/sounds/sf2")


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("text", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    # espeak_EVENT of speak_lib.h
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


class Voice:
    """Speaks through the library of espeak-ng, which says when each word begins."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 500, None, 0)
        self._parts: list[npt.NDArray[np.int16]] = []
        self._words: list[tuple[int, float]] = []
        kind = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
        )
        self._callback = kind(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, wave: object, count: int, events: object) -> int:
        place = 0
        while events[place].type:  # type: ignore[index]
            event = events[place]  # type: ignore[index]
            if event.type == _WORD:
                self._words.append((event.text_position - 1, event.audio_position / 1000))
            place += 1
        if wave and count:
            self._parts.append(np.ctypeslib.as_array(wave, (count,)).copy())  # type: ignore
        return 0

    def say(self, text: str, name: str, speed: int) -> tuple[Samples, list[float]]:
        """Samples, and when each of :func:`words_of` begins: NaN where espeak-ng does not say."""
        self._parts.clear()
        self._words.clear()
        self._library.espeak_SetVoiceByName(name.encode())
        self._library.espeak_SetParameter(_RATE, speed, 0)
        data = text.encode()
        size = ctypes.c_size_t(len(data) + 1)
        self._library.espeak_Synth(data, size, 0, _CHARACTERS, 0, _UTF8, None, None)
        samples = np.concatenate(self._parts) / np.float32(32768)
        begins = dict(self._words)
        times, at = [], 0
        for word in words_of(text):
            at = text.lower().index(word, at)
            times.append(begins.get(at, float("nan")))
            at += len(word)
        return resample_poly(samples, SAMPLE_RATE, self._rate).astype(np.float32), times


@dataclass(frozen=True)
class Scene:
    """Lines as they were said.

    Attributes:
        samples: at :data:`SAMPLE_RATE`.
        times: of each line, when its words begin.
    """

    samples: Samples
    times: list[list[float]]


def speak(lines: Sequence[str], seed: int) -> Scene:
    """Two voices that take turns, with pauses of 0.2 to 1.5 s, at 140 to 190 words a minute."""
    voice, random = Voice(), np.random.default_rng(seed)
    parts: list[Samples] = []
    times, length = [], 0
    for number, line in enumerate(lines):
        name = ("en-us", "en-us+f3")[number % 2]
        samples, begins = voice.say(line, name, int(random.integers(140, 190)))
        pause = np.zeros(int(random.uniform(0.2, 1.5) * SAMPLE_RATE), np.float32)
        times.append([begin + length / SAMPLE_RATE for begin in begins])
        parts += [samples, pause]
        length += len(samples) + len(pause)
    return Scene(np.concatenate(parts), times)


def mix(samples: Samples, other: Samples, decibels: float) -> Samples:
    """Sound under which other sound lies so much more quietly, by their mean power."""
    other = np.resize(other, len(samples))
    factor = np.sqrt((samples**2).mean() / (other**2).mean() / 10 ** (decibels / 10))
    return (samples + factor * other).astype(np.float32)


def noise(seconds: float) -> Samples:
    """Noise whose power falls by 3 dB an octave."""
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(int(seconds * SAMPLE_RATE)))
    return np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1))).astype(np.float32)


def music(seconds: float) -> Samples | None:
    """Strings and piano over four chords, played by FluidSynth; ``None`` where it is missing."""
    fonts = sorted(_SOUND_FONTS.glob("*.sf2")) if _SOUND_FONTS.is_dir() else []
    if shutil.which("fluidsynth") is None or not fonts:
        return None
    with TemporaryDirectory() as folder:
        score, wave = Path(folder) / "music.mid", Path(folder) / "music.wav"
        score.write_bytes(_score(int(seconds / 2) + 1))
        command = ["fluidsynth", "-ni", "-q", "-F", str(wave), "-r", str(SAMPLE_RATE)]
        subprocess.run([*command, str(fonts[0]), str(score)], check=True, capture_output=True)
        _, stereo = wavfile.read(wave)
    return (stereo.mean(axis=1) / 32768).astype(np.float32)


def _score(chords: int) -> bytes:
    """A standard MIDI file: a chord every 2 s on strings, its notes one by one on a piano."""
    track = bytearray(b"\0\xc0\x30\0\xc1\0")  # strings on channel 0, piano on channel 1
    for number in range(chords):
        notes = ((57, 60, 64), (53, 57, 60), (60, 64, 67), (55, 59, 62))[number % 4]
        for note in notes:
            track += bytes((0, 0x90, note, 80))
        for place in range(8):  # 120 of 480 ticks a beat: a quarter of a second
            note = notes[place % 3] + 12
            track += bytes((0, 0x91, note, 90, 0x81, 0x70, 0x81, note, 0))
        for note in notes:
            track += bytes((0, 0x80, note, 0))
    track += b"\0\xff\x2f\0"
    head = b"MThd" + (6).to_bytes(4, "big") + bytes((0, 0, 0, 1, 1, 0xE0))
    return head + b"MTrk" + len(track).to_bytes(4, "big") + bytes(track)
