"""What the faces of some pictures do: all raw measures of their meshes at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emotion_core.faces.mesh.mesh import FaceMeshes
from emotion_core.faces.mesh.points import VISIBLE_PARTS
from emotion_core.faces.mesh.pose import head_pose
from emotion_core.faces.movements.gaze import coarse_gaze
from emotion_core.faces.movements.measures import (
    GAZE,
    MEASURE_NOTES,
    MEASURES,
    POSE,
    measure_faces,
)
from emotion_core.types import FloatArray, ImageArray

# The columns of the faces table, in the order of :func:`read_movements`.
MOVEMENT_COLUMNS: tuple[str, ...] = (*MEASURES, *POSE, *GAZE)
# A part that can be seen by less than this is not measured: the mesh only guesses it.
_SEEN = 0.5
_PARTS = [list(VISIBLE_PARTS).index(MEASURE_NOTES[name].part) for name in MEASURES]
_EYES = list(VISIBLE_PARTS).index("eyes")


def read_movements(
    images: Sequence[ImageArray], meshes: FaceMeshes, *, seen: float = _SEEN, with_gaze: bool = True
) -> FloatArray:
    """The raw measures of n faces, their pose and where they look.

    Args:
        images: the picture of each face, (H, W, 3) uint8 RGB.
        meshes: of the faces, in pixels of their pictures.
        seen: visibility below which a part is not measured.
        with_gaze: look at the eyes in the pictures, too; else where they look stays unknown.

    Returns:
        (n, k) float32, the columns :data:`MOVEMENT_COLUMNS`; NaN where a mesh is unknown, and for
        measures of parts that cannot be seen.
    """
    measured = measure_faces(meshes.points)
    hidden = meshes.visibility < seen
    measured[hidden[:, _PARTS]] = np.nan
    gaze = np.full((len(meshes), len(GAZE)), np.nan, np.float32)
    for k, (image, points) in enumerate(zip(images, meshes.points, strict=True)):
        if with_gaze and not hidden[k, _EYES]:
            gaze[k] = coarse_gaze(image, points[None])[0]
    return np.hstack([measured, head_pose(meshes.points), gaze]).astype(np.float32)
