"""How well the pose of heads is found that were turned by known angles, by solver.

    python -m benchmarks.mesh.pose [MESHES.npz] [--faces 100]

Turned are the mean face, and faces from a file of meshes (`eme dataset meshes`) with their pose
taken out. They are seen from far away and from some distances (in distances between the eyes; 16
are a metre), with noise as large as a network's error. Degrees of turn, nod and tilt: mean error,
and the largest of all.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.datasets.meshes.labels import read_meshes
from emotion_core.faces.mesh.points import mean_face
from emotion_core.faces.mesh.pose import STABLE, head_pose, in_head
from emotion_core.types import FloatArray

Values = npt.NDArray[np.float64]
DISTANCES = (np.inf, 30.0, 15.0, 8.0)
_SIZE, _FOCAL_LENGTH = 100.0, 30.0


def main(given: Sequence[str] | None = None) -> None:
    """Turn faces, and print the table."""
    arguments = _arguments(given)
    kinds = {"mean face": np.repeat(mean_face()[None], arguments.faces, axis=0)}
    if arguments.meshes is not None:
        meshes = read_meshes(arguments.meshes, arguments.most_spread).points
        chosen = np.linspace(0, len(meshes) - 1, arguments.faces).astype(int)
        kinds["real faces"] = in_head(meshes[chosen].astype(np.float32))
    solvers: dict[str, Callable[[FloatArray], FloatArray]] = {
        "head_pose": head_pose,
        "EPNP": lambda heads: by_opencv(heads, cv2.SOLVEPNP_EPNP),
        "SQPNP": lambda heads: by_opencv(heads, cv2.SOLVEPNP_SQPNP),
        "ITERATIVE": lambda heads: by_opencv(heads, cv2.SOLVEPNP_ITERATIVE),
    }
    print(
        f"{'':<12}{'distance':>9}{'noise':>7}  {'':<10}{'turn':>7}{'nod':>7}{'tilt':>7}{'most':>7}"
    )
    for kind, faces in kinds.items():
        for distance in DISTANCES:
            for noise in (0.0, arguments.noise):
                heads, poses = turned(faces, distance, noise)
                for name, solve in solvers.items():
                    errors = np.abs((solve(heads) - poses + 180) % 360 - 180)
                    shown = "".join(f"{value:>7.2f}" for value in errors.mean(axis=0))
                    print(
                        f"{kind:<12}{distance:>9}{noise:>7}  {name:<10}{shown}{errors.max():>7.1f}"
                    )


def turned(faces: FloatArray, distance: float, noise: float) -> tuple[FloatArray, Values]:
    """Faces turned by random angles as a camera sees them, and the (n, 3) angles."""
    random = np.random.default_rng(0)
    poses = random.uniform((-60, -35, -179), (60, 35, 179), (len(faces), 3))
    heads = np.stack([face @ _rotation(*pose).T for face, pose in zip(faces, poses, strict=True)])
    heads[..., :2] /= 1 + heads[..., 2:] / distance
    heads = heads * _SIZE + random.normal(0, max(noise, 1e-9) * _SIZE, heads.shape)
    return (heads + 300).astype(np.float32), poses


def by_opencv(heads: FloatArray, solver: int) -> FloatArray:
    """The pose by one of OpenCV's solvers, for a camera of a long focal length."""
    poses = []
    for face in np.array(heads[:, STABLE, :2], np.float64, order="C"):
        middle = face.mean(axis=0)
        focal = _FOCAL_LENGTH * float(np.sqrt(((face - middle) ** 2).sum(axis=1).mean()))
        camera = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]])
        model = mean_face()[STABLE].astype(np.float64)
        _, found, _ = cv2.solvePnP(model, face, camera, None, flags=solver)
        matrix = np.asarray(cv2.Rodrigues(found)[0])
        turn = np.arcsin(np.clip(matrix[2, 0], -1, 1))
        nod, tilt = np.arctan2(matrix[2, 1], matrix[2, 2]), np.arctan2(matrix[1, 0], matrix[0, 0])
        poses.append(np.degrees((turn, nod, tilt)))
    return np.asarray(poses, np.float32)


def _rotation(turn: float, nod: float, tilt: float) -> Values:
    t, n, r = np.radians((turn, nod, tilt))
    nodding = np.array([[1, 0, 0], [0, np.cos(n), -np.sin(n)], [0, np.sin(n), np.cos(n)]])
    turning = np.array([[np.cos(t), 0, -np.sin(t)], [0, 1, 0], [np.sin(t), 0, np.cos(t)]])
    tilting = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(tilting @ turning @ nodding)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("meshes", type=Path, nargs="?", help="of eme dataset meshes")
    parser.add_argument("--faces", type=int, default=400)
    parser.add_argument("--noise", type=float, default=0.02, help="in distances between the eyes")
    parser.add_argument("--most-spread", type=float, default=0.04, help="of the teacher's answers")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
