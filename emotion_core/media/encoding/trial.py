"""The trial of a hardware encoder: whether what it writes comes back, beside what x264 writes.

    python -m emotion_core.media.encoding.trial WIDTH HEIGHT < encoder.json

ends with 0 if it does. Run by :mod:`emotion_core.media.encoding.encoders`, in a process of its own.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from pydantic import TypeAdapter

from emotion_core.media.encoding.encoders import CLOCK, Encoder, add_pictures, x264
from emotion_core.media.encoding.fitting import pixels

_FPS = 4.0  # so few that a second key frame is due among the pictures
_TICKS = tuple(round(CLOCK * time) for time in (0, 0.25, 0.26, 0.5, 0.8, 1, 1.2, 1.5, 1.7, 2, 2.5))
_KEYS = 8  # pictures between key frames at that rate
_WORSE = 3.0  # dB below x264, about six steps of the quantizer
_LARGER = 3.0  # times the bytes of x264
_CRF = 21

Planes = list[npt.NDArray[np.uint8]]


class TrialError(Exception):
    """What an encoder wrote is not what it was given."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an encoder made of the pictures.

    Attributes:
        size: bytes.
        quality: lowest PSNR of a picture in dB, for brightness and each of two colours.
    """

    size: int
    quality: tuple[float, float, float]


def try_encoder(encoder: Encoder, size: tuple[int, int]) -> None:
    """Have an encoder write pictures, and read them.

    Args:
        encoder: that is tried.
        size: width and height in px, even.

    Raises:
        TrialError: pictures are missing, at other times, look worse than with x264 by more than
            3 dB, or take more than three times the bytes.
        FFmpegError: they cannot be written or read.
    """
    pictures = [_picture(number, size) for number in range(len(_TICKS))]
    tried = _write(encoder, pictures)
    known = _write(x264("veryfast", _CRF), pictures)
    if tried.size > _LARGER * known.size:
        raise TrialError(f"{tried.size} bytes, where x264 takes {known.size}")
    for ours, theirs in zip(tried.quality, known.quality, strict=True):
        if not ours >= theirs - _WORSE:
            raise TrialError(f"pictures of {ours:.1f} dB, where those of x264 have {theirs:.1f}")


def _picture(number: int, size: tuple[int, int]) -> av.VideoFrame:
    """Colours that move, a square that moves faster, and grain."""
    width, height = size
    x = np.linspace(0, 4, width, dtype=np.float32)[None]
    y = np.linspace(0, 3, height, dtype=np.float32)[:, None]
    waves = [np.sin(x + phase + 0.1 * number) + np.cos(y - phase) for phase in (0, 2, 4)]
    image = 128 + 40 * np.stack(waves, axis=2)
    side = max(min(size) // 4, 1)
    left = (number * side // 2) % max(width - side, 1)
    image[height // 3 : height // 3 + side, left : left + side] = (220, 60, 40)
    grain = np.random.default_rng(number).standard_normal((height, width, 1), np.float32)
    rgb = np.clip(image + 2 * grain, 0, 255).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    frame.pts = _TICKS[number]
    return frame


def _write(encoder: Encoder, pictures: list[av.VideoFrame]) -> Written:
    """Write pictures as a video is written, and read them."""
    expected = [_planes(picture) for picture in pictures]
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        size = pictures[0].width, pictures[0].height
        stream = add_pictures(container, encoder, size, _FPS)
        context = stream.codec_context
        context.color_trc, context.color_primaries = ColorTrc.BT709, ColorPrimaries.BT709
        for picture in pictures:
            picture.time_base = stream.time_base
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as written:
        (shown,) = written.streams.video
        packets = list(written.demux(shown))
        stamps = [packet.pts for packet in packets if packet.pts is not None]
        if stamps != sorted(stamps):
            raise TrialError("pictures that wait for later ones")
        read = [frame for packet in packets for frame in packet.decode()]
        _check(read, size, shown.codec_context)
    quality = [
        [_psnr(*pair) for pair in zip(_planes(frame), planes, strict=True)]
        for frame, planes in zip(read, expected, strict=True)
    ]
    luma, blue, red = np.min(quality, axis=0).tolist()
    return Written(file.getbuffer().nbytes, (luma, blue, red))


def _check(read: list[av.VideoFrame], size: tuple[int, int], context: av.VideoCodecContext) -> None:
    """That all pictures are there, in their order, size and colours, with key frames among them."""
    times = tuple(round(float(frame.time or 0) * CLOCK) for frame in read)
    if times != _TICKS:
        raise TrialError(f"pictures at {times}, not at {_TICKS}")
    if context.name != "h264" or {(frame.width, frame.height) for frame in read} != {size}:
        raise TrialError("not H.264 of the size that was asked for")
    if {(frame.format.name, frame.colorspace, frame.color_range) for frame in read} != {
        ("yuv420p", Colorspace.ITU709, ColorRange.MPEG)
    }:
        raise TrialError("not the colours of ITU-R BT.709")
    keys = [number for number, frame in enumerate(read) if frame.key_frame]
    if keys[:1] != [0] or np.diff([*keys, len(read)]).max() > _KEYS:
        raise TrialError(f"key frames at the pictures {keys}")


def _planes(frame: av.VideoFrame) -> Planes:
    return [pixels(plane).copy() for plane in frame.planes]


def _psnr(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    error = float(np.mean((one.astype(np.float32) - other) ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-3)))


def main() -> None:
    """Try the encoder that is described on the standard input."""
    encoder = TypeAdapter(Encoder).validate_json(sys.stdin.buffer.read())
    try:
        try_encoder(encoder, (int(sys.argv[1]), int(sys.argv[2])))
    except (TrialError, FFmpegError, OSError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
