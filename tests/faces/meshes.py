"""A reader of meshes that needs no network: the mean face, laid over the landmarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from emotion_core.faces.mesh.mesh import FaceMeshes, MeshReader
from emotion_core.faces.mesh.network import MeshCard
from emotion_core.faces.mesh.points import mean_face
from emotion_core.faces.mesh.squares import MARGIN, UprightSquare
from emotion_core.types import FloatArray, ImageArray


def mesh_on(eyes: npt.ArrayLike, angle: float = 0.0) -> FloatArray:
    """(468, 3) the mean face looking into the camera.

    Args:
        eyes: (2, 2) px, middles of the right and the left eye.
        angle: degrees by which it is turned about the vertical axis, to the left of the picture.
    """
    right, left = np.asarray(eyes, np.float64)
    across = left - right
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    x, y, z = mean_face().T.astype(np.float64)
    turned = np.stack([cos * x + sin * z, y, cos * z - sin * x], axis=1)
    matrix = np.array([[across[0], -across[1]], [across[1], across[0]]])
    flat = turned[:, :2] @ matrix.T + (right + left) / 2
    return np.column_stack([flat, turned[:, 2] * np.hypot(*across)]).astype(np.float32)


class MeanMeshes(MeshReader):
    """Reads the mean face in every square."""

    def __init__(self) -> None:
        self.card = MeshCard()

    def read(self, faces: Sequence[tuple[ImageArray, UprightSquare]]) -> FaceMeshes:
        squares = [square for _, square in faces]
        face = mean_face()
        low, high = face[:, :2].min(axis=0), face[:, :2].max(axis=0)
        scale = MARGIN * (high - low).max()
        inside = face / scale
        inside[:, :2] += 0.5 - (low + high) / 2 / scale
        points = [square.to_picture(inside) for square in squares]
        if not points:
            return FaceMeshes.unknown(0)
        return FaceMeshes(np.stack(points), np.ones((len(squares), 5), np.float32))
