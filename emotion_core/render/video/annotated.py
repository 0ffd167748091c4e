"""A clip as a video with its readings drawn in: the successor of the 2023 study's video.

Every frame of the clip is in it at its own time, in step with the original sound; of long gaps
between pictures a minute is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import SEEN_COLUMNS, UNCERTAINTY_REASONS, uncertainty_of
from emotion_core.media.decode import LONGEST_HOLD, read_frames, read_sound
from emotion_core.media.encoding.encoders import begin_again
from emotion_core.media.encoding.writer import open_video
from emotion_core.media.probe import probe, with_end
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.progress import Progress, Task
from emotion_core.render.video.face_reading import FaceOverlay, FaceReading
from emotion_core.render.video.panel import LARGEST_SIDE, ScenePainter
from emotion_core.scene.analysis import CROP_COLUMNS, crop_of
from emotion_core.types import FloatArray, Frame

MAX_FPS = 60.0
_CROP = (*CROP_COLUMNS, "x1", "y1", "x2", "y2")
_COLUMNS = tuple(
    dict.fromkeys(("frame", "time", "shot", "track", *_CROP, "detected", *EMOTIONS, *SEEN_COLUMNS))
)
_SHORT_GAP = 0.5  # s


@begin_again
def write_annotated_video(
    clip: Path,
    faces: pd.DataFrame,
    out: Path,
    *,
    every: int = 1,
    overlay: FaceOverlay | None = None,
    heard: SceneSound | None = None,
    warn: Callable[[str], None] | None = None,
) -> Task[None]:
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
        heard: what is heard and said; shown below the picture, with the line that is said.
        warn: called with a sentence when the clip breaks off before its end.

    Yields:
        Progress in seconds of the clip, once per frame that is shown.

    Raises:
        MediaError: the clip cannot be read.
        OutputError: ``out`` cannot be written.
        ValueError: the table lacks a column.
    """
    missing = [name for name in _COLUMNS if name not in faces.columns]
    if missing:
        raise ValueError(f"The faces table must have the columns {', '.join(missing)}.")
    info = probe(clip)
    rows = FaceRows(faces, every)
    caption = overlay.caption if overlay else ""
    painter = ScenePainter(
        info.width,
        info.height,
        several=rows.several,
        caption=caption,
        sound=heard,
        duration=info.duration,
    )
    size = (painter.layout.width, painter.layout.height)
    fps = min(info.fps, MAX_FPS)
    gaps = Gaps()
    sound = read_sound(clip)
    with open_video(out, size, fps, sound=sound, sound_at=gaps.sound_at, hardware=True) as video:
        end = 0.0
        frames: Iterator[Frame] = read_frames(clip, max_side=LARGEST_SIDE, warn=warn)
        if overlay:
            frames = overlay.draw(frames, rows.at, info.width)
        for frame in thinned(frames):
            sheet = painter.paint(frame.image, rows.at(frame.index), frame.time)
            # a video cannot start with nothing
            video.write(sheet, gaps.close(frame.time) if video.frames else 0.0)
            end = frame.time + frame.duration
            yield Progress(frame.time, info.duration, f"{frame.index + 1} frames")
        video.hold_until(gaps.at(with_end(info, end).duration))


class Gaps:
    """Shortens gaps between pictures to :data:`~emotion_core.media.decode.LONGEST_HOLD`."""

    def __init__(self) -> None:
        self._last = 0.0
        self._left_out: list[tuple[float, float]] = []  # first and end second in the clip

    def close(self, time: float) -> float:
        """The second of the video at which a picture of the clip is shown; in order of time."""
        if time - self._last > LONGEST_HOLD:
            self._left_out.append((self._last + LONGEST_HOLD, time))
        self._last = time
        return self.at(time)

    def sound_at(self, time: float) -> float | None:
        """The same for a second of sound; ``None`` within a gap, where nothing is heard."""
        if any(start <= time < end for start, end in self._left_out):
            return None
        return self.at(time)

    def at(self, time: float) -> float:
        """The second of the video that is this one of the clip, behind the gaps so far."""
        return time - sum(end - start for start, end in self._left_out if time >= end)


def thinned(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Frames in order, without those that come too soon to be seen, over 60 a second."""
    due = -np.inf
    for frame in frames:
        if frame.time >= due:
            yield frame
            # rounded times neither lose nor repeat a frame
            due = frame.time + 0.9 / MAX_FPS


class FaceRows:
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
        self._crops = faces[list(_CROP)].to_numpy(np.float64)
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
        """What is drawn into a frame of the clip."""
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
            crop=crop_of(dict(zip(_CROP, self._crops[row], strict=True))),
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
