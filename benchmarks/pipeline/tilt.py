"""What it costs and finds to look for faces at any tilt, beside upright ones only.

    python -m benchmarks.pipeline.tilt CLIP ... [--model NAME] [--rounds N] [--turn DEGREES]

Each clip is read twice a round, in turns, once with a detector that finds upright faces only. CPU
time is that of the whole process, all threads together, from the file to the tables; figures are
medians. ``--turn`` also turns each clip by some degrees and says how many of the faces that are
found upright are still found, and with the tilt that they were turned by, within 15 degrees.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.tilt import tilts
from emotion_core.faces.tracking.follow import follow_faces
from emotion_core.faces.tracking.tracker import TrackedFaces
from emotion_core.media.decode import read_frames
from emotion_core.media.probe import probe
from emotion_core.media.shots import split_shots
from emotion_core.progress import finish
from emotion_core.scene.analysis import AnalysisParameters, ClipId, SceneAnalysis
from emotion_core.scene.analyzer import analyze_video
from emotion_core.scene.reader import Reader
from emotion_core.settings import load_settings
from emotion_core.types import FaceDetections, Frame, ImageArray

_WAYS = ("upright", "any tilt")
_NEAR = 15  # degrees


class UprightOnly(FaceDetector):
    """A detector that is not asked for tilted faces."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector, self.at_once = detector, detector.at_once

    def detect(self, image: ImageArray) -> FaceDetections:
        """See :class:`FaceDetector`."""
        return self._detector.detect(image)

    def detect_all(self, images: Sequence[ImageArray]) -> list[FaceDetections]:
        """See :class:`FaceDetector`."""
        return self._detector.detect_all(images)


def print_cost(clips: Sequence[Path], reader: Reader, rounds: int) -> None:
    """CPU time of reading, and the faces that were found."""
    print(f"{'clip':<26}{'way':<10}{'CPU ms a frame':>15}{'ratio':>8}{'with a face':>13}", end="")
    print(f"{'tracks':>8}")
    for clip in clips:
        taken: dict[str, list[float]] = {way: [] for way in _WAYS}
        found: dict[str, SceneAnalysis] = {}
        for number in range(rounds + 1):  # the first warms up
            for way in _WAYS:
                started = time.process_time()
                found[way] = _read(clip, reader, way)
                if number:
                    taken[way].append(time.process_time() - started)
        pairs = zip(*taken.values(), strict=True)
        ratio = statistics.median(tilted / upright for upright, tilted in pairs)
        for way in _WAYS:
            frames, faces = found[way].frames, found[way].faces
            cost = 1000 * statistics.median(taken[way]) / len(frames)
            print(f"{clip.name[:24]:<26}{way:<10}{cost:>15.2f}", end="")
            print(f"{ratio if way == 'any tilt' else 1:>8.3f}", end="")
            print(f"{(frames['faces'] > 0).mean():>13.3f}{faces['track'].nunique():>8}", flush=True)


def _read(clip: Path, reader: Reader, way: str) -> SceneAnalysis:
    detector = UprightOnly(reader.detector) if way == "upright" else reader.detector
    given = reader.classifier, detector, reader.parameters, reader.embedder
    return finish(analyze_video(clip, probe(clip), ClipId("0" * 64, clip.name), *given))


def print_turned(clips: Sequence[Path], detector: FaceDetector, degrees: Sequence[float]) -> None:
    """How many faces of upright clips are found once these are turned."""
    print(f"\n{'clip':<26}{'turned':>8}{'faces':>8}{'found':>8}{'right':>8}{'others':>8}")
    for clip in clips:
        upright = list(_faces(clip, UprightOnly(detector), 0))
        for angle in degrees:
            faces = found = right = others = 0
            for before, after in zip(upright, _faces(clip, detector, angle), strict=True):
                wrong = _compared(before, after, angle)
                faces += len(before)
                found += len(wrong)
                right += int((wrong <= _NEAR).sum())
                others += len(after) - len(wrong)
            shares = [count / max(faces, 1) for count in (found, right)]
            print(f"{clip.name[:24]:<26}{angle:>8.0f}{faces:>8}", end="")
            print(f"{shares[0]:>8.3f}{shares[1]:>8.3f}{others:>8}", flush=True)


def _faces(clip: Path, detector: FaceDetector, degrees: float) -> Iterator[TrackedFaces]:
    """The faces of each frame of a turned clip, in pixels from its middle."""
    info, parameters = probe(clip), AnalysisParameters()

    def frames() -> Iterator[tuple[Frame, int]]:
        for frame, shot in split_shots(read_frames(clip, max_side=640)):
            yield Frame(turned(frame.image, degrees), frame.index, frame.time), shot

    given = parameters.tracking_at(info.fps), parameters.detect_every(info.fps)
    for item in follow_faces(frames(), detector, *given):
        middle = np.array(item.frame.image.shape[1::-1], np.float32) / 2
        yield replace(item.faces, xyxy=item.faces.xyxy - np.tile(middle, 2))


def _compared(before: TrackedFaces, after: TrackedFaces, degrees: float) -> np.ndarray:
    """Degrees by which the tilt of each face that is found again is wrong."""
    old, new = ((one.xyxy[:, :2] + one.xyxy[:, 2:]) / 2 for one in (before, after))
    sides = (before.xyxy[:, 2:] - before.xyxy[:, :2]).max(axis=1, initial=0)
    was, now = (np.degrees(tilts(one.landmarks)) for one in (before, after))
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    wrong = []
    for place, side, tilt in zip(old @ [[cos, sin], [-sin, cos]], sides, was, strict=True):
        away = np.hypot(*(new - place).T)
        if len(away) and away.min() < side / 2:
            apart = now[int(away.argmin())] - tilt - degrees
            wrong.append(abs((apart + 180) % 360 - 180))
    return np.array(wrong)


def turned(image: ImageArray, degrees: float) -> ImageArray:
    """A picture turned clockwise, in a square that has room for it, black around it."""
    height, width = image.shape[:2]
    side = int(np.hypot(height, width)) + 1
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    matrix[:, 2] += (side - width) / 2, (side - height) / 2
    return np.asarray(cv2.warpAffine(image, matrix, (side, side)), np.uint8)


def main(given: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--model", default="eme-lite2")
    parser.add_argument("--rounds", type=int, default=5, help="of the cost; 0 leaves it out")
    parser.add_argument("--turn", nargs="*", type=float, default=(), help="degrees")
    arguments = parser.parse_args(given)
    reader = Reader(load_settings(), arguments.model)
    if arguments.rounds:
        print_cost(arguments.clips, reader, arguments.rounds)
    if arguments.turn:
        print_turned(arguments.clips, reader.detector, arguments.turn)


if __name__ == "__main__":
    main()
