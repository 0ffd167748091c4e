"""What each stage of the path of a clip costs, the others left out."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emotion_core.emotions.classifier import BATCH_SIZE
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.identity.track_embeddings import TrackEmbeddingCollector
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.movements.reading import read_movements
from emotion_core.faces.tracking.follow import follow_faces
from emotion_core.media.decode import read_frames
from emotion_core.media.encoding.writer import open_video
from emotion_core.media.probe import probe
from emotion_core.media.shots import split_shots
from emotion_core.progress import finish
from emotion_core.render.video.annotated import FaceRows
from emotion_core.render.video.panel import ScenePainter
from emotion_core.scene.analysis import ClipId
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore
from emotion_core.types import FaceDetections, ImageArray
from emotion_core.workers import workers


@dataclass(frozen=True)
class Cost:
    """Milliseconds a frame: of the processor, all threads together, and on the clock."""

    cpu: float
    wall: float


class _Recorded(FaceDetector):
    """Gives again what a detector found in a picture."""

    def __init__(self, found: dict[int, FaceDetections]) -> None:
        self._found = found

    def detect(self, image: ImageArray) -> FaceDetections:
        return self._found[id(image)]


class _Recorder(FaceDetector):
    def __init__(self, detector: Any) -> None:
        self._detector, self.found, self.images = detector, {}, []

    def detect(self, image: ImageArray) -> FaceDetections:
        self.images.append(image)
        self.found[id(image)] = self._detector.detect(image)
        return self.found[id(image)]


def measure(clip: Path, reader: Reader, rounds: int) -> dict[str, Cost]:
    """The cost of each stage over a clip, medians of rounds in which they take turns.

    All computing is done in one worker, on one core, but for decoding and encoding, which use
    FFmpeg's threads. All frames are held in memory: the clip must be short.
    """
    info, parameters = probe(clip), reader.parameters
    frames = list(read_frames(clip, max_side=parameters.max_side))
    shots = list(split_shots(frames))
    recorder = _Recorder(reader.detector)
    given = parameters.tracking_at(info.fps), parameters.detect_every(info.fps)
    followed = list(follow_faces(shots, recorder, *given))
    faces = [
        SeenFace(item.frame.image, box, points)
        for item in followed
        for box, points in zip(item.faces.xyxy, item.faces.landmarks, strict=True)
    ]
    batches = [faces[start : start + BATCH_SIZE] for start in range(0, len(faces), BATCH_SIZE)]
    upright = [turn_upright(reader.mesh, batch) for batch in batches]
    squares = [square for batch in upright for square in batch.squares]
    size = reader.classifier.preprocessing.size

    def cut() -> list[ImageArray]:
        pairs = zip(faces, squares, strict=True)
        return [square.cut(face.image, size) for face, square in pairs]

    crops = cut()
    analysis = finish(reader.read(clip, ClipId("0" * 64, clip.name)))
    rows = FaceRows(analysis.faces, 1)
    painter = ScenePainter(info.width, info.height, several=rows.several, caption="")
    sheets = [
        painter.paint(frame.image, rows.at(frame.index), frame.time).copy() for frame in frames[:48]
    ]

    def look() -> None:
        collector = TrackEmbeddingCollector(reader.embedder)
        for item in followed:
            collector.add(item.frame.image, item.frame.time, item.faces)
        collector.finish()

    def classify() -> None:
        for start in range(0, len(crops), BATCH_SIZE):
            reader.classifier.classify(crops[start : start + BATCH_SIZE])

    def store() -> None:
        with tempfile.TemporaryDirectory() as folder:
            AnalysisStore(Path(folder)).save(analysis, clip)

    def paint() -> None:
        for frame in frames:
            painter.paint(frame.image, rows.at(frame.index), frame.time)

    def encode() -> None:
        with tempfile.TemporaryDirectory() as folder:
            size = painter.layout.width, painter.layout.height
            with open_video(Path(folder) / "out.mp4", size, info.fps) as video:
                for number in range(len(frames)):
                    video.write(sheets[number % len(sheets)], number / info.fps)

    def alone(run: Callable[[], object]) -> Callable[[], object]:
        return lambda: workers().submit(run).result()

    stages: dict[str, Callable[[], object]] = {
        "decode": lambda: [None for _ in read_frames(clip, max_side=parameters.max_side)],
        "shots": alone(lambda: list(split_shots(frames))),
        "detection": alone(lambda: [reader.detector.detect(one) for one in recorder.images]),
        "tracking": lambda: list(follow_faces(shots, _Recorded(recorder.found), *given)),
        "meshes": alone(lambda: [turn_upright(reader.mesh, batch) for batch in batches]),
        "movements": alone(
            lambda: [
                read_movements([face.image for face in batch], found.meshes)
                for batch, found in zip(batches, upright, strict=True)
            ]
        ),
        "crops": alone(cut),
        "classification": alone(classify),
        "looks": look,
        "storage": store,
        "draw": alone(paint),
        "encode": encode,
    }
    taken: dict[str, list[Cost]] = {name: [] for name in stages}
    for _ in range(rounds):
        for name, run in stages.items():
            taken[name].append(_cost(run, len(frames)))
    return {
        name: Cost(
            statistics.median(c.cpu for c in costs), statistics.median(c.wall for c in costs)
        )
        for name, costs in taken.items()
    }


def _cost(run: Callable[[], object], frames: int) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    seconds = time.process_time() - cpu, time.perf_counter() - wall
    return Cost(*(1000 * value / frames for value in seconds))


def arithmetic(classifier: Any) -> tuple[float, float]:
    """Of one face, the operations of a classifier in 1e9, and milliseconds for them at the peak.

    The peak is what a large product of float32 matrices reaches on one core.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    size = classifier.preprocessing.size
    pixels = torch.zeros(1, 3, size, size)
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        classifier.model(pixel_values=pixels.to(classifier.dtype))
    operations = float(counter.get_total_flops())

    def multiply() -> float:
        side = 1024
        one, other = (torch.from_numpy(np.ones((side, side), np.float32)) for _ in range(2))
        seconds = []
        for _ in range(7):
            started = time.perf_counter()
            torch.mm(one, other)
            seconds.append(time.perf_counter() - started)
        return 2 * side**3 / min(seconds)

    peak = workers().submit(multiply).result()
    return operations / 1e9, 1000 * operations / peak
