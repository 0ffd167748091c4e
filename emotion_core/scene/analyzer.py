"""From a clip to its analysis, in one pass over the frames.

The path of a clip: decoded frames → numbered shots → followed faces → read emotions → tables.
Each arrow is a generator, so that one buffer's worth of frames is in memory at a time.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS, valence_arousal
from emotion_core.emotions.preprocessing import crop_face
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.identity.track_embeddings import (
    FaceChange,
    FaceEmbedder,
    TrackEmbeddingCollector,
    TrackEmbeddings,
)
from emotion_core.faces.quality import SHARPNESS_SIDE, sharpness, turn
from emotion_core.faces.tracking.follow import FollowedFrame, follow_faces
from emotion_core.media.decode import read_frames
from emotion_core.media.probe import with_end
from emotion_core.media.shots import split_shots
from emotion_core.progress import Progress, Task
from emotion_core.scene.analysis import (
    FACE_DTYPES,
    FRAME_DTYPES,
    AnalysisParameters,
    ClipId,
    SceneAnalysis,
)
from emotion_core.stats import entropy
from emotion_core.types import EmotionScores, FloatArray, Frame, ImageArray, VideoInfo
from emotion_core.workers import in_order

# Frames that wait for a full batch of faces: each worker has a batch, and pictures are large.
BATCH_FRAMES = 8


def analyze_video(
    path: Path,
    info: VideoInfo,
    clip: ClipId,
    classifier: EmotionClassifier,
    detector: FaceDetector,
    parameters: AnalysisParameters,
    embedder: FaceEmbedder | None = None,
) -> Task[SceneAnalysis]:
    """Read who plays what in a clip, moment by moment.

    Args:
        path: the clip.
        info: what :func:`~emotion_core.media.probe.probe` says of it.
        clip: its identity, see :func:`emotion_core.scene.store.identify`.
        classifier: reads the emotions.
        detector: finds the faces.
        parameters: how densely to read, and how freely to join faces.
        embedder: identifies people; without one, no two tracks are ever the same character.

    Yields:
        Progress in seconds of the clip, after every batch of frames.

    Returns:
        The analysis.

    Raises:
        MediaError: the clip cannot be read.
    """
    started = clock.perf_counter()
    warnings: list[str] = []
    tables = SceneTables(info)
    collector = None if embedder is None else TrackEmbeddingCollector(embedder)

    followed = follow_clip(path, info, detector, parameters, warnings.append)
    read = partial(_read, classifier, parameters.still_change)
    for batch, reading in in_order(read, _batches(followed)):
        tables.add(batch, reading)
        if collector is not None:
            for item in batch:
                collector.add(item.frame.image, item.frame.time, item.faces)
        speed = tables.frame_count / (clock.perf_counter() - started)
        detail = f"{tables.frame_count} frames, {speed:.0f}/s"
        yield Progress(batch[-1].frame.time, info.duration, detail)

    identity, changes = TrackEmbeddings.empty(), tuple[FaceChange, ...]()
    if collector is not None:
        identity, changes = collector.finish()
    return SceneAnalysis(
        clip=clip,
        info=tables.info,
        shots=tables.shots(),
        faces=_parted(tables.faces(), changes),
        frames=tables.frames(),
        model=classifier.identity,
        parameters=parameters,
        warnings=tuple(warnings),
        identity=identity,
    )


def _parted(faces: pd.DataFrame, changes: Iterable[FaceChange]) -> pd.DataFrame:
    """The table with tracks parted where their face changes."""
    track, time = faces["track"].to_numpy(), faces["time"].to_numpy()
    parted = track.copy()
    for change in changes:
        parted[(track == change.track) & (time >= change.time)] = change.number
    return faces.assign(track=parted)


def follow_clip(
    path: Path,
    info: VideoInfo,
    detector: FaceDetector,
    parameters: AnalysisParameters,
    warn: Callable[[str], None] | None = None,
) -> Iterator[FollowedFrame]:
    """The frames of a clip that are read, with their faces, as a stream.

    Args:
        path: the clip.
        info: what :func:`~emotion_core.media.probe.probe` says of it.
        detector: finds the faces.
        parameters: how densely to read, and how freely to join faces.
        warn: called with a sentence when the clip breaks off before its end.

    Raises:
        MediaError: the clip cannot be read.
    """
    frames = read_frames(path, max_side=parameters.max_side, warn=warn)
    numbered = split_shots(frames)
    chosen = (pair for pair in numbered if pair[0].index % parameters.every == 0)
    return follow_faces(
        chosen, detector, parameters.tracking_at(info.fps), parameters.detect_every(info.fps)
    )


def _batches(followed: Iterable[FollowedFrame]) -> Iterator[list[FollowedFrame]]:
    """Frames collected until a batch of faces is full, or until it is time for a sign of life."""
    batch: list[FollowedFrame] = []
    faces = 0
    for item in followed:
        batch.append(item)
        faces += len(item.faces)
        if faces >= BATCH_SIZE or len(batch) >= BATCH_FRAMES:
            yield batch
            batch, faces = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class FaceReadings:
    """What is read in the faces of some frames, as parallel arrays of length n.

    Attributes:
        scores: of each.
        sharpness: (n,) float32, see :func:`emotion_core.faces.quality.sharpness`.
    """

    scores: EmotionScores
    sharpness: FloatArray


def _read(
    classifier: EmotionClassifier, still_change: float, batch: Sequence[FollowedFrame]
) -> FaceReadings:
    """Read the faces of some frames; one that hardly changed within them is read once."""
    found = [(item.frame.image, box) for item in batch for box in item.faces.xyxy]
    small = [crop_face(image, box, SHARPNESS_SIDE) for image, box in found]
    tracks = [int(track) for item in batch for track in item.faces.track]
    sources = _sources(small, tracks, still_change)
    read, places = np.unique(sources, return_inverse=True)
    scores = classifier.classify([classifier.preprocessing.crop(*found[k]) for k in read])
    sharp = np.array([sharpness(face) for face in small], np.float32)
    return FaceReadings(EmotionScores(scores.logits[places], scores.labels), sharp)


def _sources(
    faces: Sequence[ImageArray], tracks: Sequence[int], still_change: float
) -> npt.NDArray[np.int64]:
    """Of each face, the place of that whose reading it has: its own, or one before of its track."""
    grey = [cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32) for face in faces]
    sources = np.arange(len(faces))
    last: dict[int, int] = {}
    for place, track in enumerate(tracks):
        before = last.get(track)
        if before is not None and np.abs(grey[place] - grey[before]).mean() <= still_change:
            sources[place] = before
        else:
            last[track] = place
    return sources


class SceneTables:
    """Collects the rows of the two tables, column by column, as batches come in."""

    def __init__(self, info: VideoInfo) -> None:
        self._info = info
        self._end = 0.0
        self._frames: list[tuple[int, float, int, int]] = []
        # arrays by column: a table for each batch would take longer than its reading
        self._faces: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in FACE_DTYPES}

    @property
    def frame_count(self) -> int:
        """Number of frames added so far."""
        return len(self._frames)

    @property
    def info(self) -> VideoInfo:
        """What the clip says of itself, with the length that was read where it said less."""
        return with_end(self._info, self._end)

    def add(self, batch: Sequence[FollowedFrame], reading: FaceReadings) -> None:
        """Take some frames, and what was read in their faces in the same order."""
        for item in batch:
            self._frames.append((item.frame.index, item.frame.time, item.shot, len(item.faces)))
            self._end = item.frame.time + item.frame.duration
        if not len(reading.scores):
            return
        repeats = [len(item.faces) for item in batch]
        probabilities = reading.scores.probabilities
        valence, arousal = valence_arousal(probabilities)
        boxes = np.concatenate([item.faces.xyxy * self._scale(item.frame) for item in batch])
        rows = {
            "frame": np.repeat([item.frame.index for item in batch], repeats),
            "time": np.repeat([item.frame.time for item in batch], repeats),
            "shot": np.repeat([item.shot for item in batch], repeats),
            "track": np.concatenate([item.faces.track for item in batch]),
            **dict(zip(("x1", "y1", "x2", "y2"), boxes.T, strict=True)),
            "confidence": np.concatenate([item.faces.confidence for item in batch]),
            "detected": np.concatenate([item.faces.detected for item in batch]),
            **dict(zip(EMOTIONS, probabilities.T, strict=True)),
            "valence": valence,
            "arousal": arousal,
            "entropy": entropy(probabilities),
            "sharpness": reading.sharpness,
            "turn": turn(np.concatenate([item.faces.landmarks for item in batch])),
        }
        for name, values in rows.items():
            self._faces[name].append(values)

    def faces(self) -> pd.DataFrame:
        """One row per face and frame, see :class:`SceneAnalysis`."""
        columns = {
            name: np.concatenate(parts) if parts else np.zeros(0)
            for name, parts in self._faces.items()
        }
        columns["character"] = np.full(len(columns["frame"]), pd.NA, object)
        return pd.DataFrame(columns).astype(FACE_DTYPES)

    def frames(self) -> pd.DataFrame:
        """One row per frame, see :class:`SceneAnalysis`."""
        return pd.DataFrame(self._frames, columns=list(FRAME_DTYPES)).astype(FRAME_DTYPES)

    def shots(self) -> tuple[tuple[float, float], ...]:
        """First and end time of each shot; a shot ends where the next begins."""
        frames = self.frames()
        starts = frames.groupby("shot")["time"].min().tolist()
        end = max(self.info.duration, float(frames["time"].max()))
        return tuple(zip(starts, [*starts[1:], end], strict=True))

    def _scale(self, frame: Frame) -> float:
        """From pixels of the shrunk picture to pixels of the clip."""
        return self._info.width / int(frame.image.shape[1])
