"""One face of a scene that has been read, at a moment: found again in the clip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emotion_core.emotions.preprocessing import face_square
from emotion_core.emotions.uncertainty import VISIBLE_COLUMNS, ReadingConditions
from emotion_core.explanation.found_faces import FoundFace, cut_out
from emotion_core.faces.boxes import iou
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.quality import sharpness, turn
from emotion_core.faces.tilt import check_places
from emotion_core.media.seeking import read_image_at, read_images_at
from emotion_core.scene.analysis import crop_of
from emotion_core.types import FloatArray, ImageArray

if TYPE_CHECKING:  # as in found_faces
    from emotion_core.faces.mesh.mesh import MeshReader

# Points that were found in a box which shares less than this with the face belong to another one.
_SAME_FACE = 0.3


def find_at_moments(
    clip: Path, rows: pd.DataFrame, detector: FaceDetector, mesh: MeshReader, size: int
) -> Iterator[FoundFace]:
    """Faces of a scene, cut out of its clip anew in one pass, with their landmarks and meshes.

    Args:
        clip: the clip.
        rows: of the ``faces`` table, ascending in time.
        detector: finds the landmarks.
        mesh: reads their shape.
        size: input size of the classifier in pixels.

    Raises:
        MediaError: the clip cannot be read.
    """
    images = read_images_at(clip, rows["time"].tolist())
    for image, (_, row) in zip(images, rows.iterrows(), strict=True):
        yield _find_in_image(image, row, detector, mesh, size)


def find_at_moment(
    clip: Path, row: pd.Series[float], detector: FaceDetector, mesh: MeshReader, size: int
) -> FoundFace:
    """One face of a scene; see :func:`find_at_moments`."""
    image = read_image_at(clip, float(row["time"]))
    return _find_in_image(image, row, detector, mesh, size)


def _find_in_image(
    image: ImageArray,
    row: pd.Series[float],
    detector: FaceDetector,
    mesh: MeshReader,
    size: int,
) -> FoundFace:
    """The face of a row of the ``faces`` table, in the square in which it was read."""
    box = row[["x1", "y1", "x2", "y2"]].to_numpy(np.float32)
    face = SeenFace(image, box, find_landmarks(image, box, detector))
    # a mesh fits anything a little: somebody must have seen a face there
    seen = face.landmarks is not None or bool(row[list(VISIBLE_COLUMNS)].notna().all())
    found = cut_out(
        face,
        turn_upright(mesh if seen else None, [face]),
        0,
        size,
        track=int(row["track"]),
        frame=int(row["frame"]),
        time=float(row["time"]),
        square=crop_of(row.to_dict()),
    )
    return replace(found, speaking=float(row["speaking"]))


def nearest_row(rows: pd.DataFrame, time: float) -> pd.Series[float]:
    """The row of a ``faces`` table whose time is nearest; the table is not empty."""
    return rows.iloc[int((rows["time"] - time).abs().to_numpy().argmin())]


def even_moments(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """Rows of one track at evenly spread times, at most ``count``, each once."""
    times = rows["time"].to_numpy()
    wanted = np.linspace(times.min(), times.max(), count) if len(times) else times
    places = {int(np.abs(times - time).argmin()) for time in wanted}
    return rows.iloc[sorted(places)]


def find_landmarks(
    image: ImageArray, xyxy: FloatArray, detector: FaceDetector
) -> FloatArray | None:
    """The five points of a face whose box is known.

    The detector looks at the face and as much again around it: that is faster than the whole
    picture, and small faces are found in large ones.

    Args:
        image: (H, W, 3) uint8 RGB.
        xyxy: (4,) box in px.
        detector: finds the points.

    Returns:
        (5, 2) px of ``image``, or ``None`` if the face is not found there.
    """
    left, top, side = face_square(xyxy)
    x, y = max(left - side // 2, 0), max(top - side // 2, 0)
    window = image[y : max(top + side + side // 2, 0), x : max(left + side + side // 2, 0)]
    if not window.size:
        return None
    window = np.ascontiguousarray(window)
    shift = np.array([x, y], np.float32)
    inside = np.asarray(xyxy, np.float32)[None] - np.tile(shift, 2)
    found = check_places(detector, window, detector.detect(window), inside)
    if not len(found) or found.landmarks is None:
        return None
    overlaps = iou(found.xyxy + np.tile(shift, 2), xyxy[None])[:, 0]
    best = int(overlaps.argmax())
    return found.landmarks[best] + shift if overlaps[best] >= _SAME_FACE else None


def uncertainty_at(face: FoundFace, probabilities: FloatArray) -> list[str]:
    """What makes the reading of one face unsure.

    Some of :data:`~emotion_core.emotions.uncertainty.UNCERTAINTY_REASONS`.

    Args:
        face: the face.
        probabilities: (7,) of it.
    """
    nowhere = np.full((5, 2), np.nan, np.float32)
    points = nowhere if face.landmarks is None else face.landmarks
    conditions = ReadingConditions(
        [float((face.xyxy[2:] - face.xyxy[:2]).min())],
        [sharpness(face.shown)],
        turn(points[None]),
        face.visibility[None],
        [face.speaking],
        probabilities[None],
    )
    return list(conditions.reasons()[0])
