"""The faces that are to be explained, of a picture or of a clip as it streams by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.classifier import BATCH_SIZE
from emotion_core.emotions.preprocessing import crop_face
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.regions import to_crop
from emotion_core.faces.tilt import find_faces as find_at_any_tilt
from emotion_core.media.pictures import is_picture, is_still_of_many, read_picture
from emotion_core.media.probe import probe
from emotion_core.progress import Task
from emotion_core.scene.analysis import AnalysisParameters
from emotion_core.scene.analyzer import follow_clip
from emotion_core.types import Attribution, FloatArray, ImageArray

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
    """

    crop: ImageArray
    shown: ImageArray
    xyxy: FloatArray
    track: int
    frame: int = 0
    time: float = 0.0
    landmarks: FloatArray | None = None


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


def find_in_picture(image: ImageArray, detector: FaceDetector, size: int) -> list[FoundFace]:
    """The faces of a picture, whatever their tilt, from left to right.

    Args:
        image: (H, W, 3) uint8 RGB.
        detector: finds them; those less certain than a track may begin with are left out.
        size: input size of the classifier in pixels.
    """
    found = find_at_any_tilt(detector, image)
    certain = found[found.confidence >= AnalysisParameters().tracking.start_confidence]
    ordered = certain[np.argsort(certain.xyxy[:, 0])]
    found_faces = []
    for track, box in enumerate(ordered.xyxy):
        crops = crop_face(image, box, size), crop_face(image, box, SHOWN_SIDE)
        points = None
        if ordered.landmarks is not None:
            points = to_crop(ordered.landmarks[track], box, SHOWN_SIDE)
        found_faces.append(FoundFace(*crops, box, track, landmarks=points))
    return found_faces


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
