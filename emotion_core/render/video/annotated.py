"""A clip as a video with its readings drawn in: the successor of the 2023 study's video.

Every frame of the clip is in it, in step with the original sound. The writer keeps a constant
clock, so frames are put on that clock by their presentation time; clips of variable frame rate
and films of two hours stay in step.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from math import ceil, floor
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pandas as pd
from moviepy.video.io.ffmpeg_writer import FFMPEG_VideoWriter

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import UNCERTAINTY_REASONS, uncertainty_of
from emotion_core.files import cannot_write, whole_file
from emotion_core.media.decode import read_frames
from emotion_core.media.encode import RenderProgress, end_process, sound_params, what_it_said
from emotion_core.media.probe import probe
from emotion_core.render.video.face_reading import FaceOverlay, FaceReading
from emotion_core.render.video.panel import LARGEST_SIDE, ScenePainter
from emotion_core.types import FloatArray, Frame

MAX_FPS = 60.0
_COLUMNS = (
    *("frame", "time", "shot", "track", "x1", "y1", "x2", "y2", "detected", *EMOTIONS),
    *("sharpness", "turn"),
)
_SHORT_GAP = 0.5  # s
_PACKETS_LOOKED_AT = 3000
_SAME_TICK = 0.6  # ticks by which a frame may miss its place before one is repeated or left out


def write_annotated_video(
    clip: Path,
    faces: pd.DataFrame,
    out: Path,
    *,
    every: int = 1,
    overlay: FaceOverlay | None = None,
    warn: Callable[[str], None] | None = None,
) -> Generator[RenderProgress, None, None]:
    """Draw the readings into a clip and write it as H.264 and AAC, ready for browsers.

    Nothing stands at ``out`` until the last frame is written; closing the generator early ends
    the encoder and removes what it wrote.

    Args:
        clip: the clip that was analysed.
        faces: the table of an analysis, one row per face and frame, sorted by frame; boxes in
            px of the clip's full size.
        out: the video to write, an ``.mp4``; an older one is replaced.
        every: the analysis read every n-th frame only; its readings are held in between.
        overlay: what else is drawn over the faces; its caption stands at the foot.
        warn: called with a sentence when the clip breaks off before its end.

    Yields:
        One :class:`RenderProgress` per frame that is shown.

    Raises:
        MediaError: the clip cannot be read.
        OutputError: ``out`` cannot be written.
        ValueError: the table lacks a column.
    """
    missing = [name for name in _COLUMNS if name not in faces.columns]
    if missing:
        raise ValueError(f"The faces table must have the columns {', '.join(missing)}.")
    info = probe(clip)
    rows = _FaceRows(faces, every)
    caption = overlay.caption if overlay else ""
    painter = ScenePainter(info.width, info.height, several=rows.several, caption=caption)
    size = (painter.layout.width, painter.layout.height)
    fps = output_fps(clip)
    with whole_file(out) as temporary, _encoder(temporary, out, size, fps, clip) as writer:
        frames: Iterator[Frame] = read_frames(clip, max_side=LARGEST_SIDE, warn=warn)
        if overlay:
            frames = overlay.draw(frames, rows.at, info.width)
        for frame, repeats in frames_on_clock(frames, fps, info.duration):
            sheet = painter.paint(frame.image, rows.at(frame.index), frame.time)
            for _ in range(repeats):
                writer.write_frame(sheet)
            yield RenderProgress(frame.index + 1, frame.time, info.duration)


def output_fps(clip: Path) -> float:
    """The constant rate that keeps every frame of a clip, with two decimals, at most 60.

    That is the nominal rate where frames come evenly, else the rate of the closest frames. It
    is rounded up, because the writer passes two decimals to FFmpeg and a lower rate would lose
    a frame now and then.
    """
    with av.open(str(clip), metadata_errors="replace") as container:
        stream = container.streams.best("video") or container.streams.video[0]
        nominal = float(stream.average_rate or stream.guessed_rate or 25)
        times = []
        for packet in container.demux(stream):
            if packet.pts is not None:
                times.append(float(packet.pts * packet.time_base))
            if len(times) >= _PACKETS_LOOKED_AT:
                break
    steps = np.diff(np.sort(times))
    steps = steps[steps > 1e-4]
    if len(steps):
        closest = 1 / float(np.percentile(steps, 5))
        # clocks of whole milliseconds make even frames look uneven by a few per cent
        if closest > 1.1 * nominal:
            nominal = closest
    # the small allowance keeps 30000/1001 at 29.97: it loses one frame in nine hours
    return min(max(ceil(nominal * 100 - 0.01) / 100, 1.0), MAX_FPS)


def frames_on_clock(
    frames: Iterable[Frame], fps: float, duration: float
) -> Iterator[tuple[Frame, int]]:
    """Put frames on a constant clock by their times.

    A frame takes the tick after the one before it as long as it is due within 0.6 of a tick
    there, so that rounded timestamps neither lose nor repeat frames; otherwise it is held back
    until it is due, or, where frames come faster than the clock, left out.

    Args:
        frames: in order.
        fps: ticks per second.
        duration: seconds until which the last frame is shown.

    Yields:
        Each frame that is shown and for how many ticks, at least 1.
    """
    held: Frame | None = None
    start = 0  # the first frame is also shown before it is due: a video cannot start with nothing
    for frame in frames:
        if held is None:
            held = frame
            continue
        due = frame.time * fps
        following = start + 1
        if abs(due - following) <= _SAME_TICK:
            place = following
        elif due > following:
            place = max(floor(due + 0.5), following)
        else:
            continue
        yield held, place - start
        held, start = frame, place
    if held is not None:
        yield held, max(floor(duration * fps + 0.5) - start, 1)


class _FaceRows:
    """The table as arrays, looked up by frame."""

    def __init__(self, faces: pd.DataFrame, every: int) -> None:
        self._every = every
        if not faces["frame"].is_monotonic_increasing:
            faces = faces.sort_values("frame", kind="stable")
        self._frame = faces["frame"].to_numpy(np.int64)
        self._track = faces["track"].to_numpy(np.int64)
        self._shot = faces["shot"].to_numpy(np.int64)
        self._seen = _seen_shortly(faces)
        self._boxes = faces[["x1", "y1", "x2", "y2"]].to_numpy(np.float64)
        self._shares = faces[list(EMOTIONS)].to_numpy(np.float32)
        self._uncertainty = uncertainty_of(faces).to_numpy()
        self._names = [f"Face {track + 1}" for track in self._track]
        if "character" in faces.columns:
            given = faces["character"]
            known = given.notna() & (given.astype("string").str.strip() != "")
            for row in np.flatnonzero(known.to_numpy(bool)):
                self._names[row] = str(given.iloc[row])
        counts = np.unique(self._frame, return_counts=True)[1]
        self.several = bool(len(counts)) and int(counts.max()) > 1

    def at(self, frame: int) -> list[FaceReading]:
        read = frame - frame % self._every
        first, end = np.searchsorted(self._frame, [read, read + 1])
        return [self._reading(row) for row in range(first, end)]

    def _reading(self, row: int) -> FaceReading:
        shares: FloatArray = self._shares[row]
        left, top, right, bottom = self._boxes[row].tolist()
        return FaceReading(
            track=int(self._track[row]),
            name=self._names[row],
            xyxy=(left, top, right, bottom),
            seen=bool(self._seen[row]),
            probabilities=shares if np.isfinite(shares).all() else shares[:0],
            shot=int(self._shot[row]),
            uncertainty=tuple(
                name
                for name, is_so in zip(UNCERTAINTY_REASONS, self._uncertainty[row], strict=True)
                if is_so
            ),
        )


def _seen_shortly(faces: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each face was detected, or lies between two detections at most 0.5 s apart.

    Detection looks at some frames only; boxes dashed between all of them would flicker.
    """
    detected = faces["detected"].astype(bool)
    times = faces["time"].astype(float).where(detected).groupby(faces["track"])
    seen = detected | (times.bfill() - times.ffill() <= _SHORT_GAP)
    return seen.to_numpy(bool)


@contextmanager
def _encoder(
    temporary: Path, out: Path, size: tuple[int, int], fps: float, clip: Path
) -> Iterator[FFMPEG_VideoWriter]:
    """A running encoder; on success the file is complete, else the process is ended."""
    sound = sound_params(clip, 1)
    # what FFmpeg says goes to a file: a full pipe would stop it in the middle of a film
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        writer = FFMPEG_VideoWriter(
            str(temporary),
            size,
            fps,
            audiofile=str(clip.resolve()) if sound else None,
            audio_codec="aac",
            preset="veryfast",
            logfile=log,
            ffmpeg_params=[*_picture_params(fps), *sound],
        )
        process: subprocess.Popen[bytes] = writer.proc
        try:
            try:
                yield writer
                _finish(process)
            except OSError as error:
                raise cannot_write(out, what_it_said(log) or error) from error
            if process.returncode:
                raise cannot_write(out, what_it_said(log))
        finally:
            end_process(process)


def _finish(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    process.wait()


def _picture_params(fps: float) -> list[str]:
    return [
        *("-hide_banner", "-nostats", "-loglevel", "error"),
        *("-map", "0:v:0"),
        *("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-crf", "21", "-g", str(max(round(2 * fps), 1))),
        *("-movflags", "+faststart", "-map_metadata", "-1", "-f", "mp4"),
    ]
