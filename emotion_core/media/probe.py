"""What a clip says of itself, and how it is opened."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from emotion_core.errors import MediaError
from emotion_core.types import VideoInfo

DEFAULT_FPS = 25.0


def probe(path: Path) -> VideoInfo:
    """What a clip says of itself; decodes its first frame only.

    Raises:
        MediaError: the path is missing, a folder, empty, not a video, damaged, or holds no
            picture.
    """
    with open_clip(path) as container:
        stream = video_stream(container)
        first = _first_frame(container, stream)
        width, height = display_size(first, stream)
        fps = nominal_fps(stream)
        duration = picture_duration(container, stream, fps)
        return VideoInfo(
            width=width,
            height=height,
            fps=fps,
            duration=duration,
            frame_count=stream.frames or None,
            has_audio=bool(container.streams.audio),
        )


def open_clip(path: Path) -> InputContainer:
    """Open a file, with a sentence for each way in which that fails."""
    if not path.exists():
        raise MediaError(f"There is no file {path}.")
    if path.is_dir():
        raise MediaError(f"{path} is a folder, not a clip.")
    try:
        size = path.stat().st_size
        if size == 0:
            raise MediaError("The file is empty (0 bytes).")
        return av.open(str(path), metadata_errors="replace")
    except PermissionError as error:
        raise MediaError("The file cannot be read: permission denied.") from error
    except (FFmpegError, ValueError) as error:
        if b"moov" not in _edges(path) and path.suffix.lower() in {".mp4", ".mov", ".m4v"}:
            detail = "it is not a video, or was truncated before its index was written"
        else:
            detail = "it is not a video, or it is damaged"
        raise MediaError(f"The file cannot be opened: {detail}.") from error


def _edges(path: Path, size: int = 1 << 20) -> bytes:
    """The first and last megabyte of a file, where an index would stand."""
    with path.open("rb") as file:
        head = file.read(size)
        file.seek(0, 2)
        file.seek(max(file.tell() - size, 0))
        return head + file.read()


def video_stream(container: InputContainer) -> VideoStream:
    """The moving picture of a file: cover art does not count."""
    for stream in container.streams.video:
        attached = stream.disposition & av.stream.Disposition.attached_pic
        if not attached and stream.codec_context is not None:
            return stream
    kind = "only sound" if container.streams.audio else "no video"
    raise MediaError(f"The file has {kind}, so there is no face to read.")


def _first_frame(container: InputContainer, stream: VideoStream) -> av.VideoFrame:
    try:
        return next(container.decode(stream))
    except StopIteration:
        raise MediaError("The file has no image.") from None
    except FFmpegError as error:
        raise MediaError("The file is damaged: no frame could be decoded.") from error


def nominal_fps(stream: VideoStream) -> float:
    """Frames a second as the file states; :data:`DEFAULT_FPS` where it states none."""
    rate: Fraction | None = stream.average_rate or stream.guessed_rate or stream.base_rate
    return float(rate) if rate else DEFAULT_FPS


def picture_duration(container: InputContainer, stream: VideoStream, fps: float) -> float:
    """Length of the picture in seconds, from the container's start."""
    if stream.duration and stream.time_base:
        first = (stream.start_time or 0) * stream.time_base
        late = float(first) - (container.start_time or 0) / av.time_base
        return float(stream.duration * stream.time_base) + late
    if container.duration:
        return float(container.duration / av.time_base)
    return stream.frames / fps


def display_size(picture: av.VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height as shown: square pixels, upright."""
    width, height = picture.width, picture.height
    aspect = stream.sample_aspect_ratio
    if aspect and aspect != 1:
        width = max(round(width * float(aspect)), 1)
    return (height, width) if picture.rotation % 180 else (width, height)
