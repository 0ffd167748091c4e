"""Tiny clips made with PyAV, each frame carrying its own number.

The number stands as sixteen black or white squares in two rows over the upper half of the
picture, so that it survives lossy coding, scaling and a panel beside the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from emotion_core.types import ImageArray

Codec = Literal["h264", "hevc10", "mpeg4", "mpeg2", "ffv1", "vp9", "apng", "mjpeg"]
Audio = Literal["mono", "stereo"]

_ENCODERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "h264": ("libx264", "yuv420p", {"preset": "ultrafast", "crf": "18"}),
    "hevc10": ("libx265", "yuv420p10le", {"preset": "ultrafast", "x265-params": "log-level=none"}),
    "mpeg4": ("mpeg4", "yuv420p", {}),
    "mpeg2": ("mpeg2video", "yuv420p", {}),
    "apng": ("apng", "rgb24", {}),
    "mjpeg": ("mjpeg", "yuvj420p", {}),
    "ffv1": ("ffv1", "yuv420p", {}),
    "vp9": ("libvpx-vp9", "yuv420p", {"deadline": "realtime", "cpu-used": "8"}),
}
# Clips with numbered squares, by what they were asked for: many tests ask for the same.
_MADE: dict[tuple[object, ...] | None, bytes] = {}
_MARK_BITS, _MARK_COLUMNS, _MARK_ROWS = 16, 8, 2
SOUND_RATE = 44_100


def marked_image(number: int, size: tuple[int, int]) -> ImageArray:
    """A (height, width, 3) grey picture that carries ``number`` (below 65,536)."""
    width, height = size
    image = np.full((height, width, 3), 90, np.uint8)
    for bit in range(_MARK_BITS):
        row, column = divmod(bit, _MARK_COLUMNS)
        top, bottom = (height // 2 * r // _MARK_ROWS for r in (row, row + 1))
        left, right = (width * c // _MARK_COLUMNS for c in (column, column + 1))
        image[top:bottom, left:right] = 255 if number >> bit & 1 else 0
    return image


def read_mark(image: ImageArray) -> int:
    """The number that :func:`marked_image` wrote; ``image`` is the picture without panel."""
    height, width = image.shape[:2]
    number = 0
    for bit in range(_MARK_BITS):
        row, column = divmod(bit, _MARK_COLUMNS)
        y = int(height / 2 * (row + 0.5) / _MARK_ROWS)
        x = int(width * (column + 0.5) / _MARK_COLUMNS)
        number |= int(image[y, x].mean() > 127) << bit
    return number


def make_clip(
    path: Path,
    n: int = 25,
    fps: float | Fraction = 25,
    size: tuple[int, int] = (160, 96),
    *,
    audio: Audio | None = None,
    audio_codec: str = "aac",
    audio_start: float = 0.0,
    audio_seconds: float | None = None,
    rotation: int = 0,
    pts: Sequence[float] | None = None,
    codec: Codec = "h264",
    picture: Callable[[int], ImageArray] | None = None,
) -> Path:
    """Write a clip and return its path.

    Args:
        path: the suffix chooses the container (mp4, mov, mkv, avi, webm, ts).
        n: number of frames.
        fps: frames per second.
        size: coded width and height in px, before rotation; odd sizes are coded in 4:4:4.
        audio: a 440 Hz tone with one or two channels, or no sound.
        audio_codec: an FFmpeg encoder, e.g. ``aac``, ``libmp3lame``, ``pcm_s16le``, ``libopus``.
        audio_start: seconds after the start of the picture at which the sound begins.
        audio_seconds: length of the sound; that of the picture if not given.
        rotation: degrees counter-clockwise by which players turn the picture, as phones write.
        pts: presentation time of each frame in s, for variable frame rates.
        codec: how the picture is coded.
        picture: gives frame i as (height, width, 3); numbered squares if not given.
    """
    draw = picture or (lambda index: marked_image(index, size))
    rate = Fraction(fps).limit_denominator(1001)
    made = (path.suffix, n, rate, size, audio, audio_codec, audio_start, audio_seconds, rotation)
    key = (*made, codec, tuple(pts) if pts is not None else None) if picture is None else None
    if key in _MADE:
        path.write_bytes(_MADE[key])
        return path
    # MPEG-4 allows no finer clock than 1/65535 s
    clock = 1 / rate if pts is None else Fraction(1, 60_000)
    times = pts if pts is not None else [float(index / rate) for index in range(n)]
    converter = VideoReformatter()
    with av.open(str(path), "w") as container:
        video = _add_video(container, codec, rate, clock, size, rotation)
        sound = None
        if audio is not None:
            sound = container.add_stream(
                audio_codec, rate=48_000 if "opus" in audio_codec else SOUND_RATE, layout=audio
            )
        for index, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(draw(index), format="rgb24")
            frame = converter.reformat(frame, format=video.pix_fmt)
            frame.pts, frame.time_base = round(time / clock), clock
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if sound is not None:
            seconds = audio_seconds if audio_seconds is not None else float(n / rate)
            _write_tone(container, sound, audio_start, seconds)
    if key is not None:
        _MADE[key] = path.read_bytes()
    return path


def _add_video(container, codec, rate, clock, size, rotation):  # type: ignore[no-untyped-def]
    encoder, pixels, options = _ENCODERS[codec]
    if size[0] % 2 or size[1] % 2:
        pixels = "yuv444p"
    video = container.add_stream(encoder, rate=rate, options=options)
    video.width, video.height, video.pix_fmt = *size, pixels
    video.codec_context.time_base = clock
    video.time_base = clock
    if rotation:
        video.set_display_rotation(rotation)
    return video


def _write_tone(container, sound, start: float, seconds: float) -> None:  # type: ignore[no-untyped-def]
    rate = sound.codec_context.sample_rate
    channels = sound.codec_context.layout.nb_channels
    times = np.arange(round(seconds * rate)) / rate
    tone = (np.sin(2 * np.pi * 440 * times) * 12_000).astype(np.int16)
    resampler = av.AudioResampler(
        format=sound.codec_context.format.name, layout=sound.codec_context.layout, rate=rate
    )
    step = 1152 if "mp3" in sound.codec_context.codec.name else 960
    for first in range(0, len(tone), step):
        samples = np.repeat(tone[first : first + step], channels)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=sound.codec_context.layout)
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = round(start * rate) + first
        for ready in resampler.resample(frame):
            container.mux(sound.encode(ready))
    container.mux(sound.encode(None))
