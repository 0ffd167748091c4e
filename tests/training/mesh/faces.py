"""Faces that are drawn, so that their points are known."""

from __future__ import annotations

import cv2
import numpy as np

from emotion_core.faces.mesh.points import OUTLINES, mean_face, points_of
from emotion_core.training.mesh.data import PICTURE_SIDE, MeshFaces
from emotion_core.types import FloatArray, ImageArray


def drawn_face(points: FloatArray, side: int = PICTURE_SIDE) -> ImageArray:
    """A face of three colours, (side, side, 3), by points from 0 to 1 across the picture."""
    image = np.full((side, side, 3), 90, np.uint8)
    for name, color in (
        ("face_oval", (210, 160, 130)),
        ("right_eye", (250, 250, 250)),
        ("left_eye", (250, 250, 250)),
        ("lips_outer", (150, 30, 40)),
    ):
        outline = np.round(points[list(OUTLINES[name]), :2] * side * 16 - 8).astype(np.int32)
        cv2.fillPoly(image, [outline], color, cv2.LINE_AA, 4)
    return image


def mesh_faces(count: int, seed: int = 0) -> MeshFaces:
    """Faces of several sizes and places, about upright, their mouths opened more or less."""
    chance = np.random.default_rng(seed)
    points = np.stack([_face(chance) for _ in range(count)])
    return MeshFaces([drawn_face(one) for one in points], points)


def _face(chance: np.random.Generator) -> FloatArray:
    face = mean_face().copy()
    lower = points_of("lower_lip")
    face[lower, 1] += (face[lower, 1] - face[lower, 1].min()) * chance.uniform(0, 0.8)
    placed = face * chance.uniform(0.25, 0.33) + (*chance.uniform(0.42, 0.5, 2), 0)
    return np.asarray(placed, np.float32)
