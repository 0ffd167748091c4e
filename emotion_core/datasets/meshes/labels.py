"""The meshes of the faces of a data set, found once by a teacher and kept.

A mesh of 1,404 numbers has few ways to differ from others. What is kept of each is where its square
lies in the picture, and how much of each of some hundred shapes (principal components) it has.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_core.datasets.left_out import LeftOut
from emotion_core.datasets.meshes.teacher import MeshTeacher, TaughtMesh
from emotion_core.datasets.sources import Files
from emotion_core.errors import DatasetError, OutputError
from emotion_core.faces.mesh.points import POINTS
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.files import whole_file
from emotion_core.media.pictures import PictureError
from emotion_core.progress import Progress, Task
from emotion_core.types import FloatArray, ImageArray
from emotion_core.workers import in_order

# Below this the teacher sees no face; it says either nearly 0 or nearly 1.
LEAST_PRESENCE = 0.5
# Shapes that are kept; with 128 the points come back to a thousandth of the side of the square.
_SHAPES = 128


@dataclass(frozen=True)
class MeshLabels:
    """The meshes of n pictures, as parallel arrays.

    Attributes:
        names: (n,) paths of the pictures in their set.
        people: (n,) who is seen: the folder where folders are people, else the picture's own path.
        points: (n, 468, 3) float32 px of the picture, z at the same scale.
        spread: (n,) how far the teacher's answers lie apart, see :class:`TaughtMesh`.
    """

    names: npt.NDArray[np.str_]
    people: npt.NDArray[np.str_]
    points: FloatArray
    spread: FloatArray

    def __len__(self) -> int:
        return len(self.names)


def write_meshes(source: Path, out: Path, teacher: MeshTeacher, *, people: bool) -> Task[LeftOut]:
    """Ask the teacher about every picture, and keep what it says.

    Args:
        source: folder or zip with pictures of one face each, whatever its folders mean.
        out: a file that ends in ``.npz``.
        teacher: says where the points are.
        people: whether the folders are people.

    Returns:
        How many there are ``found``, and how many were left out by reason.

    Raises:
        DatasetError: the source cannot be read, or shows no face.
        OutputError: the file cannot be written, or does not end in ``.npz``.
    """
    names: list[str] = []
    found: list[TaughtMesh] = []

    def ask(one: tuple[str, ImageArray | PictureError]) -> TaughtMesh | PictureError:
        return one[1] if isinstance(one[1], PictureError) else teacher.teach(one[1])

    if out.suffix != ".npz":
        raise OutputError(f"{out} must end in .npz.")
    with Files(source) as files, whole_file(out) as part:
        counts = LeftOut.of(files.refused | files.others())
        pictures = files.pictures()
        asked = in_order(ask, files.decode(pictures))
        for done, ((name, _), answer) in enumerate(asked, 1):
            yield Progress(done, len(pictures))
            if isinstance(answer, PictureError):
                counts.add(str(answer), name)
            elif answer.presence < LEAST_PRESENCE:
                counts.add("no face", name)
            else:
                names.append(name)
                found.append(answer)
        if not found:
            raise DatasetError(f"{source} shows no face that the teacher knows.")
        shown = [str(PurePosixPath(name).parent.name) if people else name for name in names]
        labels = MeshLabels(
            np.array(names),
            np.array(shown),
            np.stack([one.points for one in found]),
            np.array([one.spread for one in found], np.float32),
        )
        with part.open("wb") as file:
            np.savez_compressed(file, **_coded(labels))  # type: ignore[arg-type]
    counts["found"] = len(names)
    return counts


def read_meshes(path: Path, most_spread: float = np.inf) -> MeshLabels:
    """The meshes that :func:`write_meshes` kept.

    Args:
        path: the file.
        most_spread: faces on which the teacher's answers lie further apart are left out.

    Raises:
        DatasetError: it is no such file, or nothing is left.
    """
    try:
        with np.load(path) as held:
            content = {name: held[name] for name in held.files}
        labels = _decoded(content)
    except (OSError, EOFError, KeyError, ValueError, IndexError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path} is not a file of meshes.") from error
    sure = labels.spread <= most_spread
    if not sure.any():
        raise DatasetError(f"In {path} there is no face that the teacher is sure of.")
    return MeshLabels(
        labels.names[sure], labels.people[sure], labels.points[sure], labels.spread[sure]
    )


def _coded(labels: MeshLabels) -> dict[str, npt.NDArray[Any]]:
    """Squares, and shapes in 16 bits each."""
    squares = [UprightSquare.around(points, 1.0) for points in labels.points]
    placed = np.array([(one.x, one.y, one.side, one.angle) for one in squares], np.float32)
    flat = _in_squares(labels.points, placed).reshape(len(labels), -1).astype(np.float64)
    mean = flat.mean(axis=0)
    _, shapes = np.linalg.eigh((flat - mean).T @ (flat - mean))
    shapes = shapes[:, ::-1][:, :_SHAPES]
    amounts = (flat - mean) @ shapes
    step = np.maximum(np.abs(amounts).max(axis=0), 1e-9) / np.iinfo(np.int16).max
    return {
        "names": labels.names,
        "people": labels.people,
        "spread": labels.spread.astype(np.float16),
        "squares": placed,
        "mean": mean.astype(np.float32),
        "shapes": shapes.astype(np.float32),
        "step": step.astype(np.float32),
        "amounts": np.round(amounts / step).astype(np.int16),
    }


def _decoded(content: dict[str, npt.NDArray[Any]]) -> MeshLabels:
    n = len(content["names"])
    amounts = content["amounts"].astype(np.float32) * content["step"]
    flat = amounts @ content["shapes"].T + content["mean"]
    points = _in_picture(flat.reshape(n, POINTS, 3), content["squares"].astype(np.float32))
    spread = content["spread"].astype(np.float32)
    if content["people"].shape != (n,) or spread.shape != (n,):
        raise ValueError("columns of different lengths")
    return MeshLabels(
        content["names"].astype(np.str_), content["people"].astype(np.str_), points, spread
    )


def _in_squares(points: FloatArray, squares: FloatArray) -> FloatArray:
    """Meshes in their upright squares, the middle at 0 and the side 1."""
    x, y, side, angle = (column[:, None] for column in squares.T)
    right, down = points[..., 0] - x, points[..., 1] - y
    cos, sin = np.cos(angle), np.sin(angle)
    turned = np.stack([cos * right + sin * down, cos * down - sin * right, points[..., 2]], axis=-1)
    return np.asarray(turned / side[..., None], np.float32)


def _in_picture(points: FloatArray, squares: FloatArray) -> FloatArray:
    """The inverse of :func:`_in_squares`."""
    x, y, side, angle = (column[:, None] for column in squares.T)
    right, down, depth = np.moveaxis(points * side[..., None], -1, 0)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * right - sin * down + x, sin * right + cos * down + y, depth], axis=-1)
