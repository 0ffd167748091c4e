"""What the writers of videos share: progress, sound, and the ends of their FFmpeg processes."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import av
from av.error import FFmpegError


@dataclass(frozen=True, slots=True)
class RenderProgress:
    """How far the writing of a video has come.

    Attributes:
        frames: pictures of the source that are done.
        time: presentation time in the source that has been reached, in seconds.
        duration: length of the source in seconds, as its container states it.
    """

    frames: int
    time: float
    duration: float

    @property
    def fraction(self) -> float:
        """Share of the work that is done, in [0, 1]."""
        return min(max(self.time / self.duration, 0.0), 1.0) if self.duration > 0 else 0.0


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that may still run, wait for it, and close its pipes."""
    if process.poll() is None:
        process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.wait()


def what_it_said(log: IO[str]) -> str:
    """The last thing that FFmpeg wrote into its log, without the tag of the part that said it."""
    log.seek(0)
    text = log.read()
    if "No space left" in text:
        return "the disk is full"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "the encoder stopped without an error message"
    return lines[-1].rpartition("] ")[2].rstrip(".")


def sound_params(clip: Path, source: int) -> list[str]:
    """FFmpeg's options for the sound of a clip as AAC, in its place in time.

    Args:
        clip: the file with the sound.
        source: its number among the inputs of the command.

    Returns:
        Options that map the first sound that can be decoded; none without one.
    """
    with av.open(str(clip), metadata_errors="replace") as container:
        for index, stream in enumerate(container.streams.audio):
            if stream.codec_context is None or not _decodes(container, stream):
                continue
            begin = float((stream.start_time or 0) * (stream.time_base or 0))
            late = max(begin - (container.start_time or 0) / av.time_base, 0.0)
            # players differ in what they do with sound that starts late: silence is certain
            place = f"asetpts=PTS-STARTPTS+{late:.6f}/TB,aresample=async=1:first_pts=0"
            mapping = ["-map", f"{source}:a:{index}", "-af", place]
            mapping += ["-c:a", "aac"]
            return [*mapping, "-b:a", "160k", "-ac", str(min(stream.codec_context.channels, 2))]
    return []


def _decodes(container: av.container.InputContainer, stream: av.AudioStream) -> bool:
    """Whether a first piece of sound can be decoded; some phones add tracks nobody can read."""
    try:
        container.seek(0)
        return next(container.decode(stream), None) is not None
    except (FFmpegError, ValueError):
        return False
