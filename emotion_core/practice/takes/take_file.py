"""The file of a take: pictures of any size and sound with holes, put where they belong in time."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter

SOUND_RATE = 48_000
_CLOCK = 90_000  # ticks/s of the picture
_NOMINAL_FPS = 30
_DRIFT = 0.04  # s that sound may be off its place before it is put back
_BLACK = (16, 128, 128)


class TakeFile:
    """H.264 and AAC in MP4, ready for browsers; used by one thread.

    Attributes:
        frames: pictures that were written.
        seconds: length up to now.
    """

    def __init__(self, path: Path, width: int, height: int, *, with_sound: bool) -> None:
        """Begin a file.

        Args:
            path: where.
            width, height: of the picture in px; odd ones lose a pixel.
            with_sound: whether sound will come.

        Raises:
            FFmpegError, OSError: it cannot be written; so also from all else here.
        """
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._video = self._container.add_stream(
            "libx264",
            rate=_NOMINAL_FPS,
            # without pictures that wait for later ones the file begins at time 0 everywhere
            options={"preset": "ultrafast", "crf": "21", "bf": "0", "g": str(2 * _NOMINAL_FPS)},
        )
        self._size = _even(width), _even(height)
        self._video.width, self._video.height = self._size
        self._video.pix_fmt = "yuv420p"
        context = self._video.codec_context
        self._video.time_base = context.time_base = Fraction(1, _CLOCK)
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        self._sound: av.AudioStream | None = None
        if with_sound:
            self._sound = self._container.add_stream("aac", rate=SOUND_RATE, layout="stereo")
            self._sound.bit_rate = 160_000
        self._converter = VideoReformatter()
        self._resampler = av.AudioResampler("s16", "stereo", SOUND_RATE)
        # the last picture, whose length is not known yet
        self._waiting: av.Packet[av.VideoStream] | None = None
        self._last = -1  # tick of the last picture
        self._heard = 0  # samples written
        self.frames = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._write_ends()
            self._container.close()
        except (FFmpegError, OSError, ValueError):
            if error is None:
                raise

    @property
    def seconds(self) -> float:
        if not self.frames:
            return 0.0
        mean = self._last / (self.frames - 1) if self.frames > 1 else _CLOCK / _NOMINAL_FPS
        return max((self._last + mean) / _CLOCK, self._heard / SOUND_RATE)

    @property
    def has_sound(self) -> bool:
        return self._heard > 0

    def write_picture(self, frame: av.VideoFrame, time: float) -> None:
        """Write a picture of any size; one that is not later than the last is left out.

        Args:
            frame: stays as it is.
            time: seconds, from 0. The first picture is shown from the start whatever its time.
        """
        tick = round(time * _CLOCK) if self.frames else 0
        if tick <= self._last:
            return
        sheet = self._letterboxed(frame)
        sheet.pts, sheet.time_base = tick, self._video.time_base
        self._last, self.frames = tick, self.frames + 1
        self._put_pictures(self._video.encode(sheet))

    def write_sound(self, frame: av.AudioFrame, time: float) -> None:
        """Write a piece of sound where it belongs: silence before it where some is missing.

        Args:
            frame: of any format.
            time: seconds at which it begins; what is before 0 is cut off.
        """
        for part in self._resampler.resample(frame):
            samples = np.asarray(part.to_ndarray(), np.int16).reshape(-1, 2)
            late = round(time * SOUND_RATE) - self._heard
            if self._heard and abs(late) <= _DRIFT * SOUND_RATE:
                late = 0
            while late > 0:
                silence = min(late, SOUND_RATE)
                self._put_sound(np.zeros((silence, 2), np.int16))
                late -= silence
            self._put_sound(samples[-late:])
            time += len(samples) / SOUND_RATE

    def _put_sound(self, samples: npt.NDArray[np.int16]) -> None:
        if self._sound is None or not len(samples):
            return
        flat = np.ascontiguousarray(samples).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(flat, format="s16", layout="stereo")
        frame.sample_rate, frame.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
        frame.pts = self._heard
        self._heard += len(samples)
        self._container.mux(self._sound.encode(frame))

    def _put_pictures(self, packets: Iterable[av.Packet[av.VideoStream]]) -> None:
        for packet in packets:
            if self._waiting is not None:
                self._container.mux(self._waiting)
            self._waiting = packet

    def _write_ends(self) -> None:
        if not self.frames:
            return
        self._put_pictures(self._video.encode(None))
        if self._waiting is not None:
            self._waiting.duration = round(self.seconds * _CLOCK) - self._last
            self._container.mux(self._waiting)
        if self._sound is not None and self._heard:
            self._container.mux(self._sound.encode(None))

    def _letterboxed(self, frame: av.VideoFrame) -> av.VideoFrame:
        """A picture of its own in the size of the take, between black bars where it is narrower."""
        width, height = self._size
        scale = min(width / frame.width, height / frame.height)
        across = min(_nearest_even(frame.width * scale), width)
        down = min(_nearest_even(frame.height * scale), height)
        # colours of a camera come without a statement, and then are those of ITU-R BT.601
        small = self._converter.reformat(
            frame,
            across,
            down,
            "yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        sheet = av.VideoFrame(width, height, "yuv420p")
        for target, source, black in zip(sheet.planes, small.planes, _BLACK, strict=True):
            canvas, picture = _pixels(target), _pixels(source)
            canvas[:] = black
            top = (target.height - source.height) // 2
            left = (target.width - source.width) // 2
            canvas[top : top + source.height, left : left + source.width] = picture
        return sheet


def _pixels(plane: av.video.plane.VideoPlane) -> npt.NDArray[np.uint8]:
    """(height, width) of a plane, to look at and to write in."""
    rows: npt.NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8)
    return rows.reshape(-1, plane.line_size)[: plane.height, : plane.width]


def _even(side: int) -> int:
    return max(side - side % 2, 2)


def _nearest_even(side: float) -> int:
    return max(2 * round(side / 2), 2)
