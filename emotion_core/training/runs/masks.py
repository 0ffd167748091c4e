"""The masks that a run keeps of the same few faces, epoch by epoch; see :class:`MaskRecorder`."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import RunError

MASKS_FOLDER = "masks"


@dataclass(frozen=True, slots=True)
class MaskFaces:
    """The faces whose masks a run keeps.

    Attributes:
        images: (n, S, S, 3) uint8 RGB.
        targets: (n, 7) in the order of EMOTIONS.
        names: n file names.
    """

    images: npt.NDArray[np.uint8]
    targets: npt.NDArray[np.float32]
    names: tuple[str, ...]


def mask_epochs(folder: Path) -> tuple[int, ...]:
    """Epochs, counted from 0, after which the run in a folder kept masks."""
    names = (path.name for path in (folder / MASKS_FOLDER).glob("epoch-*.npz"))
    return tuple(sorted(int(m[1]) for n in names if (m := re.fullmatch(r"epoch-(\d+)\.npz", n))))


def read_faces(folder: Path) -> MaskFaces:
    """The faces whose masks the run in a folder keeps.

    Raises:
        RunError: the file is missing, damaged or of another shape.
    """
    held = _read_arrays(folder / MASKS_FOLDER / "faces.npz", "images", "targets", "names")
    images, targets, names = held
    shapes = images.ndim == 4 and images.shape[3] == 3 and images.dtype == np.uint8
    if not shapes or targets.shape != (len(images), len(EMOTIONS)) or len(names) != len(images):
        raise RunError("The faces of this run, faces.npz, are not in the expected form.")
    return MaskFaces(images, targets.astype(np.float32), tuple(map(str, names)))


def read_masks(folder: Path, epoch: int, count: int) -> npt.NDArray[np.float32]:
    """The masks of the faces after an epoch, (n, 7, H, W) in [0, 1].

    Args:
        folder: of the run.
        epoch: counted from 0.
        count: of the faces.

    Raises:
        RunError: the file is missing, damaged or of another shape.
    """
    (masks,) = _read_arrays(folder / MASKS_FOLDER / f"epoch-{epoch:04d}.npz", "masks")
    if masks.ndim != 4 or masks.shape[:2] != (count, len(EMOTIONS)):
        raise RunError(f"The masks after epoch {epoch + 1} do not match the faces of this run.")
    return masks.astype(np.float32) / np.float32(255)


def _read_arrays(path: Path, *names: str) -> list[npt.NDArray[Any]]:
    try:
        with np.load(path) as held:
            return [held[name] for name in names]
    except FileNotFoundError as error:
        raise RunError(f"{path.name} is missing from the masks of this run.") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise RunError(f"{path.name} of the masks of this run is damaged or truncated.") from error
