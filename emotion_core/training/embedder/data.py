"""Faces for learning who is who: aligned, split by person, with a teacher's embeddings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import lightning
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from emotion_core.datasets.landmarks import read_landmarks
from emotion_core.datasets.layouts import Split
from emotion_core.datasets.sources import PICTURE_THREADS, Files
from emotion_core.errors import DatasetError, ModelError
from emotion_core.faces.identity.alignment import ALIGNED_SIZE, align_face
from emotion_core.media.pictures import PictureError
from emotion_core.progress import Progress, Task
from emotion_core.training.common.batches import draw_pictures, picture_tensor
from emotion_core.types import FloatArray, ImageArray

# Shares of the people that are held out, by a hash of their names.
_VAL, _TEST = 0.05, 0.10


@dataclass(frozen=True)
class IdentityFaces:
    """Aligned faces, as parallel sequences.

    Attributes:
        images: n (112, 112, 3) uint8 RGB.
        people: (n,) who is seen, by name; empty where that is not known.
    """

    images: Sequence[ImageArray]
    people: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.images)

    def numbers(self) -> npt.NDArray[np.int64]:
        """(n,) a number for each person; negative and all different where nobody is known."""
        numbers = np.unique(self.people, return_inverse=True)[1].astype(np.int64)
        return np.where(self.people == "", -1 - np.arange(len(self)), numbers)


def split_of_person(name: str) -> Split:
    """Which part a person belongs to, the same on every run and in every set."""
    digest = hashlib.sha256(name.encode()).digest()
    place = int.from_bytes(digest[:4], "big") / 2**32
    if place < _TEST:
        return "test"
    return "val" if place < _TEST + _VAL else "train"


def load_identities(
    source: Path,
    landmarks: Path,
    split: Split | None,
    *,
    people: bool = True,
    limit: int = 0,
    align: bool = True,
) -> IdentityFaces:
    """Load the aligned faces of one set; those without landmarks are left out.

    Args:
        source: folder or zip. With ``people``, the folder that a picture lies in is its person.
        landmarks: table of :func:`~emotion_core.datasets.landmarks.write_landmarks`.
        split: part of the people; ``None`` for all.
        people: whether the folders are people.
        limit: at most so many pictures; 0 for all.
        align: put the faces into one position; without it they stay as they lie in the set.

    Raises:
        DatasetError: the set or the table cannot be read, or nothing is left.
    """
    points = read_landmarks(landmarks)
    images: list[ImageArray] = []
    names: list[str] = []
    with Files(source) as files:
        wanted = [name for name in files.pictures() if name in points]
        if people and split is not None:
            wanted = [name for name in wanted if split_of_person(_folder(name)) == split]
        if limit:
            wanted = wanted[:limit] if people else wanted[:: max(len(wanted) // limit, 1)][:limit]
        for name, image in files.decode(wanted):
            if isinstance(image, PictureError):
                continue
            images.append(align_face(image, points[name]) if align else image)
            names.append(_folder(name) if people else "")
    if not images:
        raise DatasetError(f"There is no face in the split {split!r} of {source} and {landmarks}.")
    return IdentityFaces(images, np.array(names))


def join_identities(sets: Sequence[IdentityFaces]) -> IdentityFaces:
    """Several sets as one, in their order."""
    return IdentityFaces(
        [image for part in sets for image in part.images],
        np.concatenate([part.people for part in sets]),
    )


def teach(teacher: Path, images: Sequence[ImageArray]) -> Task[FloatArray]:
    """What a face-identity network in ONNX says of faces and their mirror images together.

    Args:
        teacher: takes (1, 3, 112, 112) RGB from -1 to 1 and gives one row.
        images: n aligned faces.

    Returns:
        (n, d) float32, rows of length 1.

    Raises:
        ModelError: it is no such network.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the threads are ours, a face each
    try:
        session = onnxruntime.InferenceSession(teacher, options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        if session.get_inputs()[0].shape[1:] != [3, ALIGNED_SIZE, ALIGNED_SIZE]:
            raise ValueError(f"it takes {session.get_inputs()[0].shape}")
    except Exception as error:  # onnxruntime raises its own kinds, each derived from Exception
        raise ModelError(f"{teacher} is not a network for aligned faces: {error}") from error

    def look(image: ImageArray) -> FloatArray:
        pixels = (np.transpose(image, (2, 0, 1))[None].astype(np.float32) - 127.5) / 127.5
        both = [session.run(None, {name: view})[0][0] for view in (pixels, pixels[..., ::-1])]
        total = np.sum([one / np.linalg.norm(one) for one in both], axis=0)
        return np.asarray(total / np.linalg.norm(total), np.float32)

    with ThreadPoolExecutor(PICTURE_THREADS) as pool:
        rows = []
        for done, row in enumerate(pool.map(look, images), 1):
            yield Progress(done, len(images))
            rows.append(row)
    return np.stack(rows)


class IdentityTensors(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Aligned faces with targets, drawn from in batches.

    Attributes:
        pictures: as :func:`picture_tensor` gives them.
        targets: (n, d) float32, the teacher's embeddings.
        people: (n,) int64.
    """

    def __init__(self, faces: IdentityFaces, targets: FloatArray, device: torch.device) -> None:
        self.pictures = picture_tensor(faces.images, ALIGNED_SIZE, device)
        self.targets = torch.from_numpy(targets).to(self.pictures.device)
        self.people = torch.from_numpy(faces.numbers()).to(self.pictures.device)

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        pictures, targets, people = self.__getitems__([index])
        return pictures[0], targets[0], people[0]

    def __getitems__(self, indices: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
        """(b, 4, S, S) uint8, (b, d) and (b,)."""
        pictures, chosen = draw_pictures(self.pictures, indices)
        return pictures, self.targets[chosen], self.people[chosen]


class IdentityBatches(lightning.LightningDataModule):
    """Batches for a run, made on the device that Lightning has chosen.

    Args:
        train, val: the faces.
        targets: the teacher's embeddings of both.
        batch: faces a step.
    """

    def __init__(
        self,
        train: IdentityFaces,
        val: IdentityFaces,
        targets: tuple[FloatArray, FloatArray],
        batch: int,
    ) -> None:
        super().__init__()
        self.faces = (train, val)
        self.targets = targets
        self.batch = batch

    def train_dataloader(self) -> DataLoader[tuple[Tensor, Tensor, Tensor]]:
        """Batches of the people to learn from, in random order."""
        faces = self._tensors(0)
        return DataLoader(
            faces,
            batch_size=self.batch,
            shuffle=True,
            drop_last=len(faces) >= self.batch,
            collate_fn=_as_it_is,
        )

    def val_dataloader(self) -> DataLoader[tuple[Tensor, Tensor, Tensor]]:
        """Batches of the people for validation, in their order."""
        return DataLoader(self._tensors(1), batch_size=self.batch, collate_fn=_as_it_is)

    def _tensors(self, part: int) -> IdentityTensors:
        assert self.trainer is not None
        device = self.trainer.strategy.root_device
        return IdentityTensors(self.faces[part], self.targets[part], device)


def _as_it_is(batch: Any) -> Any:
    return batch


def _folder(name: str) -> str:
    return PurePosixPath(name).parent.name
