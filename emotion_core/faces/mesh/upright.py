"""Faces turned upright by their meshes: the one way in which a face is cut out to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emotion_core.faces.mesh.mesh import FaceMeshes, MeshReader
from emotion_core.faces.mesh.squares import (
    MARGIN,
    READ_ABOVE,
    READ_MARGIN,
    UprightSquare,
)
from emotion_core.types import FloatArray, ImageArray

# A mesh that leaves the square in which it was looked for, or fills little of it, is of no face:
# shift in sides of that square, and ratio of the sides of the square around it.
_MOST_SHIFT, _MOST_RATIO = 0.3, 1.6


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face that a detector has found in a picture.

    Attributes:
        image: (H, W, 3) uint8 RGB, the picture.
        xyxy: (4,) px.
        landmarks: (5, 2) px as of :class:`~emotion_core.types.FaceDetections`; NaN or ``None``
            where they are not known.
    """

    image: ImageArray
    xyxy: FloatArray
    landmarks: FloatArray | None = None

    def square(self, margin: float = MARGIN) -> UprightSquare:
        """About the square around its mesh, as far as the detector tells.

        Args:
            margin: side over the longer side of the mesh.
        """
        if self.landmarks is None or not np.isfinite(self.landmarks).all():
            return UprightSquare.from_box(self.xyxy, margin)
        return UprightSquare.from_landmarks(self.landmarks, margin)


@dataclass(frozen=True, slots=True)
class UprightFaces:
    """The meshes of n faces, and the squares in which they stand upright to be read.

    Attributes:
        meshes: of the faces; points are NaN, and visibility, where none fits the face.
        squares: n squares in pixels of their pictures.
    """

    meshes: FaceMeshes
    squares: tuple[UprightSquare, ...]

    def __len__(self) -> int:
        return len(self.squares)


def turn_upright(mesh: MeshReader | None, faces: Sequence[SeenFace]) -> UprightFaces:
    """Read the meshes of some faces and find the squares in which they stand upright.

    Where no mesh fits a face, its square is that by the points of the detector.

    Args:
        mesh: reads the meshes; if ``None``, none is known.
        faces: of any pictures.
    """
    looked = [face.square() for face in faces]
    if mesh is None:
        meshes = FaceMeshes.unknown(len(faces))
    else:
        meshes = mesh.read([(face.image, at) for face, at in zip(faces, looked, strict=True)])
    squares = []
    for number, (first, points) in enumerate(zip(looked, meshes.points, strict=True)):
        square = reading_square(points, first)
        if square is not None:
            squares.append(square)
        else:
            meshes.points[number], meshes.visibility[number] = np.nan, np.nan
            squares.append(faces[number].square(READ_MARGIN))
    return UprightFaces(meshes, tuple(squares))


def reading_square(points: FloatArray, looked: UprightSquare) -> UprightSquare | None:
    """The square in which a face is read; ``None`` where its mesh is of no face.

    Args:
        points: (468, 3) px of the picture, or NaN.
        looked: where the mesh was looked for.
    """
    if not np.isfinite(points).all():
        return None
    around = UprightSquare.around(points)
    shift = np.hypot(around.x - looked.x, around.y - looked.y) / looked.side
    ratio = around.side / looked.side
    if shift > _MOST_SHIFT or not 1 / _MOST_RATIO <= ratio <= _MOST_RATIO:
        return None
    return UprightSquare.around(points, READ_MARGIN, READ_ABOVE)
