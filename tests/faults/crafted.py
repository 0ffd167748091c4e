"""Files made to trouble a reader: lists of other files, odd shapes, rates, sizes and times."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np

from tests.media.clips import make_clip, marked_image

Write = Callable[[Path, Path], Path]

_LISTS = {
    "HLS": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{0}\n#EXT-X-ENDLIST\n",
    "HLS key": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{0}"\n#EXTINF:2,\n{0}\n#EXT-X-ENDLIST\n',
    "concat": "ffconcat version 1.0\nfile '{0}'\n",
    "DASH": '<?xml version="1.0"?><MPD><Period><BaseURL>{0}</BaseURL></Period></MPD>',
    "SMIL": '<smil><body><video src="{0}"/></body></smil>',
    "playlist": "[playlist]\nFile1={0}\nNumberOfEntries=1\n",
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {1} RTP/AVP 96\n",
    "text art": "\x1b[31m{0}\n" * 60,
}
_ADDRESSES = {
    "absolute": "{folder}/sound.ts",
    "file": "file://{folder}/sound.ts",
    "network": "http://127.0.0.1:{port}/a.ts",
}
PORT = "EME_FAULTS_PORT"  # where somebody listens for whoever comes


def files() -> Iterator[tuple[str, Write]]:
    """What is made, by a name that says what it is."""
    for kind in _LISTS:
        for place in _ADDRESSES:
            for suffix in ("m3u8", "mp4", "mkv") if place != "file" else ("ts",):
                yield f"{kind} {place} .{suffix}", partial(_list, kind, place, suffix)
    for place in ("absolute", "relative"):
        yield f"data reference {place}", partial(_data_reference, place)
    for name, data in _NO_CLIPS.items():
        yield name, partial(_bytes, data)
    yield "a folder", _folder
    yield "a pipe", _pipe
    yield "a device", partial(_link, Path("/dev/zero"))
    yield "a link to nothing", partial(_link, Path("/nowhere/at/all"))
    yield "an archive", _archive
    for name, options in _CLIPS.items():
        yield name, partial(_clip, options)
    for name, values in _MATRICES.items():
        yield f"orientation {name}", partial(_matrix, values)
    for name, shape in _SHAPES.items():
        yield f"pixels {name}", partial(_aspect, shape)
    yield "size changes midway", partial(_joined, [(96, 64), (640, 360), (64, 96)])
    yield "size grows to 8K midway", partial(_grows, [(96, 64), (7680, 4320)])
    yield "size grows to 16K midway", partial(_grows, [(96, 64), (15360, 8640)])
    yield "a picture of 8K", partial(_grows, [(7680, 4320)])
    yield "a picture of 16K", partial(_grows, [(15360, 8640)])
    yield "only sound", _only_sound
    yield "sound after a day", partial(_late_sound, 90_000.0)
    yield "sound after a minute", partial(_late_sound, 60.0)


_NO_CLIPS = {
    "nothing": b"",
    "one byte": b"\0",
    "zeros": bytes(5000),
    "text": b"To be, or not to be\n" * 100,
    "a page": b"<html><video src='sound.mp4'></video></html>",
    "a program": b"#!/bin/sh\necho hello\n",
    "an MPEG-4 head alone": struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"isom"),
    "a box without end": struct.pack(">I4s4sII4s", 16, b"ftyp", b"isom", 0, 0, b"moov"),
    "a box of 2^63 bytes": struct.pack(">I4s4sII4sQ", 16, b"ftyp", b"isom", 0, 1, b"moov", 1 << 63),
    "boxes in boxes": struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)
    + b"".join(struct.pack(">I4s", 8 * k, b"moov") for k in range(2000, 0, -1)),
    "a Matroska head alone": bytes.fromhex("1a45dfa3a34286810142f7810142f2810442f38108"),
    "a GIF of 65535 pixels": b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0"
    + b"\xff\xff\xff\xff\0\x02\x02D\x01\0;",
    "a PNG of 2^31 pixels": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
    + b"\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0",
    "a RIFF of no size": b"RIFF\xff\xff\xff\xffAVI LIST\0\0\0\0hdrl",
    "sync bytes alone": b"\x47" * 188 * 40,
    "start codes alone": b"\0\0\x01\xba" * 400,
}
_MINUTES = [0.0, 0.04, 600.0, 600.04]
_CLIPS: dict[str, dict[str, Any]] = {
    "a gap of ten minutes": {"suffix": "mkv", "n": 4, "pts": _MINUTES},
    "a gap of ten minutes in MPEG-4": {"suffix": "mp4", "n": 4, "pts": _MINUTES},
    "a gap of thirty hours": {"suffix": "mkv", "n": 3, "pts": [0.0, 0.04, 108_000.0]},
    "a gap of thirty hours with sound": {
        **{"suffix": "mkv", "n": 3, "pts": [0.0, 0.04, 108_000.0]},
        **{"audio": "mono", "audio_seconds": 1.0},
    },
    "a gap of a year": {"suffix": "mkv", "n": 3, "pts": [0.0, 0.04, 3.2e7]},
    "many gaps": {"suffix": "mkv", "n": 30, "pts": [700.0 * k for k in range(30)]},
    "a picture in a hundred seconds": {"suffix": "mp4", "n": 5, "fps": 0.01},
    "a thousand pictures a second": {"suffix": "mp4", "n": 40, "fps": 1000},
    "one picture": {"suffix": "mp4", "n": 1},
    "one pixel": {"suffix": "mkv", "n": 5, "size": (1, 1), "codec": "ffv1"},
    "two pixels": {"suffix": "mp4", "n": 5, "size": (2, 2)},
    "a line": {"suffix": "mkv", "n": 3, "size": (4096, 2), "codec": "ffv1"},
    "a column": {"suffix": "avi", "n": 3, "size": (16, 4096), "codec": "mjpeg"},
    "a phone": {"suffix": "mov", "n": 10, "rotation": 90, "codec": "hevc10"},
    "a turn of seven degrees": {"suffix": "mp4", "n": 5, "rotation": 7},
    "sound far longer than the picture": {
        **{"suffix": "mp4", "n": 5, "audio": "mono", "audio_seconds": 120.0}
    },
}
_ONE = 1 << 16
_MATRICES = {
    "of zeros": (0, 0, 0, 0),
    "of one line": (_ONE, _ONE, _ONE, _ONE),
    "mirrored": (-_ONE, 0, 0, _ONE),
    "flat": (_ONE, 0, 0, 0),
    "huge": (0x7FFFFFFF, 0, 0, 0x7FFFFFFF),
    "skew": (_ONE, 40_000, 0, _ONE),
    "tiny": (1, 0, 0, 1),
}
_SHAPES = {
    "wide": Fraction(60_000, 1),
    "flat": Fraction(1, 60_000),
    "ten wide": Fraction(10, 1),
    "a billion wide": Fraction(1 << 30, 1),
    "odd": Fraction(1001, 997),
}


def _list(kind: str, place: str, suffix: str, folder: Path, sound: Path) -> Path:
    port = os.environ.get(PORT, "9")
    address = _ADDRESSES[place].format(folder=sound, port=port)
    path = folder / f"list.{suffix}"
    path.write_text(_LISTS[kind].format(address, port))
    return path


def _data_reference(place: str, folder: Path, sound: Path) -> Path:
    """A QuickTime film whose pictures lie in another file, named by an alias of the Macintosh."""
    data = bytearray((sound / "sound.mov").read_bytes())
    target = str(sound / "sound.ts") if place == "absolute" else f"../{sound.name}/sound.ts"
    written = target.encode().replace(b"/", b":")
    written += b"\0" * (len(written) % 2)
    alias = bytes(10) + b"\x04disk".ljust(28, b"\0") + bytes(12)
    alias += bytes([8]) + b"sound.ts".ljust(63, b"\0") + bytes(16) + struct.pack(">HH", 1, 1)
    alias += bytes(16) + struct.pack(">HH", 2, len(written)) + written + struct.pack(">hH", -1, 0)
    entry = struct.pack(">I4sI", len(alias) + 12, b"alis", 0) + alias
    place_of = data.index(b"dref") + 12
    old = struct.unpack(">I", data[place_of : place_of + 4])[0]
    data[place_of : place_of + old] = entry
    for name in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        at = data.rindex(name, 0, place_of) - 4
        (size,) = struct.unpack(">I", data[at : at + 4])
        data[at : at + 4] = struct.pack(">I", size + len(entry) - old)
    path = folder / "reference.mov"
    path.write_bytes(data)
    return path


def _bytes(data: bytes, folder: Path, _: Path) -> Path:
    path = folder / "clip.mp4"
    path.write_bytes(data)
    return path


def _folder(folder: Path, _: Path) -> Path:
    path = folder / "clip.mp4"
    path.mkdir()
    return path


def _pipe(folder: Path, _: Path) -> Path:
    path = folder / "clip.mp4"
    os.mkfifo(path)
    return path


def _link(target: Path, folder: Path, _: Path) -> Path:
    path = folder / "clip.mp4"
    path.symlink_to(target)
    return path


def _archive(folder: Path, _: Path) -> Path:
    path = folder / "clip.mp4"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.mp4", bytes(1000))
    return path


def _clip(options: dict[str, Any], folder: Path, _: Path) -> Path:
    chosen = {"size": (96, 64), **options}
    return make_clip(folder / f"clip.{chosen.pop('suffix')}", chosen.pop("n"), **chosen)


def _matrix(values: tuple[int, int, int, int], folder: Path, sound: Path) -> Path:
    data = bytearray((sound / "sound.mp4").read_bytes())
    place = data.index(b"tkhd") + 44
    a, b, c, d = values
    data[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path = folder / "clip.mp4"
    path.write_bytes(data)
    return path


def _aspect(shape: Fraction, folder: Path, _: Path) -> Path:
    """Pixels that are not square."""
    path = folder / "clip.mp4"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        video.codec_context.sample_aspect_ratio = Fraction(1001, 997)
        for index in range(5):
            image = marked_image(index, (96, 64))
            frame = av.VideoFrame.from_ndarray(image, "rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    data = bytearray(path.read_bytes())
    place = data.index(b"pasp") + 4
    data[place : place + 8] = struct.pack(">II", shape.numerator, shape.denominator)
    path.write_bytes(data)
    return path


def _joined(sizes: list[tuple[int, int]], folder: Path, _: Path) -> Path:
    parts = [make_clip(folder / f"{w}x{h}.h264", 5, size=(w, h)) for w, h in sizes]
    path = folder / "clip.h264"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    for part in parts:
        part.unlink()
    return path


def _grows(sizes: list[tuple[int, int]], folder: Path, _: Path) -> Path:
    """Still pictures one after the other; one colour, so that they are small and soon written."""
    path = folder / "clip.mjpeg"
    with path.open("wb") as file:
        for width, height in sizes:
            context = av.CodecContext.create("mjpeg", "w")
            context.width, context.height, context.pix_fmt = width, height, "yuvj420p"
            context.time_base = Fraction(1, 25)
            frame = av.VideoFrame(width, height, "yuvj420p")
            for plane in frame.planes:
                plane.update(b"\x80" * plane.buffer_size)
            frame.pts = 0
            for packet in [*context.encode(frame), *context.encode(None)] * 3:
                file.write(bytes(packet))
    return path


def _only_sound(folder: Path, _: Path) -> Path:
    path = folder / "clip.mp4"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=44_100, layout="mono")
        for k in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), "s16", "mono")
            frame.sample_rate, frame.pts = 44_100, 1024 * k
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


def _late_sound(seconds: float, folder: Path, _: Path) -> Path:
    path = folder / "clip.mkv"
    return make_clip(path, 10, size=(96, 64), audio="mono", audio_start=seconds, audio_seconds=0.5)
