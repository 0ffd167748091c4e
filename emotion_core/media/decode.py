"""Clips as streams of upright pictures with the stream's own times.

One frame is in memory at a time, whatever the length of the clip. Times are presentation
timestamps counted from the start of the container, which is what a browser's
``video.currentTime`` shows, so variable frame rates and late-starting sound stay right.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from emotion_core.errors import MediaError
from emotion_core.media.clock import Clock, packets
from emotion_core.media.opening import audio_streams, open_clip, video_stream
from emotion_core.media.orientation import orientation
from emotion_core.media.probe import (
    counted_packets,
    display_size,
    nominal_fps,
    picture_duration,
)
from emotion_core.text import format_time
from emotion_core.types import Frame, ImageArray

# Of longer gaps between pictures, an annotated video shows this much, in seconds.
LONGEST_HOLD = 60.0
# Pictures with more are decoded one at a time: FFmpeg would hold one or more for each core.
_LARGE_PIXELS = 4096 * 2304


def read_frames(
    path: Path,
    *,
    max_side: int | None = None,
    warn: Callable[[str], None] | None = None,
) -> Iterator[Frame]:
    """Decode a clip, picture by picture.

    Args:
        path: the clip; any container and codec that FFmpeg reads.
        max_side: shrink pictures whose longer side is larger, in pixels.
        warn: called with a sentence when the time stamps jump, when there is no picture for
            long, and when the clip breaks off before its end; what came before has been given.

    Yields:
        Upright RGB frames with square pixels, all in the size of the first, times strictly
        increasing.

    Raises:
        MediaError: as :func:`probe`, or when not one picture can be decoded.
    """
    canvas: Canvas | None = None
    # closed here, so that a reader that stops early leaves no open file behind
    with closing(decode(path, warn)) as pictures:
        for index, (picture, stream, time) in enumerate(pictures):
            if canvas is None:
                canvas = Canvas(display_size(picture, stream), max_side)
            image = canvas.draw(picture, stream)
            yield Frame(image, index, time, held(picture))


def read_pictures(
    path: Path, *, warn: Callable[[str], None] | None = None
) -> Iterator[tuple[av.VideoFrame, float]]:
    """As :func:`read_frames`, but the pictures as the decoder gives them, with their times.

    They lie as they were stored, see :func:`emotion_core.media.orientation.orientation`.
    """
    for picture, _, time in decode(path, warn):
        yield picture, time


def held(picture: av.VideoFrame) -> float:
    """Seconds for which a picture is shown by its own account; 0 where it has none."""
    return float((picture.duration or 0) * (picture.time_base or 0))


def decode(
    path: Path, warn: Callable[[str], None] | None
) -> Generator[tuple[av.VideoFrame, VideoStream, float]]:
    """The pictures of a clip, the stream that they are of, and their times in seconds."""
    with open_clip(path) as container:
        stream = video_stream(container)
        choose_threads(stream)
        counted = counted_packets(path, container, stream)
        fps = nominal_fps(stream, counted)
        duration = picture_duration(container, stream, fps, counted)
        step = 1 / fps
        clock = Clock(container)
        index, time, jumps = 0, -step, 0
        try:
            for packet in packets(container, stream, clock):
                for picture in packet.decode():
                    stamp = time + step if picture.time is None else picture.time - clock.start
                    if warn is not None and stamp - time > LONGEST_HOLD and index:
                        warn(
                            f"The clip has no new picture from {format_time(time)} to "
                            f"{format_time(stamp)}. The annotated video leaves most of that out."
                        )
                    # broken muxers repeat timestamps; the tables need one time per frame
                    time = stamp if stamp > time else time + step / 1000
                    yield picture, stream, max(time, 0.0)
                    index += 1
                if len(clock.jumps) > jumps and warn is not None:
                    warn(
                        f"The time stamps of the clip jump at {clock.jumps[-1]:.1f} s. Eme counts "
                        "the time on from there."
                    )
                jumps = len(clock.jumps)
        except FFmpegError as error:
            if index == 0:
                raise MediaError("The file is damaged: no frame could be decoded.") from error
            if warn is not None:
                warn(f"The clip is damaged after {time:.1f} s. Everything before that was read.")
            return
        if index == 0:
            raise MediaError("The file has no image.")
        # a file cut off behind its index ends without an error from the decoder
        missing = duration - (time + max(step, held(picture)))
        if warn is not None and missing > max(0.5, 0.02 * duration):
            warn(
                f"The clip ends early, after {time:.1f} of {duration:.1f} s. Everything "
                "before that was read."
            )


def choose_threads(stream: VideoStream) -> None:
    """Decode on all cores; very large pictures on one at a time, which holds fewer of them."""
    context = stream.codec_context
    large = context.width * context.height > _LARGE_PIXELS
    stream.thread_type = "SLICE" if large else "AUTO"


def read_sound(path: Path) -> Iterator[tuple[av.AudioFrame, float]]:
    """The first sound of a clip that can be decoded: some phones add tracks that nobody can read.

    Args:
        path: the clip; a damaged piece of its sound is left out.

    Yields:
        Pieces as the decoder gives them, each with the second at which it begins, on the clock of
        :func:`read_frames`; none where there is no sound.

    Raises:
        MediaError: as :func:`probe`, but for a clip without pictures.
    """
    for place in range(_sounds(path)):
        # opened anew: not every format can be wound back
        with open_clip(path) as container:
            stream, clock = audio_streams(container)[place], Clock(container)
            following = 0.0
            for packet in packets(container, stream, clock):
                with suppress(FFmpegError):
                    for piece in packet.decode():
                        # a piece without a time goes on from the one before
                        time = following if piece.time is None else piece.time - clock.start
                        following = time + piece.samples / piece.sample_rate
                        yield piece, time
            if following:
                return


def _sounds(path: Path) -> int:
    with open_clip(path) as container:
        return len(audio_streams(container))


class Canvas:
    """Draws the pictures of a clip upright, all in the size and shape of its first.

    Args:
        shape: width and height of the first picture as shown, in pixels.
        max_side: shrink pictures whose longer side is larger, in pixels.
    """

    def __init__(self, shape: tuple[int, int], max_side: int | None) -> None:
        self._shape = shape
        scale = min(1.0, (max_side or np.inf) / max(shape))
        self._size = shape
        if scale < 1:
            self._size = max(round(shape[0] * scale), 1), max(round(shape[1] * scale), 1)
        # kept from frame to frame
        self._converter = VideoReformatter()

    def draw(self, picture: av.VideoFrame, stream: VideoStream) -> ImageArray:
        """(H, W, 3) RGB pixels of a picture; one of another shape stands between black bars."""
        shape, size = display_size(picture, stream), self._size
        if shape != self._shape:
            scale = min(size[0] / shape[0], size[1] / shape[1])
            size = max(round(shape[0] * scale), 1), max(round(shape[1] * scale), 1)
        turned = orientation(picture)
        stored = turned.size(*size)
        converted = self._converter.reformat(picture, *stored, "rgb24")
        image = turned.apply(np.asarray(converted.to_ndarray(), np.uint8))
        if size != self._size:
            across, down = self._size[0] - size[0], self._size[1] - size[1]
            top, left = down // 2, across // 2
            bars = top, down - top, left, across - left
            image = np.asarray(cv2.copyMakeBorder(image, *bars, cv2.BORDER_CONSTANT), np.uint8)
        return np.ascontiguousarray(image, np.uint8)
