"""Notes of a piece, and the MIDI file that plays them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

# Of a MIDI file, to the second: 480 a quarter at 120 quarters a minute.
_TICKS = 960
_DRUM_CHANNEL = 9
_VOLUME, _SUSTAIN_LEVEL, _REVERB = 7, 11, 91


@dataclass(frozen=True, slots=True)
class Note:
    """One note.

    Attributes:
        pitch: MIDI number, 60 the middle C; of drums, which one.
        start, length: in seconds.
        velocity: 1 to 127.
    """

    pitch: int
    start: float
    length: float
    velocity: int = 80


@dataclass(frozen=True, slots=True)
class Part:
    """What one instrument plays.

    Attributes:
        program: of General MIDI, from 0; of drums, the kit.
        notes: in any order.
        drums: whether it is a drum kit.
        volume: 0 to 127.
        swells: times and loudnesses (0 to 127) of a sustained sound that comes and goes.
    """

    program: int
    notes: Sequence[Note]
    drums: bool = False
    volume: int = 100
    swells: Sequence[tuple[float, int]] = ()


def to_midi(parts: Sequence[Part], reverb: int = 40) -> bytes:
    """A MIDI file of format 0 (Standard MIDI Files 1.0, MIDI Manufacturers Association 1996).

    Args:
        parts: at most fifteen instruments and one drum kit; more are left out.
        reverb: how much of it, 0 to 127.
    """
    free = iter(channel for channel in range(16) if channel != _DRUM_CHANNEL)
    events: list[tuple[int, int, bytes]] = []
    for part in parts:
        channel = _DRUM_CHANNEL if part.drums else next(free, None)
        if channel is None:
            continue
        control = 0xB0 | channel
        events.append((0, 0, bytes([0xC0 | channel, part.program])))
        events.append((0, 0, bytes([control, _VOLUME, part.volume])))
        events.append((0, 0, bytes([control, _REVERB, reverb])))
        for time, level in part.swells:
            events.append((round(time * _TICKS), 1, bytes([control, _SUSTAIN_LEVEL, level])))
        for note in part.notes:
            if not 0 <= note.pitch <= 127:
                continue
            start = round(note.start * _TICKS)
            end = max(round((note.start + note.length) * _TICKS), start + 1)
            events.append((start, 3, bytes([0x90 | channel, note.pitch, note.velocity])))
            # a note that ends when the next of its pitch begins ends before it
            events.append((end, 2, bytes([0x80 | channel, note.pitch, 0])))
    track = bytearray()
    now = 0
    for time, _, event in sorted(events):
        track += _variable_length(time - now) + event
        now = time
    track += b"\x00\xff\x2f\x00"
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, _TICKS // 2)
    return header + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


def _variable_length(value: int) -> bytes:
    """A number in groups of seven bits, all but the last marked."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))
