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

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.registry import ModelId
from emotion_core.errors import OutputError
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.identity.track_embeddings import (
    FaceChange,
    FaceEmbedder,
    TrackEmbeddingCollector,
    TrackEmbeddings,
)
from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.faces.mesh.squares import READ_MARGIN
from emotion_core.faces.mesh.upright import SeenFace, UprightFaces, turn_upright
from emotion_core.faces.movements.reading import read_movements
from emotion_core.faces.quality import SHARPNESS_SIDE, sharpness
from emotion_core.faces.tracking.follow import FollowedFrame, follow_faces
from emotion_core.media.decode import read_frames
from emotion_core.media.seeking import Segment
from emotion_core.media.shots import split_shots
from emotion_core.progress import Progress, Task
from emotion_core.scene.analysis import (
    AnalysisParameters,
    ClipId,
    SceneAnalysis,
)
from emotion_core.scene.chunk_store import ChunkStore
from emotion_core.scene.chunks import Chunk, HandOut, by_chunk, find_segments, join
from emotion_core.scene.tables import FaceReadings, SceneTables
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
    mesh: MeshReader | None = None,
    kept: ChunkStore | None = None,
) -> Task[SceneAnalysis]:
    """Read who plays what in a clip, moment by moment.

    Args:
        path: the clip.
        info: what :func:`~emotion_core.media.probe.probe` says of it.
        clip: its identity, see :func:`emotion_core.scene.clips.store.identify`.
        classifier: reads the emotions.
        detector: finds the faces.
        parameters: how densely to read, and how freely to join faces.
        embedder: identifies people; without one, no two tracks are ever the same character.
        mesh: reads the shape of faces; without one, nothing is known of what they do, and they are
            turned upright by the points of the detector alone.
        kept: where chunks are kept as they are read; those that lie there are not read again,
            only decoded. Nothing is kept if ``None``.

    Yields:
        Progress in seconds of the clip, after every batch of frames.

    Returns:
        The analysis.

    Raises:
        MediaError: the clip cannot be read.
        OutputError: a chunk cannot be kept.
    """
    warnings: list[str] = []
    chunks: list[Chunk] = []
    reader = ChunkReader(info, classifier, detector, parameters, embedder, mesh)
    for number, frames in by_chunk(_numbered(path, parameters, warnings.append)):
        chunk = None if kept is None else kept.load(number)
        if chunk is None:
            chunk = yield from reader.read(number, frames)
            if kept is not None:
                kept.save(chunk)
        else:
            for frame, _ in frames:
                yield Progress(frame.time, info.duration, "going on from where it stopped")
        chunks.append(chunk)
    return join(chunks, info, clip, classifier.identity, parameters, warnings)


def analyze_by_many(
    path: Path,
    info: VideoInfo,
    clip: ClipId,
    model: ModelId,
    parameters: AnalysisParameters,
    kept: ChunkStore,
    hand_out: HandOut,
) -> Task[SceneAnalysis]:
    """As :func:`analyze_video`, but others read the chunks, each from its place in the clip.

    Here all of the clip is decoded once to find its cuts, which need all that came before, and
    chunks are handed out as they are found.

    Args:
        path, info, clip, parameters: as of :func:`analyze_video`.
        model: the classifier that they read with.
        kept: where they keep chunks; those that lie there are not read again.
        hand_out: has them read what it is given, the numbers of chunks and where they lie; its
            progress is in seconds of the clip.

    Yields:
        Progress in seconds of the clip.

    Returns:
        The analysis, the same as that of :func:`analyze_video`.

    Raises:
        MediaError: the clip cannot be read.
    """
    warnings: list[str] = []
    count, there = 0, 0.0

    def missing() -> Iterator[tuple[int, Segment] | None]:
        nonlocal count, there
        for segment in find_segments(_numbered(path, parameters, warnings.append)):
            if segment is None:
                yield None
                continue
            count += 1
            if kept.load(count - 1) is None:
                yield count - 1, segment
            else:
                there += segment.seconds

    for step in hand_out(missing()):
        yield Progress(there + step.done, info.duration, step.detail)
    chunks = [kept.load(number) for number in range(count)]
    whole = [chunk for chunk in chunks if chunk is not None]
    if len(whole) < count:
        raise OutputError("What was read of the clip was removed while it was read. Try again.")
    return join(whole, info, clip, model, parameters, warnings)


class ChunkReader:
    """Reads chunks of one clip.

    Args:
        info, classifier, detector, parameters, embedder, mesh: as of :func:`analyze_video`.
    """

    def __init__(
        self,
        info: VideoInfo,
        classifier: EmotionClassifier,
        detector: FaceDetector,
        parameters: AnalysisParameters,
        embedder: FaceEmbedder | None,
        mesh: MeshReader | None,
    ) -> None:
        self._info, self._parameters = info, parameters
        self._classifier, self._detector, self._embedder = classifier, detector, embedder
        self._mesh = mesh
        self._started, self._frames = clock.perf_counter(), 0

    def read(self, number: int, frames: Iterable[tuple[Frame, int]]) -> Task[Chunk]:
        """Read a chunk: its number, and its frames with the numbers of their shots."""
        tables = SceneTables(self._info)
        collector = None if self._embedder is None else TrackEmbeddingCollector(self._embedder)
        followed = _followed(frames, self._info, self._detector, self._parameters)
        read = partial(_read, self._classifier, self._mesh, self._parameters.still_change)
        for batch, reading in in_order(read, _batches(followed)):
            tables.add(batch, reading)
            if collector is not None:
                for item in batch:
                    collector.add(item.frame.image, item.frame.time, item.faces)
            self._frames += len(batch)
            speed = self._frames / (clock.perf_counter() - self._started)
            detail = f"{self._frames} frames, {speed:.0f}/s"
            yield Progress(batch[-1].frame.time, self._info.duration, detail)
        identity, changes = TrackEmbeddings.empty(), tuple[FaceChange, ...]()
        if collector is not None:
            identity, changes = collector.finish()
        return tables.chunk(number, identity, changes)


def _numbered(
    path: Path, parameters: AnalysisParameters, warn: Callable[[str], None] | None
) -> Iterator[tuple[Frame, int]]:
    return split_shots(read_frames(path, max_side=parameters.max_side, warn=warn))


def _followed(
    numbered: Iterable[tuple[Frame, int]],
    info: VideoInfo,
    detector: FaceDetector,
    parameters: AnalysisParameters,
) -> Iterator[FollowedFrame]:
    chosen = (pair for pair in numbered if pair[0].index % parameters.every == 0)
    return follow_faces(
        chosen, detector, parameters.tracking_at(info.fps), parameters.detect_every(info.fps)
    )


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
    return _followed(_numbered(path, parameters, warn), info, detector, parameters)


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
    classifier: EmotionClassifier,
    mesh: MeshReader | None,
    still_change: float,
    batch: Sequence[FollowedFrame],
) -> FaceReadings:
    """Read the faces of some frames; one that hardly changed within them is read once."""
    found = [
        SeenFace(item.frame.image, box, points)
        for item in batch
        for box, points in zip(item.faces.xyxy, item.faces.landmarks, strict=True)
    ]
    small = [face.square(READ_MARGIN).cut_smooth(face.image, SHARPNESS_SIDE) for face in found]
    tracks = [int(track) for item in batch for track in item.faces.track]
    sources = _sources(small, tracks, still_change)
    read, places = np.unique(sources, return_inverse=True)
    upright = turn_upright(mesh, [found[k] for k in read])
    size = classifier.preprocessing.size
    crops = [
        square.cut(found[k].image, size) for k, square in zip(read, upright.squares, strict=True)
    ]
    scores = classifier.classify(crops)
    sharp = np.array([sharpness(face) for face in small], np.float32)
    movements = read_movements([found[k].image for k in read], upright.meshes)
    squares = [
        upright.squares[place].moved(_middle(found[k]) - _middle(found[source]))
        for k, (place, source) in enumerate(zip(places, sources, strict=True))
    ]
    return FaceReadings(
        EmotionScores(scores.logits[places], scores.labels),
        sharp,
        UprightFaces(upright.meshes[places], tuple(squares)),
        movements[places],
    )


def _middle(face: SeenFace) -> FloatArray:
    return np.asarray((face.xyxy[:2] + face.xyxy[2:]) / 2, np.float32)


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
