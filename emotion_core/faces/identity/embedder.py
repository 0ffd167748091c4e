"""Which faces are the same person's: a direction for each face, near for one person.

An embedding serves to cluster the faces of a scene and for nothing else: it knows no names, and it
is compared with the faces of the same film only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import numpy.typing as npt
import torch

from emotion_core.emotions.preprocessing import crop_face, resize_face
from emotion_core.emotions.registry import hash_weights
from emotion_core.errors import ModelError
from emotion_core.faces.identity.alignment import align_face
from emotion_core.faces.identity.network import EmbedderCard, EmbeddingNetwork, load_network
from emotion_core.faces.identity.track_embeddings import DEFAULT_EMBEDDER
from emotion_core.inference.fastest import fastest
from emotion_core.inference.task import InferenceTask
from emotion_core.types import FloatArray, ImageArray

FACENET = "facenet-vggface2"
_BATCH = 32
_FACENET_SIZE = 160
# Schroff et al. 2015, "FaceNet", accept pairs on LFW up to a squared distance of 1.242, which for
# vectors of length 1 is a cosine of 1 - 1.242 / 2.
_FACENET_THRESHOLD = 0.379


class AlignedEmbedder:
    """The project's own embedder, over aligned faces.

    Args:
        network, card: as :func:`load_network` gives them.
        identity: changes with the weights.
        device: torch device.
    """

    def __init__(
        self,
        network: EmbeddingNetwork,
        card: EmbedderCard,
        identity: str,
        device: str | torch.device = "cpu",
    ) -> None:
        self.identity = identity
        self.card = card
        self.device = torch.device(device)
        self._network = network.to(self.device).to(memory_format=torch.channels_last)
        noise = np.random.default_rng(0).integers(0, 256, (4, card.size, card.size, 3), np.uint8)
        self._fast = fastest(InferenceTask(network, noise, 3 * [0.0], 3 * [255.0]), self.device)

    @property
    def threshold(self) -> float:
        """Cosine above which two faces count as one person, as its card has it."""
        return self.card.threshold

    def crop(self, image: ImageArray, xyxy: FloatArray, landmarks: FloatArray, /) -> ImageArray:
        """The aligned face; the plain square around the box where there are no landmarks."""
        if np.isfinite(landmarks).all():
            return align_face(image, landmarks, self.card.size)
        return crop_face(image, xyxy, self.card.size)

    def embed(self, crops: Sequence[ImageArray]) -> FloatArray:
        """(n, d) float32 of n crops, each the mean of the face and its mirror image."""
        if not len(crops):
            return np.zeros((0, self.card.dimensions), np.float32)
        parts = []
        for start in range(0, len(crops), _BATCH):
            faces = np.stack(
                [resize_face(crop, self.card.size) for crop in crops[start : start + _BATCH]]
            )
            both = self._directions(faces) + self._directions(faces[:, :, ::-1])
            parts.append(both / np.maximum(np.linalg.norm(both, axis=1, keepdims=True), 1e-12))
        return np.concatenate(parts)

    def _directions(self, faces: npt.NDArray[np.uint8]) -> FloatArray:
        if self._fast is not None:
            return self._fast(np.ascontiguousarray(faces))[0]
        with torch.inference_mode():
            pixels = torch.from_numpy(faces.copy()).to(self.device).permute(0, 3, 1, 2).float()
            return np.asarray(self._network(pixels / 255).cpu().numpy(), np.float32)


class FacenetEmbedder:
    """``InceptionResnetV1`` of facenet-pytorch, trained on VGGFace2 (Cao et al. 2018).

    Its weights, 107 MB, are fetched once from where facenet-pytorch keeps them.

    Args:
        device: torch device.

    Raises:
        ModelError: the weights are not on this machine and cannot be fetched.
    """

    identity = FACENET
    threshold = _FACENET_THRESHOLD

    def __init__(self, device: str | torch.device = "cpu") -> None:
        from emotion_core.inference.libraries import InceptionResnetV1

        self.device = torch.device(device)
        try:
            self._network: Any = InceptionResnetV1(pretrained="vggface2").eval().to(self.device)
        except (URLError, OSError, RuntimeError, EOFError) as error:
            raise ModelError(
                f"The weights of {FACENET} are not on this computer and cannot be downloaded. Go "
                f"online once to download them, or choose the built-in {DEFAULT_EMBEDDER}."
            ) from error

    def crop(self, image: ImageArray, xyxy: FloatArray, _landmarks: FloatArray, /) -> ImageArray:
        """The square around the box: this network was trained on faces that are not aligned."""
        return crop_face(image, xyxy, _FACENET_SIZE)

    def embed(self, crops: Sequence[ImageArray]) -> FloatArray:
        """(n, 512) float32 of n crops."""
        parts = [np.zeros((0, 512), np.float32)]
        with torch.inference_mode():
            for start in range(0, len(crops), _BATCH):
                stacked = np.stack(
                    [resize_face(crop, _FACENET_SIZE) for crop in crops[start : start + _BATCH]]
                )
                pixels = torch.from_numpy(stacked).to(self.device).permute(0, 3, 1, 2).float()
                # facenet-pytorch's fixed_image_standardization; the network ends in length 1
                parts.append(self._network((pixels - 127.5) / 128).cpu().numpy())
        return np.concatenate(parts)


def load_embedder(
    name: str, models_dir: Path, device: str | torch.device = "cpu"
) -> AlignedEmbedder | FacenetEmbedder:
    """Load an embedder.

    Args:
        name: :data:`DEFAULT_EMBEDDER` or another folder in ``models/embedders``, the path of a
            folder, or :data:`FACENET`.
        models_dir: where the shipped models are.
        device: torch device.

    Raises:
        ModelError: there is none of this name, or it cannot be loaded.
    """
    if name == FACENET:
        return FacenetEmbedder(device)
    folder = find_embedder(name, models_dir)
    identity = f"{folder.name}-{hash_weights(folder)}"
    return AlignedEmbedder(*load_network(folder), identity, device)


def find_embedder(name: str, models_dir: Path) -> Path:
    """The folder of an embedder of the project's own kind.

    Raises:
        ModelError: there is none of this name.
    """
    for folder in (models_dir / "embedders" / name, Path(name).expanduser()):
        if (folder / "config.json").is_file():
            return folder
    raise ModelError(
        f"There is no embedder {name!r}. Choose {DEFAULT_EMBEDDER}, {FACENET} or a folder."
    )
