"""How a head is turned, and its mesh as it would be if the head looked straight ahead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emotion_core.faces.mesh.points import EYE_CORNERS, mean_face
from emotion_core.types import FloatArray

# Points that lie on bone and move least with a face: corners of the eyes, bridge and tip of the
# nose, temples, cheekbones. On the shared clips each strays by at most 1% of the distance between
# the eyes (standard deviation over a track, the head taken out); a corner of the mouth by 6%.
STABLE = np.array(
    [*np.ravel(EYE_CORNERS), 168, 6, 197, 195, 5, 4, 127, 356, 162, 389, 234, 454, 117, 346]
)


def head_pose(points: FloatArray) -> FloatArray:
    """Degrees by which heads are turned, nod and are tilted.

    Perspective-n-Point from the picture's x and y of :data:`STABLE` to the mean face, as OpenFace
    and py-feat take the pose from their landmarks, for a camera that is far away (scaled
    orthography: DeMenthon and Davis 1995, "Model-based object pose in 25 lines of code", the step
    POS). Which camera took a film is unknown. Of OpenCV's solvers for a known one, ``EPNP`` goes
    wrong by up to 140 degrees on faces without perspective, and ``ITERATIVE`` turns tilted faces
    upside down; where they succeed they are no better. From 8 distances between the eyes to
    infinity the mean error is at most 2 degrees for each angle. The head nods about its own ear
    axis, then turns, then is tilted in the picture.

    Args:
        points: (n, 468, 3) px of the picture; NaN where a mesh is unknown.

    Returns:
        (n, 3) float32 degrees: turn, from -90 to 90, positive to the right of the picture; nod,
        positive with the chin down; tilt in (-180, 180], positive clockwise in the picture. Beyond
        a turn of 80, nod and tilt cannot be told apart. NaN for a mesh that is unknown or flat.
    """
    poses = np.full((len(points), 3), np.nan, np.float32)
    known = _known(points)
    if known.any():
        model = mean_face()[STABLE].astype(np.float64)
        inverse = np.linalg.pinv(model - model.mean(axis=0))
        faces = points[known][:, STABLE, :2].astype(np.float64)
        faces -= faces.mean(axis=1, keepdims=True)
        # the nearest two rows of a rotation to the affine map that fits best
        rows = np.einsum("kp,npj->njk", inverse, faces)
        left, _, right = np.linalg.svd(rows, full_matrices=False)
        rows = left @ right
        turns = np.concatenate([rows, np.cross(rows[:, 0], rows[:, 1])[:, None]], axis=1)
        poses[known] = _angles(turns)
    return poses


def in_head(points: FloatArray) -> FloatArray:
    """Meshes in the coordinates of the head: what is left when its pose and size are taken out.

    The similarity in three dimensions (Umeyama 1991, "Least-squares estimation of transformation
    parameters between two point patterns") that brings :data:`STABLE` nearest to the mean face.

    Args:
        points: (n, 468, 3) px; NaN where a mesh is unknown.

    Returns:
        (n, 468, 3) float32 in distances between the eyes of the mean face; y down, z away from the
        viewer, the person's right at negative x. NaN for a mesh that is unknown or a single point.
    """
    model = mean_face()[STABLE].astype(np.float64)
    target = model - model.mean(axis=0)
    result = np.full(points.shape, np.nan, np.float32)
    known = _known(points)
    if not known.any():
        return result
    faces = points[known].astype(np.float64)
    middles = faces[:, STABLE].mean(axis=1, keepdims=True)
    spread = faces[:, STABLE] - middles
    left, lengths, right = np.linalg.svd(np.einsum("nki,kj->nij", spread, target))
    signs = np.ones_like(lengths)
    signs[:, 2] = np.sign(np.linalg.det(left @ right))  # a mirror image is no turn
    turns = np.einsum("nij,nj,njk->nik", left, signs, right)
    scales = (lengths * signs).sum(axis=1) / (spread**2).sum(axis=(1, 2))
    upright = np.einsum("nki,nij->nkj", faces - middles, turns) * scales[:, None, None]
    result[known] = upright + model.mean(axis=0)
    return result


def _known(points: FloatArray) -> npt.NDArray[np.bool_]:
    """(n,) which meshes are known, and have a width and a height."""
    stable = points[:, STABLE]
    # a comparison with NaN is false
    wide = (np.ptp(stable[..., :2], axis=1) > 1e-3).all(axis=1)
    return np.asarray(wide & np.isfinite(stable[..., 2]).all(axis=1))


def _angles(turns: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(n, 3) degrees of turn, nod and tilt of rotations that nod first, then turn, then tilt."""
    turn = np.arcsin(np.clip(turns[:, 2, 0], -1, 1))
    nod = np.arctan2(turns[:, 2, 1], turns[:, 2, 2])
    tilt = np.degrees(np.arctan2(turns[:, 1, 0], turns[:, 0, 0]))
    tilt[tilt <= -180] = 180
    return np.stack([np.degrees(turn), np.degrees(nod), tilt], axis=1)
