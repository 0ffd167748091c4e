"""Faces at any tilt: lying, upside down and all between, by a detector of upright ones.

A detector of upright faces misses others, or, worse, takes a forehead for a mouth. The third net
of MTCNN, though, knows an upright face from a tilted one well. So each place that may be a face is
cut out turned by eight angles, the best are turned once more by what their landmarks say, and the
one that the net is most certain of has the tilt of the face. Progressive calibration (Shi et al.
2018, "Real-time rotation-invariant face detection with progressive calibration networks") does
the same in nets of its own.

Places come from the detector itself, from what it finds in turned copies of the picture, and from
tracks. Landmarks are those of the upright face: the left eye is the one on the left once the head
is turned upright.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.faces.boxes import iou
from emotion_core.faces.detection import FaceDetector, TiltDetector
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.types import FaceDetections, FloatArray, ImageArray

# Radians by which a face must be tilted for the upright detector not to be relied on.
TILTED = math.radians(25)
# A tilt that differs by less is that which the upright detector says.
_SAME_TILT = math.radians(10)
# Angles that a new face is looked at from, and how many of them are looked at once more.
_ANGLES, _BEST = 8, 3
# Confidence from which a place is a tilted face, and from which one goes on being that.
CERTAIN, _FAINT = 0.97, 0.6
# Overlap of boxes from which two places are the same face.
_SAME_FACE = 0.3
# From the square around the landmarks to that which MTCNN's boxes have for longer side: the median
# of the faces in our clips and of 232 single faces.
_MARGIN = 1.02
# A part of the picture is as many times as wide as the face within, and has so many pixels for
# each that the net sees.
_REACH, _FINER = 2.2, 1.4
# What is shown to all nets of the detector is as many times as wide as the face.
_ROOM = 2


def tilts(landmarks: FloatArray) -> npt.NDArray[np.float64]:
    """How far faces are tilted, clockwise in the picture.

    Args:
        landmarks: (n, 5, 2) px, as in :class:`FaceDetections`.

    Returns:
        (n,) radians in [-pi, pi]; NaN where landmarks are not known.
    """
    return np.array([UprightSquare.from_landmarks(points).angle for points in landmarks], float)


def find_faces(
    detector: FaceDetector,
    image: ImageArray,
    found: FaceDetections | None = None,
    coarse: bool = False,
) -> FaceDetections:
    """Find the faces of a picture, whatever their tilt.

    Args:
        detector: finds upright faces; one that is no :class:`TiltDetector` finds no others.
        image: (H, W, 3) uint8 RGB.
        found: what the detector finds in it, if that is known.
        coarse: among faces that stand not upright, leave out small ones.

    Returns:
        The most confident first. Upright faces are as the detector finds them; the box of a
        tilted one is that around its ellipse.
    """
    upright = detector.detect(image) if found is None else found
    if not isinstance(detector, TiltDetector):
        return upright
    places = FaceDetections.together([upright, detector.detect_turned(image, coarse)])
    return _with_tilted(upright, _look_around(detector, image, _distinct(places)))


def check_places(
    detector: FaceDetector, image: ImageArray, found: FaceDetections, places: FloatArray
) -> FaceDetections:
    """Look at some places from all angles, and correct the faces that are tilted in truth.

    Args:
        detector, image: as of :func:`find_faces`.
        found: the faces.
        places: (n, 4) boxes in px.
    """
    if not len(places) or not isinstance(detector, TiltDetector):
        return found
    return _with_tilted(found, _look_around(detector, image, places))


def look_again(
    detector: FaceDetector,
    image: ImageArray,
    found: FaceDetections,
    expected: FaceDetections,
    checked: bool = False,
) -> FaceDetections:
    """Look where tilted faces should be.

    Args:
        detector, image: as of :func:`find_faces`.
        found: what the detector found in the picture.
        expected: faces of tracks, where they should be by now.
        checked: the tilt of all that was found is certain, as it comes from :func:`find_faces`.

    Returns:
        What was found, and the tilted faces.
    """
    if not len(expected) or expected.landmarks is None or not isinstance(detector, TiltDetector):
        return found
    angles = tilts(expected.landmarks)
    tilted = np.abs(angles) > TILTED
    if checked:
        tilted &= ~_are_in(expected, found[found.confidence >= CERTAIN])
    if not tilted.any():
        return found
    squares = [_square(points) for points in expected.landmarks[tilted]]
    parts = [_Part.around(image, square, detector.look_side) for square in squares]
    again = _look(detector, parts, _squares(_look(detector, parts, squares)))
    return _with_tilted(found, again[again.confidence >= _FAINT])


def _look_around(detector: TiltDetector, image: ImageArray, boxes: FloatArray) -> FaceDetections:
    """The tilted faces in (n, 4) boxes, each looked at from all angles."""
    if not len(boxes):
        return FaceDetections.empty()
    middles, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    upright = [
        UprightSquare(float(x), float(y), max(float(side), 1.0), 0.0)
        for (x, y), side in zip(middles, sides, strict=True)
    ]
    parts = [_Part.around(image, square, detector.look_side) for square in upright]
    angles = 2 * np.pi * np.arange(_ANGLES) / _ANGLES
    squares = [replace(square, angle=float(angle)) for square in upright for angle in angles]
    first = _look(detector, _each(parts, _ANGLES), squares)
    best = _strongest(first, len(boxes), _BEST)
    second = _look(detector, _each(parts, _BEST), _squares(first[best]))
    best = _strongest(second, len(boxes), 1)
    seen = _look(detector, parts, _squares(second[best]))
    seen = seen[seen.confidence >= CERTAIN]
    return _confirmed(detector, image, seen)


def _confirmed(detector: TiltDetector, image: ImageArray, seen: FaceDetections) -> FaceDetections:
    """The tilted faces that all nets of the detector find once they are turned upright.

    The last net alone takes a plant for a face now and then, where it may look at all angles.
    """
    assert seen.landmarks is not None
    seen = seen[np.abs(tilts(seen.landmarks)) > TILTED]
    if not len(seen):
        return seen
    side = _ROOM * detector.look_side
    squares = [replace(square, side=_ROOM * square.side) for square in _squares(seen)]
    parts = [_Part.around(image, square, side) for square in squares]
    crops = [part.cut(square, side) for part, square in zip(parts, squares, strict=True)]
    start, end = (side - detector.look_side) / 2, (side + detector.look_side) / 2
    middle = np.array([[start, start, end, end]])
    kept = []
    for found in detector.detect_all(crops):
        certain = found[found.confidence >= CERTAIN]
        kept.append(bool((iou(middle, certain.xyxy) >= _SAME_FACE).any()))
    return seen[np.array(kept)]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a picture around a face, no finer than what is cut out of it.

    Attributes:
        image: (h, w, 3) uint8 RGB.
        start: (2,) px of the picture, its left and top.
        ratio: (2,) from pixels of the picture to its own.
    """

    image: ImageArray
    start: npt.NDArray[np.float64]
    ratio: npt.NDArray[np.float64]

    @classmethod
    def around(cls, image: ImageArray, square: UprightSquare, look_side: int) -> _Part:
        most = np.array(image.shape[1::-1])
        middle, reach = np.array([square.x, square.y]), _REACH / 2 * square.side
        start = np.clip(np.floor(middle - reach), 0, most - 1).astype(int)
        end = np.clip(np.ceil(middle + reach), start + 1, most).astype(int)
        part = image[start[1] : end[1], start[0] : end[0]]
        scale = min(_FINER * look_side / square.side, 1.0)
        size = np.maximum(np.round((end - start) * scale), 1).astype(int)
        if scale < 1:
            smaller = cv2.resize(part, size.tolist(), interpolation=cv2.INTER_AREA)
            part = np.asarray(smaller, np.uint8)
        return cls(part, start.astype(float), np.array(part.shape[1::-1]) / (end - start))

    def cut(self, square: UprightSquare, size: int) -> ImageArray:
        x, y = (np.array([square.x, square.y]) - self.start + 0.5) * self.ratio - 0.5
        side = square.side * float(self.ratio.mean())
        return UprightSquare(float(x), float(y), side, square.angle).cut(self.image, size)


def _look(
    detector: TiltDetector, parts: Sequence[_Part], squares: Sequence[UprightSquare]
) -> FaceDetections:
    """One face for each square, in pixels of the picture, with whatever confidence it has."""
    side = detector.look_side
    crops = [part.cut(square, side) for part, square in zip(parts, squares, strict=True)]
    seen = detector.look_at(np.stack(crops))
    assert seen.landmarks is not None
    boxes = [_around_ellipse(*one) for one in zip(squares, seen.xyxy, strict=True)]
    points = [square.to_picture(one) for square, one in zip(squares, seen.landmarks, strict=True)]
    return FaceDetections(np.stack(boxes), seen.confidence, np.stack(points))


def _around_ellipse(square: UprightSquare, box: FloatArray) -> FloatArray:
    """The box in the picture around the ellipse that fills a box of a turned square.

    At 0 and 90 degrees it is the box itself; at 45 a box around its corners were much too large.
    """
    middle = square.to_picture(np.asarray((box[:2] + box[2:]) / 2, np.float32))
    a, b = (box[2:] - box[:2]).astype(float) / 2 * square.side
    cos, sin = math.cos(square.angle), math.sin(square.angle)
    half = math.hypot(a * cos, b * sin), math.hypot(a * sin, b * cos)
    return np.concatenate([middle - half, middle + half]).astype(np.float32)


def _with_tilted(found: FaceDetections, seen: FaceDetections) -> FaceDetections:
    """What was found, with the tilted faces among those that were looked at turned.

    A tilted face takes the place of what the upright detector makes of it, unless that has the
    same tilt and is as certain.
    """
    if found.landmarks is None or seen.landmarks is None:
        return found
    angles = tilts(seen.landmarks)
    for k in np.argsort(-seen.confidence):
        one, angle = seen[k : k + 1], angles[k]
        assert found.landmarks is not None
        same = iou(one.xyxy, found.xyxy)[0] >= _SAME_FACE
        apart = np.abs(np.angle(np.exp(1j * (tilts(found.landmarks) - angle))))
        as_good = same & ~(apart > _SAME_TILT) & (found.confidence >= one.confidence)
        if abs(angle) > TILTED and not as_good.any():
            found = FaceDetections.together([found[~same], one])
    return found[np.argsort(-found.confidence, kind="stable")]


def _are_in(faces: FaceDetections, found: FaceDetections) -> npt.NDArray[np.bool_]:
    """Which faces are among those that were found."""
    return np.asarray((iou(faces.xyxy, found.xyxy) >= _SAME_FACE).any(axis=1))


def _distinct(places: FaceDetections) -> FloatArray:
    """Boxes of places that may be faces, each face once, the most confident of them."""
    chosen: list[int] = []
    overlaps = iou(places.xyxy, places.xyxy)
    for k in np.argsort(-places.confidence, kind="stable"):
        if not (overlaps[k, chosen] >= _SAME_FACE).any():
            chosen.append(int(k))
    return places.xyxy[chosen]


def _strongest(faces: FaceDetections, places: int, count: int) -> npt.NDArray[np.int64]:
    """The numbers of the most confident of each place; the faces of a place follow each other."""
    by_place = faces.confidence.reshape(places, -1)
    columns = np.argsort(-by_place, axis=1)[:, :count]
    return np.asarray((columns + by_place.shape[1] * np.arange(places)[:, None]).ravel())


def _square(points: FloatArray) -> UprightSquare:
    return UprightSquare.from_landmarks(points, _MARGIN)


def _squares(faces: FaceDetections) -> list[UprightSquare]:
    assert faces.landmarks is not None
    return [_square(points) for points in faces.landmarks]


def _each(parts: Sequence[_Part], times: int) -> list[_Part]:
    return [part for part in parts for _ in range(times)]
