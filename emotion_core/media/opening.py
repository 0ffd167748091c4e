"""The one place where files are opened: which formats, from where, and how large.

FFmpeg knows formats that are lists of other files (HLS, DASH, concat), devices, and text drawn as
pictures; under any extension, such a file would make it read whatever the list names. So only the
formats on :data:`FORMATS` are opened, only from the file system, and nothing that a file names.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from emotion_core.errors import MediaError
from emotion_core.media.pictures import check_no_still
from emotion_core.settings import load_settings

# Containers that hold their pictures themselves, by FFmpeg's names of their readers.
FORMATS = (
    *("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "mpeg", "mpegts", "mpegvideo"),
    *("asf", "asf_o", "flv", "live_flv", "kux", "ogg", "nut", "nuv", "rm", "wtv", "mxf", "gxf"),
    *("dv", "m4v", "h261", "h263", "h264", "hevc", "vvc", "av1", "obu", "ivf", "vc1", "vc1test"),
    *("cavsvideo", "avs2", "avs3", "dirac", "dnxhd", "evc", "apv", "mjpeg", "mjpeg_2000"),
    *("smjpeg", "mpjpeg", "yuv4mpegpipe", "gif", "apng", "jpegxl_anim", "swf"),
    *("roq", "smk", "bink", "flic", "film_cpk", "nsv", "pva", "ty", "dhav", "xmv", "4xm"),
    # one picture
    *("png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "jpegxl_pipe"),
    # only sound: opened, so that the sentence on it says so
    *("mp3", "wav", "w64", "flac", "aac", "ac3", "eac3", "aiff", "caf", "amr", "ape", "dts", "tta"),
)
_OPTIONS = {"format_whitelist": ",".join(FORMATS), "protocol_whitelist": "file"}
# How lists of other files begin, and what they are called.
_LISTS = {
    b"#EXTM3U": "an HLS playlist",
    b"<MPD": "a DASH manifest",
    b"ffconcat": "a list of clips",
    b"<smil": "a SMIL playlist",
    b"[playlist]": "a playlist",
    b"v=0": "a description of a stream",
    b"<ASX": "a playlist",
}
_NOT_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails


def open_clip(path: Path) -> InputContainer:
    """Open a file, with a sentence for each way in which that fails.

    Raises:
        MediaError: the path is missing, a folder, empty, not a video, damaged, or a list of other
            files; or it has more pixels than the settings allow.
    """
    if not path.exists():
        raise MediaError(f"There is no file {path}.")
    if path.is_dir():
        raise MediaError(f"{path} is a folder, not a clip.")
    try:
        if path.stat().st_size == 0:
            raise MediaError("The file is empty (0 bytes).")
        check_no_still(path)
        # the prefix keeps FFmpeg from taking a name such as "http:a.mp4" for an address
        name = f"file:{path.absolute()}"
        container = av.open(name, options=_OPTIONS, metadata_errors="replace")
    except PermissionError as error:
        raise MediaError("The file cannot be read: permission denied.") from error
    except (OSError, FFmpegError, ValueError) as error:
        raise MediaError(f"The file cannot be opened: {_reason(path)}.") from error
    try:
        _check_size(container)
    except MediaError:
        container.close()
        raise
    return container


def _reason(path: Path) -> str:
    try:
        edges = _edges(path)
    except OSError:
        return "it cannot be read"
    head = edges[:2000].lstrip(b"\xef\xbb\xbf \r\n\t")
    for mark, kind in _LISTS.items():
        if head[: len(mark)].lower() == mark.lower() or (mark[:1] == b"<" and mark in head):
            return f"it is {kind}, which names other files. Open the clip itself"
    if b"moov" not in edges and path.suffix.lower() in {".mp4", ".mov", ".m4v"}:
        return "it is not a video, or was truncated before its index was written"
    return "it is not a video, or it is damaged"


def _edges(path: Path, size: int = 1 << 20) -> bytes:
    """The first and last megabyte of a file, where an index would stand."""
    with path.open("rb") as file:
        head = file.read(size)
        file.seek(0, 2)
        file.seek(max(file.tell() - size, 0))
        return head + file.read()


def check_pixels(width: int, height: int) -> float:
    """Refuse pictures that are larger than the settings allow; gives the limit in megapixels.

    Raises:
        MediaError: they are.
    """
    limit = load_settings().max_megapixels
    if width * height > limit * 1e6:
        raise MediaError(
            f"Its pictures have {width} x {height} px; {limit:g} megapixels are the limit "
            "(EME_MAX_MEGAPIXELS). Make a smaller copy first."
        )
    return limit


def _check_size(container: InputContainer) -> None:
    for stream in container.streams.video:
        context: VideoCodecContext | None = stream.codec_context  # for an unknown codec
        if context is None:
            continue
        limit = check_pixels(context.width, context.height)
        # a picture that grows midway is refused by the decoder
        context.options = {**context.options, "max_pixels": str(round(limit * 1e6))}


def video_streams(container: InputContainer) -> list[VideoStream]:
    """The moving pictures of a file; cover art and thumbnails are none."""
    return [
        stream
        for stream in container.streams.video
        if stream.codec_context is not None and not stream.disposition & _NOT_PICTURES
    ]


def video_stream(container: InputContainer) -> VideoStream:
    """The moving picture that is read: the default one, else the one FFmpeg ranks best.

    Raises:
        MediaError: there is none.
    """
    streams = video_streams(container)
    if not streams:
        kind = "only sound" if container.streams.audio else "no video"
        raise MediaError(f"The file has {kind}, so there is no face to read.")
    defaults = [stream for stream in streams if stream.disposition & Disposition.default]
    candidates = defaults or streams
    best = container.streams.best("video")
    return next((one for one in candidates if best and one.index == best.index), candidates[0])


def audio_streams(container: InputContainer) -> list[av.AudioStream]:
    """The sounds of a file that can be decoded, the default ones first."""
    known = [stream for stream in container.streams.audio if stream.codec_context is not None]
    return sorted(known, key=lambda stream: not stream.disposition & Disposition.default)


def clips_in(folder: Path) -> list[Path]:
    """The files in a folder, and in those in it, that are called as clips are, by name.

    Raises:
        MediaError: there is none, or the folder may not be read.
    """
    try:
        clips = sorted(path for path in folder.rglob("*") if _is_called_a_clip(path))
    except OSError as error:
        raise MediaError(f"The folder {folder} cannot be read: {error.strerror}.") from error
    if not clips:
        raise MediaError(f"There is no clip in the folder {folder}.")
    return clips


def _is_called_a_clip(path: Path) -> bool:
    kind, _ = mimetypes.guess_type(path.name)
    called = kind is not None and kind.startswith("video/") and not path.name.startswith(".")
    return called and path.is_file()
