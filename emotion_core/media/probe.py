"""What a clip says of itself."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from emotion_core.errors import MediaError
from emotion_core.media.clock import Survey, may_jump, survey
from emotion_core.media.opening import check_pixels, open_clip, video_stream
from emotion_core.media.orientation import orientation
from emotion_core.types import VideoInfo

DEFAULT_FPS = 25.0
# Seconds. Of more, time stamps are damaged; what is drawn over time would fill the memory.
LONGEST_CLIP = 7 * 86_400.0
# Rates beyond are those of clocks and not of pictures, unless the time stamps say the same.
_LARGEST_FPS = 240.0
_LARGEST_ASPECT = 16  # of pixels, width to height or height to width
# A mean rate that is off the usual one by this factor: pictures are held, or left out.
_VARIABLE = Fraction(6, 5)


def probe(path: Path) -> VideoInfo:
    """What a clip says of itself; decodes its first frame only.

    Where the head of a file says no length or no credible rate, where the rate varies, and where
    time stamps may jump, its packets are gone through once.

    Raises:
        MediaError: the path is missing, a folder, empty, not a video, damaged, holds no picture,
            or is longer than :data:`LONGEST_CLIP`.
    """
    try:
        state = path.stat()
    except OSError:
        open_clip(path).close()  # says what is wrong
        raise
    return _probe(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=32)
def _probe(path: Path, _size: int, _changed: int) -> VideoInfo:
    with open_clip(path) as container:
        stream = video_stream(container)
        first = first_frame(container, stream)
        width, height = display_size(first, stream)
        counted = counted_packets(path, container, stream)
        fps = nominal_fps(stream, counted)
        duration = picture_duration(container, stream, fps, counted)
        if not 0 <= duration <= LONGEST_CLIP:
            raise MediaError(
                f"By its time stamps the clip is {duration / 86_400:.0f} days long, so they are "
                "damaged. Convert the clip first."
            )
        return VideoInfo(
            width=width,
            height=height,
            fps=fps,
            duration=duration,
            frame_count=stream.frames or None,
            has_audio=bool(container.streams.audio),
        )


def first_frame(container: InputContainer, stream: VideoStream) -> av.VideoFrame:
    """The first picture of a clip.

    Raises:
        MediaError: there is none, or it is damaged.
    """
    try:
        return next(container.decode(stream))
    except StopIteration:
        raise MediaError("The file has no image.") from None
    except FFmpegError as error:
        raise MediaError("The file is damaged: no frame could be decoded.") from error


def counted_packets(path: Path, container: InputContainer, stream: VideoStream) -> Survey | None:
    """What the packets of a clip say, where its head does not say enough; else ``None``."""
    stated = stream.duration or container.duration
    rate, guessed = _stated_fps(stream), stream.guessed_rate
    even = rate and guessed and rate / _VARIABLE < guessed < rate * _VARIABLE
    if stated and even and not may_jump(container):
        return None
    return survey(path)


def _stated_fps(stream: VideoStream) -> Fraction | None:
    """Frames a second as the head of a file says, if that can be."""
    rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    if stream.start_time is None and not stream.duration:
        # without time stamps the first is the reader's own assumption
        rates = (stream.guessed_rate, stream.average_rate, stream.base_rate)
    return next((rate for rate in rates if rate and 0 < rate <= _LARGEST_FPS), None)


def nominal_fps(stream: VideoStream, counted: Survey | None) -> float:
    """Frames a second: as the file states, else by its time stamps, else :data:`DEFAULT_FPS`.

    Args:
        stream: of the clip.
        counted: what its packets say, see :func:`counted_packets`.
    """
    average = stream.average_rate
    credible = average is None or 0 < average <= _LARGEST_FPS
    if not credible and counted is not None and counted.fps:
        return counted.fps
    stated = _stated_fps(stream)
    if stated:
        return float(stated)
    return counted.fps if counted is not None and counted.fps else DEFAULT_FPS


def picture_duration(
    container: InputContainer, stream: VideoStream, fps: float, counted: Survey | None
) -> float:
    """Length of the picture in seconds, from the container's start."""
    if counted is not None and (counted.jumps or not (stream.duration or container.duration)):
        return counted.seconds or counted.pictures / fps
    stated = stream.frames / fps
    if stream.duration and stream.time_base:
        first = (stream.start_time or 0) * stream.time_base
        late = float(first) - (container.start_time or 0) / av.time_base
        stated = float(stream.duration * stream.time_base) + late
    elif container.duration:
        stated = float(container.duration / av.time_base)
    if counted is not None and counted.seconds > stated + 1 / fps:
        return counted.seconds
    return stated


def with_end(info: VideoInfo, end: float) -> VideoInfo:
    """The same with the end of the last picture, in seconds, where that lies a picture later."""
    return replace(info, duration=end) if end > info.duration + 1 / info.fps else info


def display_size(picture: av.VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height as shown: square pixels, upright.

    Raises:
        MediaError: with square pixels they have more of them than the settings allow.
    """
    width, height = picture.width, picture.height
    aspect = stream.sample_aspect_ratio
    # of another shape than this no pixels are: nobody has meant that
    if aspect and aspect != 1 and 1 / _LARGEST_ASPECT <= aspect <= _LARGEST_ASPECT:
        width = max(round(width * float(aspect)), 1)
        if aspect > 1:
            check_pixels(width, height)
    return orientation(picture).size(width, height)
