"""Faces through a clip: detection now and then, tracks throughout, frames as a stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.tracking.tracker import (
    FaceTracker,
    TrackedFaces,
    TrackingParameters,
)
from emotion_core.types import FaceDetections, Frame
from emotion_core.workers import in_order

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class FollowedFrame:
    """A frame, the number of its shot, and the faces in it."""

    frame: Frame
    shot: int
    faces: TrackedFaces


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Frames of one shot of which the last is looked at, and the others where faces changed."""

    shot: int
    frames: list[Frame]


def follow_faces(
    frames: Iterable[tuple[Frame, int]],
    detector: FaceDetector,
    parameters: TrackingParameters,
    detect_every: int,
) -> Iterator[FollowedFrame]:
    """Find the faces of a clip and follow them within each shot.

    Frames wait until their faces are certain, which is at most ``parameters.max_gap`` and one
    interval of detection for each worker: memory does not grow with the clip.

    Args:
        frames: each with the number of its shot, in order.
        detector: called by the workers on every ``detect_every``-th frame, on the first and the
            last of a shot, where pictures are held for long, and on those between two such frames
            where a face came or went.
        parameters: how freely faces are joined.
        detect_every: frames from one detection to the next, at least 1.

    Yields:
        Every frame, once, in order; tracks are numbered through the clip.
    """
    shot, tracker = -1, FaceTracker(parameters)
    waiting: deque[Frame] = deque()
    stretches = _stretches(frames, parameters.max_gap, detect_every)
    for stretch, found in _found(detector, stretches, lambda stretch: stretch.frames[-1]):
        if stretch.shot != shot:
            tracker.close()
            yield from _settled(waiting, shot, tracker)
            shot, tracker = stretch.shot, FaceTracker(parameters, tracker.next_number)
        waiting += stretch.frames
        *between, last = stretch.frames
        if between and tracker.disagrees(last.time, found):
            for frame, there in _found(detector, between, lambda frame: frame):
                tracker.update(frame.index, frame.time, there)
        tracker.update(last.index, last.time, found)
        yield from _settled(waiting, shot, tracker)
    tracker.close()
    yield from _settled(waiting, shot, tracker)


def _found(
    detector: FaceDetector, items: Iterable[Item], frame: Callable[[Item], Frame]
) -> Iterator[tuple[Item, FaceDetections]]:
    """Each item with the faces in its frame, by as many at once as the detector takes best."""

    def look(group: list[Item]) -> list[FaceDetections]:
        return detector.detect_all([frame(item).image for item in group])

    def groups() -> Iterator[list[Item]]:
        rest = iter(items)
        while group := list(islice(rest, detector.at_once)):
            yield group

    # of large groups two: one is looked at while the frames of the next are decoded
    for group, found in in_order(look, groups(), None if detector.at_once == 1 else 2):
        yield from zip(group, found, strict=True)


def _stretches(
    frames: Iterable[tuple[Frame, int]], longest: float, detect_every: int
) -> Iterator[_Stretch]:
    """The frames of a clip, parted where they are looked at; the longest stretch in seconds."""
    stretch, looked = _Stretch(-1, []), 0.0
    for frame, shot in frames:
        if begins := shot != stretch.shot:
            if stretch.frames:
                yield stretch
            stretch = _Stretch(shot, [])
        stretch.frames.append(frame)
        if begins or frame.time - looked > longest or len(stretch.frames) >= detect_every:
            yield stretch
            stretch, looked = _Stretch(shot, []), frame.time
    if stretch.frames:
        yield stretch


def _settled(waiting: deque[Frame], shot: int, tracker: FaceTracker) -> Iterator[FollowedFrame]:
    """The frames whose faces can no longer change."""
    settled = tracker.settled
    while waiting and waiting[0].index <= settled:
        frame = waiting.popleft()
        yield FollowedFrame(frame, shot, tracker.faces_at(frame.index, frame.time))
