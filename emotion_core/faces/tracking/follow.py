"""Faces through a clip: detection now and then, tracks throughout, frames as a stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.tracking.tracker import (
    FaceTracker,
    TrackedFaces,
    TrackingParameters,
)
from emotion_core.types import Frame


@dataclass(frozen=True, slots=True)
class FollowedFrame:
    """A frame, the number of its shot, and the faces in it."""

    frame: Frame
    shot: int
    faces: TrackedFaces


def follow_faces(
    frames: Iterable[tuple[Frame, int]],
    detector: FaceDetector,
    parameters: TrackingParameters,
    detect_every: int,
) -> Iterator[FollowedFrame]:
    """Find the faces of a clip and follow them within each shot.

    Frames wait until their faces are certain, which is at most ``parameters.max_gap`` and one
    interval of detection: memory does not grow with the clip.

    Args:
        frames: each with the number of its shot, in order.
        detector: called on every ``detect_every``-th frame, on the first and the last of a
            shot, where pictures are held for long, and on those between two such frames where a
            face came or went.
        parameters: how freely faces are joined.
        detect_every: frames from one detection to the next, at least 1.

    Yields:
        Every frame, once, in order; tracks are numbered through the clip.
    """
    next_number = 0
    for shot, members in groupby(frames, key=lambda pair: pair[1]):
        tracker = FaceTracker(parameters, next_number)
        for frame, faces in _follow_shot(
            (frame for frame, _ in members), tracker, detector, detect_every
        ):
            yield FollowedFrame(frame, shot, faces)
        next_number = tracker.next_number


def _follow_shot(
    frames: Iterable[Frame], tracker: FaceTracker, detector: FaceDetector, detect_every: int
) -> Iterator[tuple[Frame, TrackedFaces]]:
    waiting: deque[Frame] = deque()
    unseen: list[Frame] = []
    first, looked = True, 0.0
    for frame in frames:
        waiting.append(frame)
        unseen.append(frame)
        held = frame.time - looked > tracker.parameters.max_gap
        if first or held or len(unseen) >= detect_every:
            _look(unseen, tracker, detector)
            unseen, first, looked = [], False, frame.time
            yield from _settled(waiting, tracker)
    if unseen:
        _look(unseen, tracker, detector)
    tracker.close()
    yield from _settled(waiting, tracker)


def _look(frames: list[Frame], tracker: FaceTracker, detector: FaceDetector) -> None:
    """Detect in the last of some frames, and in the others too if faces came or went."""
    *between, last = frames
    found = detector.detect(last.image)
    if between and tracker.disagrees(last.time, found):
        for frame in between:
            tracker.update(frame.index, frame.time, detector.detect(frame.image))
    tracker.update(last.index, last.time, found)


def _settled(waiting: deque[Frame], tracker: FaceTracker) -> Iterator[tuple[Frame, TrackedFaces]]:
    settled = tracker.settled
    while waiting and waiting[0].index <= settled:
        frame = waiting.popleft()
        yield frame, tracker.faces_at(frame.index, frame.time)
