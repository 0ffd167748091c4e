"""Files that appear whole or not at all, and the ends of the FFmpeg processes that write them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

import av
from av.error import FFmpegError

from emotion_core.errors import OutputError


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


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """Give a temporary name beside ``out``; put it in place only if the block succeeds.

    Whatever ends the block early, also a closed generator, removes the temporary file and
    leaves an older ``out`` as it was.

    Raises:
        OutputError: the folder cannot be made or written to, or the file cannot be replaced.
    """
    temporary = out.with_name(f".{out.stem}-{uuid4().hex[:8]}.part{out.suffix}")
    try:
        if out.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch()
    except OSError as error:
        raise cannot_write(out, error) from error
    try:
        yield temporary
        try:
            temporary.replace(out)
        except OSError as error:
            raise cannot_write(out, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def cannot_write(out: Path, reason: OSError | str) -> OutputError:
    """The sentence for a file that cannot be written."""
    detail = (reason.strerror or str(reason)) if isinstance(reason, OSError) else reason
    if "no space left" in detail.lower():
        detail = "the disk is full"
    return OutputError(f"{out} cannot be written: {detail[:1].lower()}{detail[1:]}.")


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
        return "the encoder stopped without saying why"
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
