"""Clips in which sound and picture lie beside each other, as cameras write them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from emotion_core.types import FloatArray

_RATE = 10  # pictures a second
_PIECE = 1024


def hum(seconds: float, rate: int) -> FloatArray:
    """(n,) a tone that glides and swells, over a little noise: nowhere the same."""
    count = round(seconds * rate)
    time = np.arange(count) / rate
    tone = np.sin(2 * np.pi * (300 * time + 40 * np.sin(time)))
    noise = np.random.default_rng(3).standard_normal(count)
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * 1.3 * time)
    return (0.3 * tone * swell + 0.01 * noise).astype(np.float32)


def write_interleaved(
    path: Path,
    sound: FloatArray,
    codec: str,
    rate: int,
    *,
    layout: str = "mono",
    pictures: bool = True,
    start: float = 0.0,
    gap: tuple[float, float] | None = None,
) -> None:
    """Write a clip as cameras do, sound and picture beside each other.

    Args:
        path: ends as its container is called.
        sound: (n,) the same on all channels.
        codec, rate, layout: of the sound.
        pictures: whether there are any: black, with a key frame every five seconds.
        start: second at which the sound begins.
        gap: seconds in which the file has no sound.
    """
    with av.open(str(path), "w") as out:
        if pictures:
            video = out.add_stream("mpeg4", rate=_RATE)
            video.width, video.height, video.pix_fmt, video.gop_size = 64, 48, "yuv420p", 50
        audio = out.add_stream(codec, rate=rate, layout=layout)
        audio.codec_context.options = {"strict": "experimental"}
        black = av.VideoFrame(64, 48, "yuv420p")
        drawn = 0
        for first in range(0, len(sound), _PIECE):
            while pictures and drawn <= (first / rate + start) * _RATE:
                black.pts = drawn
                out.mux(video.encode(black))
                drawn += 1
            if gap and gap[0] <= first / rate < gap[1]:
                continue
            channels = np.tile(sound[first : first + _PIECE], (audio.layout.nb_channels, 1))
            piece = av.AudioFrame.from_ndarray(channels.copy(), "fltp", layout)
            piece.sample_rate, piece.time_base = rate, Fraction(1, rate)
            piece.pts = first + round(start * rate)
            out.mux(audio.encode(piece))
        out.mux(audio.encode(None))
        if pictures:
            out.mux(video.encode(None))


def write_moved(source: Path, target: Path, seconds: Mapping[str, float]) -> None:
    """Copy a clip with other time stamps.

    Args:
        source: the clip.
        target: ends as its container is called.
        seconds: by the type of a stream, what is added to its stamps.
    """
    options = {"avoid_negative_ts": "disabled"}
    with av.open(str(source)) as container, av.open(str(target), "w", options=options) as out:
        copies = {one.index: out.add_stream_from_template(one) for one in container.streams}
        for packet in container.demux():
            if packet.dts is None or packet.pts is None:
                continue
            ticks = round(seconds[packet.stream.type] / packet.time_base)
            packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
            packet.stream = copies[packet.stream.index]
            out.mux(packet)
