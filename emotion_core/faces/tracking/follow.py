"""Faces through a clip: detection now and then, tracks throughout, frames as a stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice

import numpy as np

from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.tilt import CERTAIN, TILTED, check_places, find_faces, look_again, tilts
from emotion_core.faces.tracking.tracker import (
    FaceTracker,
    TrackedFaces,
    TrackingParameters,
)
from emotion_core.types import FaceDetections, Frame
from emotion_core.workers import in_order

# Seconds from one search for faces at any tilt to the next within a shot, while no face stands
# upright; beside one that does, every how many of these searches are made.
_SEARCH_EVERY, _SEARCH_ALWAYS = 1.0, 3


@dataclass(frozen=True, slots=True)
class FollowedFrame:
    """A frame, the number of its shot, and the faces in it."""

    frame: Frame
    shot: int
    faces: TrackedFaces


class _Search(Enum):
    """Whether a frame is searched for faces at any tilt."""

    NO = 0
    WHILE_NONE = 1  # stands upright
    YES = 2


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Frames of one shot of which the last is looked at, and the others where faces changed."""

    shot: int
    frames: list[Frame]
    search: _Search = _Search.NO


@dataclass(frozen=True, slots=True)
class _Look:
    """The last frame of a stretch, looked at.

    Attributes:
        found: its faces.
        searched: whether it was searched for faces at any tilt.
    """

    stretch: _Stretch
    found: FaceDetections
    searched: bool

    @property
    def frame(self) -> Frame:
        return self.stretch.frames[-1]


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
    for look in _looks(detector, _stretches(frames, parameters.max_gap, detect_every)):
        if look.stretch.shot != shot:
            tracker.close()
            yield from _settled(waiting, shot, tracker)
            shot, tracker = look.stretch.shot, FaceTracker(parameters, tracker.next_number)
        waiting += look.stretch.frames
        _update(detector, tracker, look)
        yield from _settled(waiting, shot, tracker)
    tracker.close()
    yield from _settled(waiting, shot, tracker)


def _update(detector: FaceDetector, tracker: FaceTracker, look: _Look) -> None:
    """Give the tracker the faces of a stretch, the tilted ones among them."""
    frame, image = look.frame, look.frame.image
    found = _with_tracks(detector, tracker, look)
    begins, lost = tracker.changes(frame.time, found)
    if begins or len(lost):
        new = found.xyxy[[] if look.searched else begins]
        found = check_places(detector, image, found, np.concatenate([new, lost]))
        if look.stretch.frames[:-1]:
            begins, _ = tracker.changes(frame.time, found)
            _update_between(detector, tracker, look.stretch, found[np.array(begins, np.int64)])
            found = _with_tracks(detector, tracker, replace(look, found=found, searched=True))
    tracker.update(frame.index, frame.time, found)


def _update_between(
    detector: FaceDetector, tracker: FaceTracker, stretch: _Stretch, begin: FaceDetections
) -> None:
    """Give the tracker what is to be seen before the last frame of a stretch.

    Args:
        begin: the faces that are new in the last frame; tilted ones are followed back from it.
    """
    between = [_Stretch(stretch.shot, [frame]) for frame in stretch.frames[:-1]]
    looks, back = list(_looks(detector, between)), _tilted(begin)
    for place, look in reversed(list(enumerate(looks))):
        if not len(back):
            break
        found = look_again(detector, look.frame.image, look.found, back)
        back, looks[place] = _tilted(found), replace(look, found=found)
    for look in looks:
        found = _with_tracks(detector, tracker, look)
        tracker.update(look.frame.index, look.frame.time, found)


def _with_tracks(detector: FaceDetector, tracker: FaceTracker, look: _Look) -> FaceDetections:
    """The faces of a frame, with those of tilted tracks."""
    expected = tracker.expected(look.frame.time)
    return look_again(detector, look.frame.image, look.found, expected, look.searched)


def _tilted(faces: FaceDetections) -> FaceDetections:
    if faces.landmarks is None:
        return FaceDetections.empty()
    return faces[np.abs(tilts(faces.landmarks)) > TILTED]


def _looks(detector: FaceDetector, stretches: Iterable[_Stretch]) -> Iterator[_Look]:
    """Look at the last frame of each, at as many at once as the detector takes best."""

    def look(group: list[_Stretch]) -> list[_Look]:
        images = [stretch.frames[-1].image for stretch in group]
        return [
            _searched(detector, stretch, found)
            for stretch, found in zip(group, detector.detect_all(images), strict=True)
        ]

    def groups() -> Iterator[list[_Stretch]]:
        rest = iter(stretches)
        while group := list(islice(rest, detector.at_once)):
            yield group

    # of large groups two: one is looked at while the frames of the next are decoded
    for _, looks in in_order(look, groups(), None if detector.at_once == 1 else 2):
        yield from looks


def _searched(detector: FaceDetector, stretch: _Stretch, found: FaceDetections) -> _Look:
    """What was found in the last frame of a stretch, and at any tilt if that is its turn."""
    none = not (found.confidence >= CERTAIN).any()
    if stretch.search is _Search.YES or (none and stretch.search is _Search.WHILE_NONE):
        found = find_faces(detector, stretch.frames[-1].image, found, coarse=True)
        return _Look(stretch, found, searched=True)
    return _Look(stretch, found, searched=False)


def _stretches(
    frames: Iterable[tuple[Frame, int]], longest: float, detect_every: int
) -> Iterator[_Stretch]:
    """The frames of a clip, parted where they are looked at; the longest stretch in seconds."""
    shot, looked, searched, searches = -1, 0.0, 0.0, 0
    stretch: list[Frame] = []
    for frame, number in frames:
        if begins := number != shot:
            if stretch:
                yield _Stretch(shot, stretch)
            shot, stretch, searches = number, [], 0
        stretch.append(frame)
        if begins or frame.time - looked > longest or len(stretch) >= detect_every:
            search = _Search.NO
            if begins or frame.time - searched >= _SEARCH_EVERY:
                search = _Search.WHILE_NONE if searches % _SEARCH_ALWAYS else _Search.YES
                searched, searches = frame.time, searches + 1
            yield _Stretch(shot, stretch, search)
            stretch, looked = [], frame.time
    if stretch:
        yield _Stretch(shot, stretch)


def _settled(waiting: deque[Frame], shot: int, tracker: FaceTracker) -> Iterator[FollowedFrame]:
    """The frames whose faces can no longer change."""
    settled = tracker.settled
    while waiting and waiting[0].index <= settled:
        frame = waiting.popleft()
        yield FollowedFrame(frame, shot, tracker.faces_at(frame.index, frame.time))
