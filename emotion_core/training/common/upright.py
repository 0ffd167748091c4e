"""Training pictures turned upright, cut as the app cuts faces out of film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.faces.mesh.points import POINTS
from emotion_core.faces.mesh.squares import MARGIN, READ_MARGIN, UprightSquare
from emotion_core.faces.mesh.upright import reading_square
from emotion_core.training.common.augmentation import face_mask
from emotion_core.training.common.data import FaceSet
from emotion_core.types import FloatArray, ImageArray
from emotion_core.workers import in_order

_BATCH = 64
# Of the square in which a mesh is looked for, over that in which its face is read.
_WIDER = MARGIN / READ_MARGIN


def turn_set_upright(faces: FaceSet, mesh: MeshReader, size: int) -> FaceSet:
    """A set whose pictures are cut anew: each face upright, and framed as the app frames it.

    Meshes are looked for twice, the second time where the first one stands, since pictures frame
    their faces less well than a detector does. A picture without a mesh that fits stays as it is.

    Args:
        faces: pictures that each show one face.
        mesh: reads the meshes.
        size: side of the new pictures in pixels.

    Returns:
        The set, with masks and points.
    """
    images: list[ImageArray] = []
    masks: list[npt.NDArray[np.uint8]] = []
    points = [np.zeros((0, POINTS, 2), np.float32)]

    def turn(start: int) -> tuple[list[tuple[ImageArray, npt.NDArray[np.uint8]]], FloatArray]:
        some = faces.images[start : start + _BATCH]
        squares, found = _find_squares(some, mesh)
        cuts = [_cut(image, square, size) for image, square in zip(some, squares, strict=True)]
        placed = [square.to_crop(p[:, :2], size) for square, p in zip(squares, found, strict=True)]
        return cuts, (np.stack(placed) + np.float32(0.5)) / np.float32(size)

    for _, (cuts, placed) in in_order(turn, range(0, len(faces), _BATCH)):
        images += [image for image, _ in cuts]
        masks += [mask for _, mask in cuts]
        points.append(placed)
    return replace(faces, images=images, masks=masks, points=np.concatenate(points))


def _find_squares(
    images: Sequence[ImageArray], mesh: MeshReader
) -> tuple[list[UprightSquare], FloatArray]:
    """In which squares faces are read, and their (n, 468, 3) points in pixels of their pictures."""
    squares = [_whole(image) for image in images]
    points = np.full((len(images), POINTS, 3), np.nan, np.float32)
    looked = [UprightSquare(at.x, at.y, at.side * _WIDER, at.angle) for at in squares]
    for _ in range(2):
        meshes = mesh.read(list(zip(images, looked, strict=True)))
        for place, found in enumerate(meshes.points):
            square = reading_square(found, looked[place])
            if square is not None:
                squares[place], points[place] = square, found
                looked[place] = UprightSquare.around(found)
    return squares, points


def _whole(image: ImageArray) -> UprightSquare:
    """All of a picture, which frames a face about as it is read."""
    height, width = image.shape[:2]
    return UprightSquare((width - 1) / 2, (height - 1) / 2, max(height, width), 0.0)


def _cut(
    image: ImageArray, square: UprightSquare, size: int
) -> tuple[ImageArray, npt.NDArray[np.uint8]]:
    """The face in its square, and where in it the face is: not beyond its picture."""
    mask = np.repeat(face_mask(image)[..., None], 3, axis=2)
    return square.cut(image, size), np.ascontiguousarray(square.cut(mask, size)[..., 0])
