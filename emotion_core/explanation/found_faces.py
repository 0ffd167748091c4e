"""The faces that are to be explained, of a picture or of a clip as it streams by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.classifier import BATCH_SIZE
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.points import VISIBLE_PARTS
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.faces.mesh.upright import SeenFace, UprightFaces, turn_upright
from emotion_core.faces.tilt import find_faces as find_at_any_tilt
from emotion_core.media.pictures import is_picture, is_still_of_many, read_picture
from emotion_core.media.probe import probe
from emotion_core.progress import Task
from emotion_core.scene.analysis import AnalysisParameters
from emotion_core.scene.analyzer import follow_clip
from emotion_core.types import Attribution, FloatArray, ImageArray

if TYPE_CHECKING:  # it needs torch, and who only shows what was found does not
    from emotion_core.faces.mesh.mesh import MeshReader

# Side in pixels of the faces that masks are drawn over.
SHOWN_SIDE = 224
UNKNOWN_VISIBILITY: FloatArray = np.full(len(VISIBLE_PARTS), np.nan, np.float32)


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face, cut out.

    Attributes:
        crop: (S, S, 3) uint8 RGB at the classifier's input size.
        shown: (224, 224, 3) uint8 RGB, the same square.
        xyxy: (4,) float32 px of the picture, or of the clip as shown.
        track: number of the face: from left to right in a picture, as in an analysis in a clip.
        frame: index of the frame; 0 in a picture.
        time: s; 0 in a picture.
        square: which was cut out, px of the picture it was cut from.
        landmarks: (5, 2) px of ``shown``, as in :class:`~emotion_core.types.FaceDetections`;
            ``None`` where they are not known.
        mesh: (468, 3) px of ``shown``, see :mod:`~emotion_core.faces.mesh.points`; ``None`` where
            none is known or fits.
        visibility: (5,) of the parts of the face; NaN where there is no mesh.
        speaking: 1 where the mouth moves as in speech, else 0; NaN where that is not known.
    """

    crop: ImageArray
    shown: ImageArray
    xyxy: FloatArray
    track: int
    frame: int = 0
    time: float = 0.0
    square: UprightSquare | None = None
    landmarks: FloatArray | None = None
    mesh: FloatArray | None = None
    visibility: FloatArray = field(default_factory=lambda: UNKNOWN_VISIBILITY)
    speaking: float = float("nan")


def check_source(path: Path) -> None:
    """Read a picture, or the first frame of a clip.

    Raises:
        MediaError: it is neither a picture nor a clip that can be read.
    """
    if is_picture(path):
        read_picture(path)
    else:
        probe(path)


def find_faces(
    path: Path,
    detector: FaceDetector,
    mesh: MeshReader | None,
    size: int,
    every: int,
    warn: Callable[[str], None] | None = None,
) -> Iterator[tuple[list[FoundFace], float]]:
    """The faces of a picture or a clip; see :func:`find_in_picture` and :func:`find_in_clip`."""
    if is_picture(path):
        if warn is not None and is_still_of_many(path):
            warn(f"{path.name} moves; only its first image is read.")
        yield find_in_picture(read_picture(path), detector, mesh, size), 1.0
    else:
        yield from find_in_clip(path, detector, mesh, size, every, warn)


def find_in_picture(
    image: ImageArray, detector: FaceDetector, mesh: MeshReader | None, size: int
) -> list[FoundFace]:
    """The faces of a picture, whatever their tilt, from left to right.

    Args:
        image: (H, W, 3) uint8 RGB.
        detector: finds them; those less certain than a track may begin with are left out.
        mesh: reads their shape, see :func:`~emotion_core.faces.mesh.upright.turn_upright`.
        size: input size of the classifier in pixels.
    """
    found = find_at_any_tilt(detector, image)
    certain = found[found.confidence >= AnalysisParameters().tracking.start_confidence]
    ordered = certain[np.argsort(certain.xyxy[:, 0])]
    landmarks = [None] * len(ordered) if ordered.landmarks is None else ordered.landmarks
    seen = [
        SeenFace(image, box, points) for box, points in zip(ordered.xyxy, landmarks, strict=True)
    ]
    upright = turn_upright(mesh, seen)
    return [cut_out(face, upright, track, size, track=track) for track, face in enumerate(seen)]


def cut_out(
    face: SeenFace,
    upright: UprightFaces,
    number: int,
    size: int,
    track: int,
    frame: int = 0,
    time: float = 0.0,
    square: UprightSquare | None = None,
) -> FoundFace:
    """Cut out a face that was turned upright.

    Args:
        face: the face.
        upright: it and others.
        number: its place among them.
        size: input size of the classifier in pixels.
        track, frame, time: as of :class:`FoundFace`.
        square: in which it was read, if not in the one of ``upright``.
    """
    where = square or upright.squares[number]
    points, landmarks = upright.meshes.points[number], face.landmarks
    known = landmarks is not None and bool(np.isfinite(landmarks).all())
    return FoundFace(
        crop=where.cut(face.image, size),
        shown=where.cut(face.image, SHOWN_SIDE),
        xyxy=face.xyxy,
        track=track,
        frame=frame,
        time=time,
        square=where,
        landmarks=where.to_crop(landmarks, SHOWN_SIDE) if known and landmarks is not None else None,
        mesh=where.to_crop(points, SHOWN_SIDE) if np.isfinite(points).all() else None,
        visibility=upright.meshes.visibility[number],
    )


def find_in_clip(
    path: Path,
    detector: FaceDetector,
    mesh: MeshReader | None,
    size: int,
    every: int,
    warn: Callable[[str], None] | None = None,
) -> Iterator[tuple[list[FoundFace], float]]:
    """The faces of every N-th frame of a clip, a batch at a time.

    Args:
        path: the clip.
        detector: finds them.
        mesh: as of :func:`find_in_picture`.
        size: input size of the classifier in pixels.
        every: N.
        warn: called with a sentence when the clip breaks off before its end.

    Yields:
        Faces, and the share of the clip that has been read.

    Raises:
        MediaError: the clip cannot be read.
    """
    info, parameters = probe(path), AnalysisParameters(every=every)
    batch: list[FoundFace] = []
    for item in follow_clip(path, info, detector, parameters, warn):
        image, time = item.frame.image, item.frame.time
        scale = info.width / image.shape[1]
        seen = [
            SeenFace(image, box, points)
            for box, points in zip(item.faces.xyxy, item.faces.landmarks, strict=True)
        ]
        upright = turn_upright(mesh, seen)
        for number, (track, face) in enumerate(zip(item.faces.track, seen, strict=True)):
            found = cut_out(face, upright, number, size, int(track), item.frame.index, time)
            in_clip: npt.NDArray[np.float32] = face.xyxy * np.float32(scale)
            batch.append(replace(found, xyxy=in_clip))
        if len(batch) >= BATCH_SIZE:
            yield batch, min(time / info.duration, 1.0) if info.duration > 0 else 0.0
            batch = []
    yield batch, 1.0


def attribute_faces(faces: Sequence[FoundFace], method: AttributionMethod) -> Task[Attribution]:
    """Where the classifier of a method sees each emotion in each face.

    A trained explainer looks at more pixels than the classifier does.
    """
    larger = isinstance(method, MaskExplainer)
    return method.task([face.shown if larger else face.crop for face in faces])
