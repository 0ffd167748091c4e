"""Clips as streams of upright pictures with the stream's own times.

One frame is in memory at a time, whatever the length of the clip. Times are presentation
timestamps counted from the start of the container, which is what a browser's
``video.currentTime`` shows, so variable frame rates and late-starting sound stay right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.error import FFmpegError
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from emotion_core.errors import MediaError
from emotion_core.media.probe import (
    display_size,
    nominal_fps,
    open_clip,
    picture_duration,
    video_stream,
)
from emotion_core.types import Frame, ImageArray

# Times in seconds that differ by less are the same.
_SAME_TIME = 1e-6
# A decoded picture with its time in seconds.
_Stamped = tuple[av.VideoFrame, float]


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
        warn: called once with a sentence when the clip breaks off before its end; the frames
            up to there have been given.

    Yields:
        Upright RGB frames with square pixels, times strictly increasing.

    Raises:
        MediaError: as :func:`probe`, or when not one picture can be decoded.
    """
    converter = VideoReformatter()
    for index, (picture, stream, time) in enumerate(_decode(path, warn)):
        yield Frame(_upright(picture, stream, max_side, converter), index, time)


def read_pictures(
    path: Path, *, warn: Callable[[str], None] | None = None
) -> Iterator[tuple[av.VideoFrame, float]]:
    """As :func:`read_frames`, but the pictures as the decoder gives them, with their times.

    They lie as they were stored: ``rotation`` tells how they are to be turned.
    """
    for picture, _, time in _decode(path, warn):
        yield picture, time


def _decode(
    path: Path, warn: Callable[[str], None] | None
) -> Iterator[tuple[av.VideoFrame, VideoStream, float]]:
    """The pictures of a clip, the stream that they are of, and their times in seconds."""
    with open_clip(path) as container:
        stream = video_stream(container)
        stream.thread_type = "AUTO"
        step = 1 / nominal_fps(stream)
        start = (container.start_time or 0) / av.time_base
        index, time = 0, -step
        try:
            for picture in container.decode(stream):
                stamp = time + step if picture.time is None else float(picture.time) - start
                # broken muxers repeat timestamps; the tables need one time per frame
                time = stamp if stamp > time else time + step / 1000
                yield picture, stream, max(time, 0.0)
                index += 1
        except FFmpegError as error:
            if index == 0:
                raise MediaError("The file is damaged: no frame could be decoded.") from error
            if warn is not None:
                warn(f"The clip is damaged after {time:.1f} s. Everything before that was read.")
            return
        if index == 0:
            raise MediaError("The file has no image.")
        # a file cut off behind its index ends without an error from the decoder
        duration = picture_duration(container, stream, 1 / step)
        if warn is not None and duration - (time + step) > max(0.5, 0.02 * duration):
            warn(
                f"The clip ends early, after {time:.1f} of {duration:.1f} s. Everything "
                "before that was read."
            )


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
    with open_clip(path) as container:
        start = (container.start_time or 0) / av.time_base
        known = [stream for stream in container.streams.audio if stream.codec_context is not None]
        for stream in known:
            container.seek(0)
            following = 0.0
            for packet in container.demux(stream):
                with suppress(FFmpegError):
                    for piece in packet.decode():
                        # a piece without a time goes on from the one before
                        time = following if piece.time is None else float(piece.time) - start
                        following = time + piece.samples / piece.sample_rate
                        yield piece, time
            if following:
                return


def read_image_at(path: Path, time: float) -> ImageArray:
    """The picture that is on screen at a time, found by seeking.

    Args:
        path: the clip.
        time: seconds; before the first picture it gives the first, after the last the last.

    Raises:
        MediaError: as :func:`probe`.
    """
    return next(read_images_at(path, [time]))


def read_images_at(path: Path, times: Sequence[float]) -> Iterator[ImageArray]:
    """The pictures that are on screen at some times, in one pass.

    It seeks only over key frames, so that no picture is decoded twice however close the times
    are, and no long part is decoded for nothing where they are far apart. A file that has no
    index is decoded from the first of the times on.

    Args:
        path: the clip.
        times: seconds, ascending; the first and the last picture stand for times outside.

    Raises:
        MediaError: as :func:`probe`.
    """
    with open_clip(path) as container:
        stream = video_stream(container)
        stream.thread_type = "AUTO"
        start = (container.start_time or 0) / av.time_base
        keys = _key_times(stream, start)
        converter = VideoReformatter()
        pictures: Iterator[_Stamped] = iter(())
        shown: _Stamped | None = None
        ahead: _Stamped | None = None
        position = -np.inf
        for time in times:
            if keys[keys <= time].max(initial=0.0) > position:
                pictures = _seek(container, stream, time, start)
                shown, ahead = next(pictures, None), next(pictures, None)
            while ahead is not None and ahead[1] <= time + _SAME_TIME:
                shown, ahead = ahead, next(pictures, None)
            if shown is None:
                raise MediaError("The file has no image.")
            position = shown[1]
            yield _upright(shown[0], stream, None, converter)


def _key_times(stream: VideoStream, start: float) -> npt.NDArray[np.float64]:
    """Seconds at which the index of a file has key frames; none where it has no index."""
    keys = [entry.timestamp for entry in stream.index_entries if entry.is_keyframe]
    return np.array(keys, np.float64) * float(stream.time_base or 0) - start


def _seek(
    container: InputContainer, stream: VideoStream, time: float, start: float
) -> Iterator[_Stamped]:
    """The pictures from the key frame before a time on."""
    first: list[_Stamped] = []
    pictures: Iterator[_Stamped] = iter(())
    # a damaged index sends the seek past its target; then the clip is read from its start
    for target in (time, 0.0):
        with suppress(FFmpegError):
            container.seek(round((target + start) * av.time_base), backward=True)
        pictures = _stamped(container, stream, start)
        first = list(islice(pictures, 1))
        if first and first[0][1] <= time + _SAME_TIME:
            break
    return chain(first, pictures)


def _stamped(container: InputContainer, stream: VideoStream, start: float) -> Iterator[_Stamped]:
    """Pictures with their times in seconds, up to the end or to damage."""
    with suppress(FFmpegError):
        for picture in container.decode(stream):
            yield picture, 0.0 if picture.time is None else float(picture.time) - start


def _upright(
    picture: av.VideoFrame,
    stream: VideoStream,
    max_side: int | None,
    converter: VideoReformatter,
) -> ImageArray:
    """Pixels of a picture as they are shown; the converter is kept from frame to frame."""
    width, height = display_size(picture, stream)
    if max_side is not None and max(width, height) > max_side:
        scale = max_side / max(width, height)
        width, height = max(round(width * scale), 1), max(round(height * scale), 1)
    sideways = picture.rotation % 180
    size = (height, width) if sideways else (width, height)
    converted = converter.reformat(picture, size[0], size[1], "rgb24")
    image = np.asarray(converted.to_ndarray(), np.uint8)
    turns = round(picture.rotation / 90) % 4
    # FFmpeg's display matrix turns counter-clockwise, as numpy does
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image
