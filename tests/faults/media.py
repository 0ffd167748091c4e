"""Media files that are damaged, odd, or not what their name says; each is made from its number."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.faults import crafted
from tests.media.clips import make_clip

SEED = 20_260_611
ROUNDS = 3  # of each kind of damage for each clip
# What is damaged: suffix, codec of the picture, codec of the sound.
_SOUND = {
    "mp4": ("h264", "aac"),
    "mov": ("h264", "pcm_s16le"),
    "mkv": ("ffv1", "aac"),
    "webm": ("vp9", "libopus"),
    "avi": ("mpeg4", "libmp3lame"),
    "ts": ("h264", "aac"),
    "mpg": ("mpeg2", "mp2"),
    "flv": ("h264", "aac"),
    "wmv": ("mpeg4", "libmp3lame"),
    "3gp": ("mpeg4", "aac"),
    "nut": ("mpeg4", "pcm_s16le"),
    "h264": ("h264", ""),
    "mjpeg": ("mjpeg", ""),
    "apng": ("apng", ""),
}
_NUMBERS = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_CHUNK = 512


@dataclass(frozen=True)
class MediaCase:
    """A file to be.

    Attributes:
        name: says what is wrong with it.
        write: puts it into a folder; gives its path. It is also given a folder with sound files
            that it may name.
    """

    name: str
    write: Callable[[Path, Path], Path]


def cases() -> list[MediaCase]:
    """All of them, in an order that never changes."""
    return [*_damaged(), *(MediaCase(name, write) for name, write in crafted.files())]


def write_sound_files(folder: Path) -> None:
    """Write the clips that are damaged, one of each container, and one that lists name."""
    for suffix, (codec, sound) in _SOUND.items():
        audio = {"audio": "stereo", "audio_codec": sound} if sound else {}
        make_clip(folder / f"sound.{suffix}", 25, size=(96, 64), codec=codec, **audio)  # type: ignore[arg-type]


def _damaged() -> Iterator[MediaCase]:
    for suffix in _SOUND:
        for kind, damage in _KINDS.items():
            for number in range(ROUNDS):
                name = f"{suffix} {kind} {number}"
                yield MediaCase(name, partial(_write, suffix, damage, name))


def _write(suffix: str, damage: Damage, name: str, folder: Path, sound: Path) -> Path:
    data = bytearray((sound / f"sound.{suffix}").read_bytes())
    path = folder / f"clip.{suffix}"
    path.write_bytes(damage(data, random.Random(f"{SEED} {name}")))
    return path


Damage = Callable[[bytearray, random.Random], bytes]


def _flip(count: int, within: int | None, data: bytearray, chance: random.Random) -> bytes:
    for _ in range(count):
        data[chance.randrange(min(within or len(data), len(data)))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _truncate(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randrange(1, len(data))])


def _blank(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    end = min(start + chance.randrange(1, 4 * _CHUNK), len(data))
    data[start:end] = bytes(end - start)
    return bytes(data)


def _swap(data: bytearray, chance: random.Random) -> bytes:
    one, other = (chance.randrange(max(len(data) - _CHUNK, 1)) for _ in range(2))
    first, second = data[one : one + _CHUNK], data[other : other + _CHUNK]
    data[one : one + len(second)], data[other : other + len(first)] = second, first
    return bytes(data)


def _repeat(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return bytes(data[:start] + data[start : start + 4 * _CHUNK] * 3 + data[start:])


def _remove(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return bytes(data[:start] + data[start + chance.randrange(1, 2 * _CHUNK) :])


def _insert(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return bytes(data[:start]) + chance.randbytes(chance.randrange(1, 300)) + bytes(data[start:])


def _numbers(within: int | None, data: bytearray, chance: random.Random) -> bytes:
    for _ in range(3):
        place = chance.randrange(max(min(within or len(data), len(data)) - 4, 1))
        data[place : place + 4] = struct.pack(">I", chance.choice(_NUMBERS))
    return bytes(data)


def _boxes(data: bytearray, chance: random.Random) -> bytes:
    """Another length or a number in what MPEG-4 calls a box; in other files, in its place."""
    names = (b"moov", b"mvhd", b"tkhd", b"mdhd", b"stsd", b"stts", b"stsc", b"stsz", b"stco")
    found = [place for name in names if (place := data.find(name)) > 3]
    place = chance.choice(found) if found else chance.randrange(4, len(data) - 40)
    at = place - 4 if chance.random() < 0.5 else place + 4 * chance.randrange(1, 8)
    value = chance.choice((*_NUMBERS, 8, 16, 1 << 20))
    data[at : at + 4] = struct.pack(">I", value)
    return bytes(data)


_KINDS: dict[str, Damage] = {
    "one bit": partial(_flip, 1, None),
    "bits": partial(_flip, 40, None),
    "bits in the head": partial(_flip, 4, 600),
    "truncated": _truncate,
    "blank": _blank,
    "swapped": _swap,
    "repeated": _repeat,
    "removed": _remove,
    "inserted": _insert,
    "numbers": partial(_numbers, None),
    "numbers in the head": partial(_numbers, 800),
    "boxes": _boxes,
}
