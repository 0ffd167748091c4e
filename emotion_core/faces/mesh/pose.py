"""How a head is turned, and its mesh as it would be if the head looked straight ahead."""

from __future__ import annotations

import cv2
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
# Of the assumed camera, over the spread of the stable points in the picture. The points come from
# a crop, and which camera took the film is unknown: it is taken for far away, about 20 distances
# between the eyes (1.3 m). From 8 such distances to infinity the error stays below 2 degrees.
_FOCAL_LENGTH = 30.0


def head_pose(points: FloatArray) -> FloatArray:
    """Degrees by which heads are turned, nod and are tilted.

    Perspective-n-Point (EPnP, Lepetit et al. 2009, "EPnP: an accurate O(n) solution to the PnP
    problem") from the picture's x and y of :data:`STABLE` to the mean face, as OpenFace 2.0 and
    py-feat take the pose from their landmarks. The head nods about its own ear axis, then turns,
    then is tilted in the picture.

    Args:
        points: (n, 468, 3) px of the picture; NaN where a mesh is unknown.

    Returns:
        (n, 3) float32 degrees: turn, from -90 to 90, positive to the right of the picture; nod,
        positive with the chin down; tilt in (-180, 180], positive clockwise in the picture. Beyond
        a turn of 80, nod and tilt cannot be told apart. NaN for a mesh that is unknown or flat.
    """
    model = mean_face()[STABLE].astype(np.float64)
    poses = np.full((len(points), 3), np.nan, np.float32)
    for k, face in enumerate(np.array(points[:, STABLE, :2], np.float64, order="C")):
        middle = face.mean(axis=0)
        spread = float(np.sqrt(((face - middle) ** 2).sum(axis=1).mean()))
        if not np.isfinite(spread) or spread < 1e-3:
            continue
        focal = _FOCAL_LENGTH * spread
        camera = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]])
        found, turned, _ = cv2.solvePnP(model, face, camera, None, flags=cv2.SOLVEPNP_EPNP)
        if found:
            poses[k] = _angles(np.asarray(cv2.Rodrigues(turned)[0], np.float64))
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
    stable = points[:, STABLE]
    # a comparison with NaN is false
    known = (np.ptp(stable[..., :2], axis=1) > 1e-3).all(axis=1) & np.isfinite(stable[..., 2]).all(
        1
    )
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


def _angles(turned: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Turn, nod and tilt in degrees of a rotation that nods first, then turns, then tilts."""
    turn = np.degrees(np.arcsin(np.clip(turned[2, 0], -1, 1)))
    nod = np.degrees(np.arctan2(turned[2, 1], turned[2, 2]))
    tilt = np.degrees(np.arctan2(turned[1, 0], turned[0, 0]))
    return float(turn), float(nod), float(tilt) if tilt > -180 else 180.0
