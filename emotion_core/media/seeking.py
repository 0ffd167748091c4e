"""Pictures of a clip from its middle, found by seeking.

A seek leads to a key frame, or past it where an index is damaged, or nowhere where there is none:
what it finds is looked at before it is taken, and else a clip is decoded from its start.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from emotion_core.errors import MediaError
from emotion_core.media.decode import Canvas, choose_threads, decode, read_frames
from emotion_core.media.opening import open_clip, video_stream
from emotion_core.media.probe import counted_packets, probe
from emotion_core.types import Frame, ImageArray

# Times in seconds that differ by less are the same.
_SAME_TIME = 1e-6
# Seconds before its start from which a segment is decoded; more where its pictures refer to
# earlier ones than their key frame.
_RUN_UPS = (0.0, 10.0)
# A decoded picture with its time in seconds.
_Stamped = tuple[av.VideoFrame, float]


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
    info = probe(path)
    canvas = Canvas((info.width, info.height), None)
    with open_clip(path) as container:
        stream = video_stream(container)
        counted = counted_packets(path, container, stream)
        if counted is not None and (counted.jumps or not counted.seconds):
            yield from _in_order(path, times, canvas)
            return
        choose_threads(stream)
        start = (container.start_time or 0) / av.time_base
        keys = _key_times(stream, start)
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
            yield canvas.draw(shown[0], stream)


def _in_order(path: Path, times: Sequence[float], canvas: Canvas) -> Iterator[ImageArray]:
    """The pictures at some times, read from the start: time stamps do not lead to their place."""
    with closing(decode(path, None)) as pictures:
        shown = next(pictures)
        ahead = next(pictures, None)
        for time in times:
            while ahead is not None and ahead[2] <= time + _SAME_TIME:
                shown, ahead = ahead, next(pictures, None)
            yield canvas.draw(shown[0], shown[1])


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


@dataclass(frozen=True, slots=True)
class Segment:
    """Pictures of a clip in a row, as they were found when all of it was decoded.

    Attributes:
        first: index of the first in the clip.
        times: (n,) float64, seconds.
        durations: (n,) float64, seconds for which each is shown by its own account.
        shots: (n,) int32, the shot of each.
        mark: of the pixels of the first, see :func:`mark_of`.
    """

    first: int
    times: npt.NDArray[np.float64]
    durations: npt.NDArray[np.float64]
    shots: npt.NDArray[np.int32]
    mark: int

    def __len__(self) -> int:
        return len(self.times)

    @property
    def start(self) -> float:
        """Second of its first picture."""
        return float(self.times[0])

    @property
    def seconds(self) -> float:
        """From its first picture to its last."""
        return float(self.times[-1] - self.times[0])


def mark_of(image: ImageArray) -> int:
    """A number that differs with any pixel of a picture: its CRC-32."""
    return zlib.crc32(image.data)


def read_segment(
    path: Path, segment: Segment, *, max_side: int | None = None
) -> Iterator[tuple[Frame, int]]:
    """The pictures of a segment and the numbers of their shots, as if all before were decoded.

    Args:
        path: the clip.
        segment: of this clip.
        max_side: as of :func:`~emotion_core.media.decode.read_frames`, the same as when the segment
            was found.

    Raises:
        MediaError: as :func:`~emotion_core.media.probe.probe`, or when the clip is no longer the
            one that the segment was found in.
    """
    with closing(_found(path, segment, max_side)) as images:
        count = 0
        for image, time, duration, shot in zip(
            images, segment.times, segment.durations, segment.shots, strict=False
        ):
            yield Frame(image, segment.first + count, float(time), float(duration)), int(shot)
            count += 1
    if count < len(segment):
        raise MediaError("The clip was changed while it was read.")


def _found(path: Path, segment: Segment, max_side: int | None) -> Generator[ImageArray]:
    """The pictures from the first of a segment on."""
    for run_up in _RUN_UPS:
        images = _sought(path, segment, max_side, segment.start - run_up)
        first = next(images, None)
        if first is not None:
            yield first
            yield from images
            return
    frames = islice(read_frames(path, max_side=max_side), segment.first, None)
    for frame in frames:
        if frame.index == segment.first and mark_of(frame.image) != segment.mark:
            return
        yield frame.image


def _sought(
    path: Path, segment: Segment, max_side: int | None, target: float
) -> Iterator[ImageArray]:
    """The same by seeking to a time; none where that does not lead to the first."""
    info = probe(path)
    canvas = Canvas((info.width, info.height), max_side)
    with open_clip(path) as container:
        stream = video_stream(container)
        counted = counted_packets(path, container, stream)
        if counted is not None and (counted.jumps or not counted.seconds):
            return  # time stamps do not lead to their place
        choose_threads(stream)
        start = (container.start_time or 0) / av.time_base
        pictures = _seek(container, stream, max(target, 0.0), start)
        for picture, time in pictures:
            if time > segment.start + _SAME_TIME:
                return
            if time < segment.start - _SAME_TIME:
                continue
            image = canvas.draw(picture, stream)
            if mark_of(image) != segment.mark:
                return
            yield image
            break
        for picture, _ in pictures:
            yield canvas.draw(picture, stream)
