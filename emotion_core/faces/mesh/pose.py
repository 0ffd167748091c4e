"""How a head is turned, and its mesh as it would be if the head looked straight ahead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emotion_core.faces.mesh.points import EYE_CORNERS, mean_face
from emotion_core.types import FloatArray

# Points that lie on bone and move least with a face: corners of the eyes, bridge and tip of the
# nose, temples, cheekbones. On the shared clips each strays by about 1% of the distance between
# the eyes (standard deviation over a track, the head taken out); a corner of the mouth by 6%.
STABLE = np.array(
    [*np.ravel(EYE_CORNERS), 168, 6, 197, 195, 5, 4, 127, 356, 162, 389, 234, 454, 117, 346]
)
# Rounds of depth and pose; more change nothing.
_ROUNDS = 3

_Points = npt.NDArray[np.float64]


def head_pose(points: FloatArray) -> FloatArray:
    """Degrees by which heads are turned, nod and are tilted.

    Perspective-n-Point from the picture's x and y of :data:`STABLE` to the mean face, as OpenFace
    and py-feat take the pose from their landmarks, for a camera that is far away, since which one
    took a film is unknown: the best affine map (DeMenthon and Davis 1995, "Model-based object pose
    in 25 lines of code", the step POS), then by turns the depth from the pose and the pose from the
    points with that depth (as Lu, Hager and Mjolsness 2000, "Fast and globally convergent pose
    estimation from video images"). Of OpenCV's solvers, ``ITERATIVE`` turns tilted faces upside
    down, and ``EPNP`` and ``SQPNP`` go wrong by 70 to 180 degrees now and then; where they succeed
    they are as exact (``python -m benchmarks.mesh.pose``). From 8 distances between the eyes to
    infinity the mean error is at most 2 degrees for each angle.

    The head nods about its own ear axis, then turns, then is tilted in the picture.

    Args:
        points: (n, 468, 3) px of the picture; NaN where a mesh is unknown.

    Returns:
        (n, 3) float32 degrees: turn, from -90 to 90, positive to the right of the picture; nod,
        positive with the chin down; tilt in (-180, 180], positive clockwise in the picture. Beyond
        a turn of 80, nod and tilt cannot be told apart. NaN for a mesh that is unknown or flat.
    """
    poses = np.full((len(points), 3), np.nan, np.float32)
    known = _known(points)
    if not known.any():
        return poses
    model = _model()
    faces = points[known][:, STABLE, :2].astype(np.float64)
    faces -= faces.mean(axis=1, keepdims=True)
    rows = np.einsum("kp,npj->njk", np.linalg.pinv(model), faces)
    left, lengths, right = np.linalg.svd(rows, full_matrices=False)
    rows, scales = left @ right, lengths.mean(axis=1)
    for _ in range(_ROUNDS):
        depths = np.cross(rows[:, 0], rows[:, 1]) @ model.T * scales[:, None]
        turns, _ = _similarities(np.concatenate([faces, depths[..., None]], axis=2), model)
        rows = turns[:, :2]
        seen = np.einsum("nij,kj->nki", rows, model)
        scales = (seen * faces).sum(axis=(1, 2)) / (seen**2).sum(axis=(1, 2))
    poses[known] = _angles(
        np.concatenate([rows, np.cross(rows[:, 0], rows[:, 1])[:, None]], axis=1)
    )
    return poses


def in_head(points: FloatArray) -> FloatArray:
    """Meshes in the coordinates of the head: what is left when its pose and size are taken out.

    The similarity in three dimensions (Umeyama 1991, "Least-squares estimation of transformation
    parameters between two point patterns") that brings :data:`STABLE` nearest to the mean face.

    Args:
        points: (n, 468, 3) px; NaN where a mesh is unknown.

    Returns:
        (n, 468, 3) float32 in distances between the eyes of the mean face; y down, z away from the
        viewer, the person's right at negative x. NaN for a mesh that is unknown or flat.
    """
    result = np.full(points.shape, np.nan, np.float32)
    known = _known(points)
    if not known.any():
        return result
    faces = points[known].astype(np.float64)
    faces -= faces[:, STABLE].mean(axis=1, keepdims=True)
    turns, scales = _similarities(faces[:, STABLE], _model())
    upright = np.einsum("nki,nij->nkj", faces, turns) / scales[:, None, None]
    result[known] = upright + mean_face()[STABLE].mean(axis=0)
    return result


def _model() -> _Points:
    """(k, 3) the stable points of the mean face around their middle."""
    model = mean_face()[STABLE].astype(np.float64)
    return np.asarray(model - model.mean(axis=0))


def _similarities(faces: _Points, model: _Points) -> tuple[_Points, _Points]:
    """The rotations (n, 3, 3) and scales (n,) that bring the model nearest to each face.

    Args:
        faces: (n, k, 3), each around its middle.
        model: (k, 3), around its middle.
    """
    left, lengths, right = np.linalg.svd(np.einsum("nki,kj->nij", faces, model))
    signs = np.ones_like(lengths)
    signs[:, 2] = np.sign(np.linalg.det(left @ right))  # a mirror image is no turn
    turns = np.einsum("nij,nj,njk->nik", left, signs, right)
    return turns, (lengths * signs).sum(axis=1) / (model**2).sum()


def _known(points: FloatArray) -> npt.NDArray[np.bool_]:
    """(n,) which meshes are known, and have a width and a height."""
    stable = points[:, STABLE]
    # a comparison with NaN is false
    wide = (np.ptp(stable[..., :2], axis=1) > 1e-3).all(axis=1)
    return np.asarray(wide & np.isfinite(stable[..., 2]).all(axis=1))


def _angles(turns: _Points) -> _Points:
    """(n, 3) degrees of turn, nod and tilt of rotations that nod first, then turn, then tilt."""
    turn = np.arcsin(np.clip(turns[:, 2, 0], -1, 1))
    nod = np.arctan2(turns[:, 2, 1], turns[:, 2, 2])
    tilt = np.degrees(np.arctan2(turns[:, 1, 0], turns[:, 0, 0]))
    tilt[tilt <= -180] = 180
    return np.stack([np.degrees(turn), np.degrees(nod), tilt], axis=1)
