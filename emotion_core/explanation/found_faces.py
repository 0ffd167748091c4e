"""The faces that are to be explained, of a picture or of a clip as it streams by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.classifier import BATCH_SIZE
from emotion_core.emotions.preprocessing import crop_face
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.regions import to_crop
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
        landmarks: (5, 2) px of ``shown``, as in :class:`~emotion_core.types.FaceDetections`;
            ``None`` where they are not known.
        mesh: (468, 3) px of ``shown``, see :mod:`~emotion_core.faces.mesh.points`; ``None`` where
            it was not asked for or the landmarks are not known.
    """

    crop: ImageArray
    shown: ImageArray
    xyxy: FloatArray
    track: int
    frame: int = 0
    time: float = 0.0
    landmarks: FloatArray | None = None
    mesh: FloatArray | None = None


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
    size: int,
    every: int,
    warn: Callable[[str], None] | None = None,
) -> Iterator[tuple[list[FoundFace], float]]:
    """The faces of a picture or a clip; see :func:`find_in_picture` and :func:`find_in_clip`."""
    if is_picture(path):
        if warn is not None and is_still_of_many(path):
            warn(f"{path.name} moves; only its first image is read.")
        yield find_in_picture(read_picture(path), detector, size), 1.0
    else:
        yield from find_in_clip(path, detector, size, every, warn)


def find_in_picture(
    image: ImageArray, detector: FaceDetector, size: int, meshes: MeshReader | None = None
) -> list[FoundFace]:
    """The faces of a picture, from left to right.

    Args:
        image: (H, W, 3) uint8 RGB.
        detector: finds them; those less certain than a track may begin with are left out.
        size: input size of the classifier in pixels.
        meshes: reads their meshes; none are if ``None``.
    """
    found = detector.detect(image)
    certain = found[found.confidence >= AnalysisParameters().tracking.start_confidence]
    ordered = certain[np.argsort(certain.xyxy[:, 0])]
    found_faces = []
    for track, box in enumerate(ordered.xyxy):
        crops = crop_face(image, box, size), crop_face(image, box, SHOWN_SIDE)
        points = None if ordered.landmarks is None else ordered.landmarks[track]
        landmarks, mesh = place_points(image, box, points, meshes)
        found_faces.append(FoundFace(*crops, box, track, landmarks=landmarks, mesh=mesh))
    return found_faces


def place_points(
    image: ImageArray, xyxy: FloatArray, points: FloatArray | None, meshes: MeshReader | None
) -> tuple[FloatArray | None, FloatArray | None]:
    """The landmarks and the mesh of a face, in pixels of how it is shown.

    Args:
        image: (H, W, 3) uint8 RGB.
        xyxy: (4,) box of the face.
        points: (5, 2) landmarks, both px of ``image``; ``None`` where they are not known.
        meshes: reads the mesh; ``None`` for none.
    """
    if points is None:
        return None, None
    landmarks = to_crop(points, xyxy, SHOWN_SIDE)
    if meshes is None or not np.isfinite(points).all():
        return landmarks, None
    return landmarks, to_crop(meshes.find(image, points[None]).points[0], xyxy, SHOWN_SIDE)


def find_in_clip(
    path: Path,
    detector: FaceDetector,
    size: int,
    every: int,
    warn: Callable[[str], None] | None = None,
) -> Iterator[tuple[list[FoundFace], float]]:
    """The faces of every N-th frame of a clip, a batch at a time.

    Args:
        path: the clip.
        detector: finds them.
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
        for track, box in zip(item.faces.track, item.faces.xyxy, strict=True):
            crops = crop_face(image, box, size), crop_face(image, box, SHOWN_SIDE)
            in_clip: npt.NDArray[np.float32] = box * np.float32(scale)
            batch.append(FoundFace(*crops, in_clip, int(track), item.frame.index, time))
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
