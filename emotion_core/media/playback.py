"""Copies that a browser plays, for clips that it does not."""

from __future__ import annotations

from pathlib import Path

import av
from av.error import FFmpegError

from emotion_core.errors import MediaError
from emotion_core.media.decode import read_pictures, read_sound
from emotion_core.media.encoding.encoders import begin_again
from emotion_core.media.encoding.writer import open_video
from emotion_core.media.opening import open_clip, video_stream, video_streams
from emotion_core.media.orientation import orientation
from emotion_core.media.probe import first_frame, probe
from emotion_core.progress import Progress, Task

LARGEST_BYTES = 300_000_000  # where the app is not started by Eme, Streamlit holds it in memory
LARGEST_SIDE = 960
LATEST_START = 0.02  # s; browsers do not count from the first timestamp as the reader does
_KINDS: dict[str, tuple[str, set[str], set[str]]] = {
    suffix: ("mp4", {"h264"}, {"aac", "mp3", "mp3float"}) for suffix in (".mp4", ".m4v", ".mov")
}
_KINDS[".webm"] = (
    "webm",
    {"vp8", "vp9", "av1", "libdav1d", "libvpx", "libvpx-vp9", "libaom-av1"},
    {"opus", "libopus", "vorbis", "libvorbis"},
)
_PIXELS = {"yuv420p", "yuvj420p"}


def playable(clip: Path) -> bool:
    """Whether the usual browsers play a clip as it is, and it is small enough to be served.

    That is H.264 in 8-bit 4:2:0 with AAC, MP3 or no sound in MP4 or QuickTime, or VP8, VP9 or
    AV1 with Opus, Vorbis or no sound in WebM; beginning at time 0, of a stated length, not
    mirrored, of at most 300 MB. A file that cannot be opened is not playable.
    """
    kind = _KINDS.get(clip.suffix.lower())
    try:
        if kind is None or clip.stat().st_size > LARGEST_BYTES:
            return False
        container_name, pictures, sounds = kind
        with open_clip(clip) as container:
            if container_name not in container.format.name.split(","):
                return False
            if abs((container.start_time or 0) / av.time_base) > LATEST_START:
                return False
            # a recording without a length can be played, but not wound
            if not container.duration:
                return False
            # of several pictures a browser may show another than the one that is read
            if len(video_streams(container)) != 1:
                return False
            video = video_stream(container)
            # browsers turn pictures, but do not mirror them
            if not orientation(first_frame(container, video)).is_turn:
                return False
            heard = [s.codec_context for s in container.streams.audio]
            return (
                video.codec_context.name in pictures
                and video.codec_context.pix_fmt in _PIXELS
                and all(context is not None and context.name in sounds for context in heard)
            )
    except (OSError, FFmpegError, ValueError, MediaError):
        return False


@begin_again
def make_playable(clip: Path, out: Path) -> Task[None]:
    """Write a copy in H.264 and AAC that browsers play and seek.

    Presentation times are kept, so that the copy's ``currentTime`` is the time of the frames
    that :func:`emotion_core.media.decode.read_frames` gives; rotation is carried out, pixels
    become square, and the longer side is at most 960 px. Closing the generator early ends the
    encoder and removes what it wrote.

    Args:
        clip: any clip that can be read.
        out: the copy, an ``.mp4``; an older one is replaced.

    Yields:
        How far it is, after each frame.

    Raises:
        MediaError: the clip cannot be read.
        OutputError: ``out`` cannot be written.
    """
    info = probe(clip)
    scale = min(LARGEST_SIDE / max(info.width, info.height), 1.0)
    size = max(2 * round(info.width * scale / 2), 2), max(2 * round(info.height * scale / 2), 2)
    breaks: list[str] = []
    sound = read_sound(clip)
    with open_video(out, size, info.fps, sound=sound, crf=23, hardware=True, stretch=True) as video:
        for picture, time in read_pictures(clip, warn=breaks.append):
            video.write(picture, time)
            yield Progress(time, info.duration)
        if not breaks:
            video.hold_until(info.duration)
