"""Heads that are turned by known angles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emotion_core.faces.mesh.points import mean_face
from emotion_core.types import FloatArray


def rotation(turn: float, nod: float, tilt: float) -> npt.NDArray[np.float64]:
    """(3, 3) of degrees as `head_pose` gives them, made from what they mean.

    Columns are where the axes of the head go: its x to the right of the picture, its y down, its z
    away from the viewer.
    """
    t, n, r = np.radians([turn, nod, tilt])
    nodding = np.array([[1, 0, 0], [0, np.cos(n), -np.sin(n)], [0, np.sin(n), np.cos(n)]])
    turning = np.array([[np.cos(t), 0, -np.sin(t)], [0, 1, 0], [np.sin(t), 0, np.cos(t)]])
    tilting = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(tilting @ turning @ nodding)


def head(
    turn: float = 0,
    nod: float = 0,
    tilt: float = 0,
    *,
    face: FloatArray | None = None,
    size: float = 100,
    distance: float = np.inf,
) -> FloatArray:
    """(468, 3) px of a face of which the eyes are `size` apart, around (300, 200).

    Args:
        turn, nod, tilt: degrees.
        face: looking straight ahead; the mean face if `None`.
        size: px.
        distance: of the camera, in distances between the eyes.
    """
    turned = (mean_face() if face is None else face).astype(np.float64) @ rotation(
        turn, nod, tilt
    ).T
    points = turned * size
    points[:, :2] /= 1 + turned[:, 2:] / distance
    return (points + np.array((300, 200, 0))).astype(np.float32)
