"""Reading meshes: the points of faces in a picture, and which of their parts are visible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.registry import hash_weights
from emotion_core.errors import ModelError
from emotion_core.faces.mesh.points import POINTS, VISIBLE_PARTS
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.inference.fastest import fastest
from emotion_core.inference.task import InferenceTask
from emotion_core.types import FloatArray, ImageArray

if TYPE_CHECKING:  # pages that only show what was read do not wait for torch
    import torch

    from emotion_core.faces.mesh.network import MeshCard, MeshNetwork

DEFAULT_MESH = "eme-mesh"
_BATCH = 32


@dataclass(frozen=True, slots=True)
class FaceMeshes:
    """The meshes of n faces.

    Attributes:
        points: (n, 468, 3) float32 px of the picture, z at the same scale, away from the viewer;
            NaN where a face has none.
        visibility: (n, k) float32 in [0, 1], of the parts on the card of the network; NaN likewise.
    """

    points: FloatArray
    visibility: FloatArray

    def __post_init__(self) -> None:
        n = len(self.points)
        if self.points.shape != (n, POINTS, 3) or self.visibility.shape[:1] != (n,):
            raise ValueError(
                f"meshes must have points (n, {POINTS}, 3) and visibility (n, k), but have "
                f"{self.points.shape} and {self.visibility.shape}"
            )

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, chosen: npt.NDArray[np.int64]) -> FaceMeshes:
        """Some of them, in the order of their places."""
        return FaceMeshes(self.points[chosen], self.visibility[chosen])

    @classmethod
    def unknown(cls, n: int) -> FaceMeshes:
        """Those of n faces of which nothing is known: all NaN."""
        points = np.full((n, POINTS, 3), np.nan, np.float32)
        return cls(points, np.full((n, len(VISIBLE_PARTS)), np.nan, np.float32))


class MeshReader:
    """Reads the meshes of faces.

    Args:
        network, card: as :func:`load_mesh_network` gives them.
        identity: changes with the weights.
        device: torch device.
    """

    def __init__(
        self,
        network: MeshNetwork,
        card: MeshCard,
        identity: str,
        device: str | torch.device = "cpu",
    ) -> None:
        import torch

        self.identity = identity
        self.card = card
        self.device = torch.device(device)
        self._network = network.to(self.device).to(memory_format=torch.channels_last)
        noise = np.random.default_rng(0).integers(0, 256, (4, card.size, card.size, 3), np.uint8)
        self._fast = fastest(InferenceTask(network, noise, 3 * [0.0], 3 * [255.0]), self.device)

    def read_crops(self, crops: npt.NDArray[np.uint8]) -> tuple[FloatArray, FloatArray]:
        """The meshes of faces that are cut out already.

        Args:
            crops: (n, S, S, 3) uint8 RGB, S the size on the card; n may be 0.

        Returns:
            (n, 468, 3), x and y from 0 to 1 across the crop, z at the same scale; and (n, k)
            visibility in [0, 1].
        """
        points = [np.zeros((0, POINTS, 3), np.float32)]
        logits = [np.zeros((0, len(self.card.parts)), np.float32)]
        for start in range(0, len(crops), _BATCH):
            some = np.ascontiguousarray(crops[start : start + _BATCH])
            outputs = self._in_pytorch(some) if self._fast is None else self._fast(some)
            points.append(outputs[0])
            logits.append(outputs[1])
        visibility = 1 / (1 + np.exp(-np.concatenate(logits)))
        return np.concatenate(points), visibility.astype(np.float32)

    def read(self, faces: Sequence[tuple[ImageArray, UprightSquare]]) -> FaceMeshes:
        """The meshes of some faces, each looked at once.

        Args:
            faces: for each its picture, (H, W, 3) uint8 RGB, and where in it the face is; of a face
                that is new, :meth:`UprightSquare.from_landmarks`, and for a second look
                :meth:`UprightSquare.around` its mesh.
        """
        crops = [square.cut(image, self.card.size) for image, square in faces]
        empty = np.zeros((0, self.card.size, self.card.size, 3), np.uint8)
        points, visibility = self.read_crops(np.stack(crops) if crops else empty)
        placed = [square.to_picture(one) for (_, square), one in zip(faces, points, strict=True)]
        return FaceMeshes(np.stack(placed) if placed else points, visibility)

    def _in_pytorch(self, faces: npt.NDArray[np.uint8]) -> tuple[FloatArray, ...]:
        import torch

        with torch.inference_mode():
            pixels = torch.from_numpy(faces).to(self.device).permute(0, 3, 1, 2).float()
            outputs = self._network(pixels / 255)
            return tuple(output.cpu().numpy().astype(np.float32) for output in outputs)


def load_mesh_reader(name: str, models_dir: Path, device: str | torch.device = "cpu") -> MeshReader:
    """Load a mesh network.

    Args:
        name: a folder in ``models/meshes``, or the path of a folder.
        models_dir: where the shipped models are.
        device: torch device.

    Raises:
        ModelError: there is none of this name, or it cannot be loaded.
    """
    from emotion_core.faces.mesh.network import load_mesh_network

    for folder in (models_dir / "meshes" / name, Path(name).expanduser()):
        if (folder / "config.json").is_file():
            identity = f"{folder.name}-{hash_weights(folder)}"
            return MeshReader(*load_mesh_network(folder), identity, device)
    raise ModelError(f"There is no mesh network {name!r}. Name a folder that has one.")
