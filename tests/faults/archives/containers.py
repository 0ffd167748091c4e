"""Faults of the ZIP file itself, and wrong bytes anywhere."""

from __future__ import annotations

import random
import struct
import zipfile
from functools import partial
from pathlib import Path

from tests.faults.archives.packing import SEED, Members, Write, pack

_DAMAGED = 36  # archives with some wrong bytes


def cases() -> dict[str, Write]:
    """All of them, by name."""
    found: dict[str, Write] = {f"ZIP: {name}": write for name, write in _ZIPS.items()}
    for number in range(_DAMAGED):
        found[f"wrong bytes {number}"] = partial(_wrong_bytes, number)
    return found


def _bomb(members: Members, path: Path, _: Path) -> None:
    clip = next(name for name in members if name.startswith("media/"))
    pack({**members, clip: bytes(300 << 20)}, path)


def _packed_by(method: int) -> Write:
    return lambda members, path, _: pack(members, path, method)


def _damaged_by(method: int, members: Members, path: Path, _: Path) -> None:
    pack(members, path, method)
    data = bytearray(path.read_bytes())
    for place in range(200, min(len(data), 4000), 37):
        data[place] ^= 0x5A
    path.write_bytes(data)


def _named(name: str) -> Write:
    return lambda members, path, _: pack({**members, name: b"x" * 100}, path)


def _twice(members: Members, path: Path, _: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for _round in range(2):
            for name, data in members.items():
                archive.writestr(name, data if _round else data[: len(data) // 2])


def _linked(members: Members, path: Path, bait: Path) -> None:
    clip = next(name for name in members if name.startswith("media/"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            if name == clip:
                info.external_attr, info.create_system = 0o120777 << 16, 3
                data = str(bait).encode()
            archive.writestr(info, data)


def _encrypted(members: Members, path: Path, _: Path) -> None:
    pack(members, path)
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(data)


def _many_entries(members: Members, path: Path, _: Path) -> None:
    """Half a million names in the list of a ZIP file, which share one empty file."""
    pack(members, path)
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack("<II", data[end + 12 : end + 20])
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0)
    more = b"".join(entry + b"%07d" % k for k in range(500_000))
    tail = bytearray(data[end:])
    tail[8:12], tail[12:16] = b"\xff\xff\xff\xff", struct.pack("<I", size + len(more))
    path.write_bytes(data[: start + size] + more + bytes(tail))


def _larger_than_said(members: Members, path: Path, _: Path) -> None:
    pack(members, path)
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\1\2")
    while at >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 5)
        at = data.find(b"PK\1\2", at + 4)
    path.write_bytes(data)


def _file(ending: str, data: bytes) -> Write:
    def write(members: Members, path: Path, _: Path) -> None:
        name = next(one for one in members if one.endswith(ending))
        pack({**members, name: data}, path)

    return write


def _only(data: bytes) -> Write:
    return lambda _members, path, _bait: path.write_bytes(data) and None


_ZIPS: dict[str, Write] = {
    "a bomb": _bomb,
    "stored": _packed_by(zipfile.ZIP_STORED),
    "of BZIP2": _packed_by(zipfile.ZIP_BZIP2),
    "of LZMA": _packed_by(zipfile.ZIP_LZMA),
    "of damaged BZIP2": partial(_damaged_by, zipfile.ZIP_BZIP2),
    "of damaged LZMA": partial(_damaged_by, zipfile.ZIP_LZMA),
    "of damaged DEFLATE": partial(_damaged_by, zipfile.ZIP_DEFLATED),
    "a file above": _named("../evil.txt"),
    "a file of the root": _named("/tmp/eme-evil.txt"),
    "a file of Windows": _named("C:\\evil.txt"),
    "a file of a long name": _named("a" * 60_000),
    "each file twice": _twice,
    "a clip that is a link": _linked,
    "encrypted": _encrypted,
    "half a million entries": _many_entries,
    "larger than it says": _larger_than_said,
    "nothing": _only(b""),
    "no ZIP": _only(b"no ZIP at all" * 1000),
    "an end alone": _only(b"PK\5\6" + bytes(18)),
    "a list of 2^32": _only(b"PK\5\6" + b"\0\0\0\0" + b"\xff" * 14),
    "tables that are none": _file("faces.parquet", b"PAR1 and nothing more"),
    "tables of nothing": _file("frames.parquet", b""),
    "embeddings of nothing": _file("identity.parquet", b"PAR1PAR1"),
    "an analysis of no JSON": _file("analysis.json", b"\xff\xfe{"),
    "an analysis of lists in lists": _file("analysis.json", b"[" * 100_000),
    "a manifest of lists in lists": _file("library.json", b"[" * 1_000_000),
    "a manifest of nothing": _file("library.json", b""),
    "a strip that is a page": _file(".webp", b"<svg onload=alert(1)>"),
    "a strip that is cut off": _file(".webp", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(20)),
    "a clip that is a list": _file(".mp4", b"#EXTM3U\n/etc/passwd\n"),
}


def _wrong_bytes(number: int, members: Members, path: Path, _: Path) -> None:
    """Wrong bytes in the archive, or in one of its files, whose sum is right then."""
    chance = random.Random(f"{SEED} {number}")
    if number % 3:
        name = chance.choice([one for one in sorted(members) if not one.startswith("media/")])
        members = {**members, name: _flipped(members[name], chance)}
        pack(members, path)
    else:
        pack(members, path)
        path.write_bytes(_flipped(path.read_bytes(), chance))


def _flipped(data: bytes, chance: random.Random) -> bytes:
    wrong = bytearray(data)
    for _ in range(chance.choice((1, 8, 60))):
        wrong[chance.randrange(len(wrong))] = chance.randrange(256)
    return bytes(wrong)
