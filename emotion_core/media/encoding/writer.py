"""The one writer of videos: H.264 and AAC in MP4, as every browser plays and seeks it.

Through PyAV, which gives each picture a time of its own, so that clips of variable frame rate stay
in step without a clock that repeats and leaves out pictures; the FFmpeg inside of it needs no
second process. MoviePy's writer and FFmpeg's command line know but constant rates, or files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.reformatter import ColorPrimaries, ColorTrc

from emotion_core.files import Room, cannot_write, whole_file
from emotion_core.media.encoding.encoders import (
    CLOCK,
    Encoder,
    EncoderError,
    add_pictures,
    choose_encoder,
    x264,
)
from emotion_core.media.encoding.fitting import PictureFitter
from emotion_core.types import ImageArray

# A piece of sound, and the second at which it begins.
SoundPiece = tuple[av.AudioFrame, float]

SOUND_RATE = 48_000
_SOUND_BITS = 160_000  # a second
_LAYOUTS = {1: "mono", 2: "stereo"}
_LONGEST_SILENCE = 60.0  # s, once the pictures have ended
_PICTURES_BETWEEN = 50  # after so many, the disk is looked at again
_DRIFT = 0.04  # s that sound may be off its place before it is put back


@contextmanager
def open_video(
    out: Path,
    size: tuple[int, int],
    fps: float,
    *,
    sound: Iterable[SoundPiece] = (),
    sound_at: Callable[[float], float | None] = float,
    channels: int = 0,
    preset: str = "veryfast",
    crf: int = 21,
    hardware: bool = False,
    stretch: bool = False,
    private: bool = False,
) -> Iterator[VideoWriter]:
    """Write a video that stands at ``out`` once the block has ended, and only if it succeeds.

    Args:
        out: an ``.mp4``; an older one is replaced.
        size: width and height in px; odd ones lose a pixel.
        fps: about how many pictures a second will come.
        sound: written along with the pictures, as of :func:`emotion_core.media.decode.read_sound`.
        sound_at: where in the video a second of ``sound`` is heard, ``None`` for nowhere; asked
            once the pictures have come that far.
        channels: 1 or 2 where sound will come through :meth:`VideoWriter.write_sound` instead.
        preset, crf: of x264: how much effort it makes, and how good it looks, lower is better.
        hardware: whether a hardware encoder may write it, where there is one: worth the trial that
            it must pass first, for a long video. Then :func:`begin_again` belongs around the task.
        stretch: whether pictures of another shape fill the video, as where their pixels are not
            square; else they stand between black bars.
        private: whether only the user may read the file.

    Yields:
        Where pictures go; for one thread.

    Raises:
        OutputError: it cannot be written, or too little is left on the disk.
        EncoderError: the hardware encoder has failed.
    """
    size = _even(size[0]), _even(size[1])
    encoder = choose_encoder(size, crf, preset) if hardware else x264(preset, crf)
    pieces = iter(sound)
    first = next(pieces, None)
    if first is not None:
        channels, pieces = min(first[0].layout.nb_channels, 2), chain([first], pieces)
    with whole_file(out) as part:
        try:
            if private:
                part.chmod(0o600)
            faststart = {"movflags": "+faststart"}
            container = av.open(str(part), "w", format="mp4", options=faststart)
            try:
                video = VideoWriter(
                    container, encoder, size, fps, channels, stretch, pieces, sound_at, Room(part)
                )
                yield video
                video.finish()
                container.close()
            finally:
                with suppress(OSError, FFmpegError):  # the first error is raised
                    container.close()
        except (OSError, FFmpegError) as error:
            raise cannot_write(out, error.strerror or "the encoder has failed") from error


class VideoWriter:
    """A video that is being written; made by :func:`open_video`.

    Attributes:
        frames: pictures that were written.
    """

    def __init__(
        self,
        container: OutputContainer,
        encoder: Encoder,
        size: tuple[int, int],
        fps: float,
        channels: int,
        stretch: bool,
        pieces: Iterator[SoundPiece],
        sound_at: Callable[[float], float | None],
        room: Room,
    ) -> None:
        self.frames = 0
        self._disk = room
        self._container, self._pieces = container, pieces
        self._piece, self._sound_at = next(pieces, None), sound_at
        self._step = 1 / fps
        self._encoder, self._fitter = encoder, PictureFitter(size, stretch)
        self._video = add_pictures(container, encoder, size, fps)
        self._sound: av.AudioStream | None = None
        if channels:
            self._sound = container.add_stream("aac", rate=SOUND_RATE, layout=_LAYOUTS[channels])
            self._sound.bit_rate = _SOUND_BITS
        self._resampler: av.AudioResampler | None = None
        self._kind: tuple[str, str, int] | None = None  # of the sound that comes
        # the last picture, whose length is not known yet
        self._waiting: av.Packet[av.VideoStream] | None = None
        self._last = -1  # tick of the last picture
        self._encoding: deque[int] = deque()  # ticks of the pictures that are being encoded
        self._end = 0.0  # until when it is shown at least, in s
        self._heard = 0  # samples written

    def _state_colors(self, first: av.VideoFrame) -> None:
        """Keep what pictures say of their colours, as those of phones with a high dynamic range."""
        context, unsaid = self._video.codec_context, (0, ColorTrc.UNSPECIFIED)
        stated = first.color_trc not in unsaid
        context.color_trc = first.color_trc if stated else ColorTrc.BT709
        stated = first.color_primaries not in unsaid
        context.color_primaries = first.color_primaries if stated else ColorPrimaries.BT709

    @property
    def seconds(self) -> float:
        """Length up to now; the last picture is held as was said, else as the others on average."""
        if not self.frames:
            return 0.0
        mean = self._last / (self.frames - 1) / CLOCK if self.frames > 1 else self._step
        last = self._last / CLOCK
        return max(self._end if self._end > last else last + mean, self._heard / SOUND_RATE)

    @property
    def has_sound(self) -> bool:
        """Whether any sound has been written so far."""
        return self._heard > 0

    def write(self, picture: av.VideoFrame | ImageArray, time: float) -> None:
        """Write a picture of any size; one that is not later than the last is left out.

        Args:
            picture: stays as it is; (H, W, 3) RGB, or as a decoder or camera gives it, with the
                rotation by which it is to be turned.
            time: seconds, from 0; until the first picture there is none.
        """
        tick = round(time * CLOCK)
        if tick <= self._last:
            return
        self._write_pieces(time)
        if not isinstance(picture, av.VideoFrame):
            picture = self._fitter.frame_with(picture)
        if not self.frames:
            self._state_colors(picture)
        sheet = self._fitter.fit(picture)
        sheet.pts, sheet.time_base = tick, self._video.time_base
        self._last, self.frames = tick, self.frames + 1
        self._encode(sheet)

    def hold_until(self, time: float) -> None:
        """Show the last picture until a time in seconds, if that lies after it."""
        if time * CLOCK > self._last:
            self._end = time

    def write_sound(self, frame: av.AudioFrame, time: float) -> None:
        """Write a piece of sound where it belongs: silence before it where some is missing.

        Args:
            frame: of any format.
            time: seconds at which it begins; what is before 0 is cut off.
        """
        kind = frame.format.name, frame.layout.name, frame.sample_rate
        if self._sound is None:
            return
        if self._resampler is None or kind != self._kind:
            self._resampler = av.AudioResampler("s16", self._sound.layout, SOUND_RATE)
            self._kind = kind
        for part in self._resampler.resample(frame):
            time = self._place_sound(part, time)

    def finish(self) -> None:
        """Write what is still to come; a video without a picture stays empty."""
        if not self.frames:
            return
        self._write_pieces(float("inf"))
        if self._resampler is not None:
            for part in self._resampler.resample(None):
                self._place_sound(part, self._heard / SOUND_RATE)
        self._encode(None)
        if self._waiting is not None:
            self._waiting.duration = round(self.seconds * CLOCK) - self._last
            self._container.mux(self._waiting)
        if self._sound is not None and self._heard:
            self._container.mux(self._sound.encode(None))

    def _write_pieces(self, time: float) -> None:
        """The sound that comes along, up to a time, so that a player finds both side by side."""
        while self._piece is not None:
            piece, heard = self._piece
            at = self._sound_at(heard)
            if at is not None:
                if at > time:
                    break
                # a stray piece after all pictures would be led to by hours of silence
                if time < float("inf") or at <= self.seconds + _LONGEST_SILENCE:
                    self.write_sound(piece, at)
            self._piece = next(self._pieces, None)

    def _place_sound(self, part: av.AudioFrame, time: float) -> float:
        """Write resampled sound that begins at a time; returns the time at which it ends."""
        samples = np.asarray(part.to_ndarray(), np.int16).reshape(-1, part.layout.nb_channels)
        late = round(time * SOUND_RATE) - self._heard
        if self._heard and abs(late) <= _DRIFT * SOUND_RATE:
            late = 0
        while late > 0:
            silence = min(late, SOUND_RATE)
            self._put_sound(np.zeros((silence, samples.shape[1]), np.int16))
            late -= silence
        self._put_sound(samples[-late:])
        return time + len(samples) / SOUND_RATE

    def _put_sound(self, samples: npt.NDArray[np.int16]) -> None:
        if self._sound is None or not len(samples):
            return
        flat = np.ascontiguousarray(samples).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(flat, format="s16", layout=self._sound.layout.name)
        frame.sample_rate, frame.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
        frame.pts = self._heard
        self._heard += len(samples)
        self._container.mux(self._sound.encode(frame))

    def _encode(self, sheet: av.VideoFrame | None) -> None:
        """Encode a picture, or what is still waiting, and write what comes out."""
        if sheet is not None:
            self._encoding.append(self._last)
        try:
            packets = self._video.encode(sheet)
        except FFmpegError as error:
            if self._encoder.hardware:
                raise EncoderError(self._encoder) from error
            raise
        if self.frames % _PICTURES_BETWEEN == 0:
            self._disk.check()
        for packet in packets:
            due = self._encoding.popleft() if self._encoding else None
            if self._encoder.hardware and packet.pts != due:
                raise EncoderError(self._encoder)
            if self._waiting is not None:
                self._container.mux(self._waiting)
            self._waiting = packet
        if sheet is None and self._encoding and self._encoder.hardware:
            raise EncoderError(self._encoder)


def _even(side: int) -> int:
    return max(side - side % 2, 2)
