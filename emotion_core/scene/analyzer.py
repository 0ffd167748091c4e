"""From a clip to its analysis, in one pass over the frames.

The path of a clip: decoded frames → numbered shots → followed faces → read emotions → tables.
Each arrow is a generator, so that one buffer's worth of frames is in memory at a time.
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.preprocessing import crop_face
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.identity.track_embeddings import (
    FaceChange,
    FaceEmbedder,
    TrackEmbeddingCollector,
    TrackEmbeddings,
)
from emotion_core.faces.quality import SHARPNESS_SIDE, sharpness
from emotion_core.faces.tracking.follow import FollowedFrame, follow_faces
from emotion_core.media.decode import read_frames
from emotion_core.media.shots import split_shots
from emotion_core.progress import Progress, Task
from emotion_core.scene.analysis import (
    AnalysisParameters,
    ClipId,
    SceneAnalysis,
)
from emotion_core.scene.tables import FaceReadings, SceneTables
from emotion_core.types import EmotionScores, ImageArray, VideoInfo
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
