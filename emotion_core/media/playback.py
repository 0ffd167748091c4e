"""Copies that a browser plays, for clips that it does not."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import av
from av.error import FFmpegError
from moviepy.config import FFMPEG_BINARY

from emotion_core.errors import MediaError
from emotion_core.files import cannot_write, whole_file
from emotion_core.media.encode import end_process, sound_params, what_it_said
from emotion_core.media.probe import probe
from emotion_core.progress import Progress, Task
from emotion_core.types import VideoInfo

LARGEST_BYTES = 300_000_000  # Streamlit holds what it serves in memory
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
    AV1 with Opus, Vorbis or no sound in WebM; beginning at time 0, of at most 300 MB. A file
    that cannot be opened is not playable.
    """
    kind = _KINDS.get(clip.suffix.lower())
    try:
        if kind is None or clip.stat().st_size > LARGEST_BYTES:
            return False
        container_name, pictures, sounds = kind
        with av.open(str(clip), metadata_errors="replace") as container:
            if container_name not in container.format.name.split(","):
                return False
            if abs((container.start_time or 0) / av.time_base) > LATEST_START:
                return False
            video = container.streams.best("video")
            if not isinstance(video, av.VideoStream) or video.codec_context is None:
                return False
            heard = [s.codec_context for s in container.streams.audio]
            return (
                video.codec_context.name in pictures
                and video.codec_context.pix_fmt in _PIXELS
                and all(context is not None and context.name in sounds for context in heard)
            )
    except (OSError, FFmpegError, ValueError):
        return False


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
        How far it is, about five times a second.

    Raises:
        MediaError: the clip cannot be read.
        OutputError: ``out`` cannot be written.
    """
    info = probe(clip)
    with whole_file(out) as temporary, tempfile.TemporaryFile("w+", errors="replace") as log:
        command = _command(clip, info, temporary)
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
        )
        try:
            yield from _follow(process, info.duration)
            if process.wait():
                said = what_it_said(log)
                if "disk is full" in said or temporary.name in said:
                    raise cannot_write(out, said)
                raise MediaError(f"{clip.name} cannot be converted for playback: {said}.")
        finally:
            end_process(process)


def _follow(process: subprocess.Popen[bytes], duration: float) -> Task[None]:
    """Read FFmpeg's reports, ``key=value`` lines ending with ``progress=...``."""
    assert process.stdout is not None
    report: dict[str, str] = {}
    for line in process.stdout:
        key, _, value = line.decode(errors="replace").strip().partition("=")
        report[key] = value
        if key == "progress":
            yield Progress(_number(report.get("out_time_us")) / 1e6, duration)


def _number(text: str | None) -> int:
    """The integer in a report; 0 for what FFmpeg does not know yet (``N/A``)."""
    try:
        return max(int(text or 0), 0)
    except ValueError:
        return 0


def _command(clip: Path, info: VideoInfo, temporary: Path) -> list[str]:
    scale = min(LARGEST_SIDE / max(info.width, info.height), 1.0)
    width, height = (max(2 * round(side * scale / 2), 2) for side in (info.width, info.height))
    return [
        *(FFMPEG_BINARY, "-y", "-nostdin", "-hide_banner", "-loglevel", "error"),
        *("-progress", "pipe:1", "-stats_period", "0.2"),
        *("-i", str(clip.resolve()), "-map", "0:V:0"),
        *("-vf", f"scale={width}:{height},setsar=1,format=yuv420p"),
        # a fine clock, else times are rounded to the nominal frame rate
        *("-fps_mode", "passthrough", "-enc_time_base", "1:90000"),
        *("-video_track_timescale", "90000"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "23"),
        *("-g", str(max(round(2 * info.fps), 1)), "-map_metadata", "-1"),
        *sound_params(clip, 0),
        *("-movflags", "+faststart", "-f", "mp4", str(temporary.resolve())),
    ]
