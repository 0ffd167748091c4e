"""Faces through a clip: detection now and then, tracks throughout, frames as a stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.tilt import TILTED, check_faces, find_faces, look_again, tilts
from emotion_core.faces.tracking.tracker import (
    FaceTracker,
    TrackedFaces,
    TrackingParameters,
)
from emotion_core.types import FaceDetections, Frame
from emotion_core.workers import in_order

# Seconds from one search for faces at any tilt to the next, within a shot.
_ANY_TILT_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class FollowedFrame:
    """A frame, the number of its shot, and the faces in it."""

    frame: Frame
    shot: int
    faces: TrackedFaces


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Frames of one shot of which the last is looked at, and the others where faces changed.

    Attributes:
        any_tilt: whether the last is searched for faces that are tilted.
    """

    shot: int
    frames: list[Frame]
    any_tilt: bool = False


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
    for stretch, found in _found(detector, _stretches(frames, parameters.max_gap, detect_every)):
        if stretch.shot != shot:
            tracker.close()
            yield from _settled(waiting, shot, tracker)
            shot, tracker = stretch.shot, FaceTracker(parameters, tracker.next_number)
        waiting += stretch.frames
        *between, last = stretch.frames
        there = _at_their_tilt(detector, tracker, last, found, checked=stretch.any_tilt)
        if between and tracker.disagrees(last.time, there):
            _update_between(detector, tracker, stretch, there)
            there = _at_their_tilt(detector, tracker, last, found, checked=stretch.any_tilt)
        tracker.update(last.index, last.time, there)
        yield from _settled(waiting, shot, tracker)
    tracker.close()
    yield from _settled(waiting, shot, tracker)


def _at_their_tilt(
    detector: FaceDetector,
    tracker: FaceTracker,
    frame: Frame,
    found: FaceDetections,
    checked: bool = False,
) -> FaceDetections:
    """What was found in a frame, with the tilted faces of tracks, and new ones as they are."""
    expected = tracker.expected(frame.time)
    found = look_again(detector, frame.image, found, expected, checked)
    new = [] if checked else tracker.begins(frame.time, found)
    return check_faces(detector, frame.image, found, new)


def _update_between(
    detector: FaceDetector, tracker: FaceTracker, stretch: _Stretch, last: FaceDetections
) -> None:
    """Give the tracker what is to be seen before the last frame of a stretch, where it has faces.

    Tilted ones that are new there are followed back from it.
    """
    between = [_Stretch(stretch.shot, [frame]) for frame in stretch.frames[:-1]]
    looked = [(one.frames[0], found) for one, found in _found(detector, between)]
    back = _tilted(last[np.array(tracker.begins(stretch.frames[-1].time, last), np.int64)])
    for place, (frame, found) in reversed(list(enumerate(looked))):
        if not len(back):
            break
        there = look_again(detector, frame.image, found, back)
        back, looked[place] = _tilted(there), (frame, there)
    for frame, found in looked:
        there = _at_their_tilt(detector, tracker, frame, found)
        tracker.update(frame.index, frame.time, there)


def _tilted(faces: FaceDetections) -> FaceDetections:
    if faces.landmarks is None:
        return FaceDetections.empty()
    return faces[np.abs(tilts(faces.landmarks)) > TILTED]


def _found(
    detector: FaceDetector, stretches: Iterable[_Stretch]
) -> Iterator[tuple[_Stretch, FaceDetections]]:
    """Each with the faces in its last frame, by as many at once as the detector takes best."""

    def look(group: list[_Stretch]) -> list[FaceDetections]:
        images = [stretch.frames[-1].image for stretch in group]
        found = detector.detect_all(images)
        return [
            find_faces(detector, image, there, coarse=True) if stretch.any_tilt else there
            for stretch, image, there in zip(group, images, found, strict=True)
        ]

    def groups() -> Iterator[list[_Stretch]]:
        rest = iter(stretches)
        while group := list(islice(rest, detector.at_once)):
            yield group

    # of large groups two: one is looked at while the frames of the next are decoded
    for group, found in in_order(look, groups(), None if detector.at_once == 1 else 2):
        yield from zip(group, found, strict=True)


def _stretches(
    frames: Iterable[tuple[Frame, int]], longest: float, detect_every: int
) -> Iterator[_Stretch]:
    """The frames of a clip, parted where they are looked at; the longest stretch in seconds."""
    shot, looked, searched = -1, 0.0, 0.0
    stretch: list[Frame] = []
    for frame, number in frames:
        if begins := number != shot:
            if stretch:
                yield _Stretch(shot, stretch)
            shot, stretch = number, []
        stretch.append(frame)
        if begins or frame.time - looked > longest or len(stretch) >= detect_every:
            any_tilt = begins or frame.time - searched >= _ANY_TILT_EVERY
            yield _Stretch(shot, stretch, any_tilt)
            stretch, looked = [], frame.time
            searched = frame.time if any_tilt else searched
    if stretch:
        yield _Stretch(shot, stretch)


def _settled(waiting: deque[Frame], shot: int, tracker: FaceTracker) -> Iterator[FollowedFrame]:
    """The frames whose faces can no longer change."""
    settled = tracker.settled
    while waiting and waiting[0].index <= settled:
        frame = waiting.popleft()
        yield FollowedFrame(frame, shot, tracker.faces_at(frame.index, frame.time))
