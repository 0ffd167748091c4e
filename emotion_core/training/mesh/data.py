"""Faces with their meshes for training: split by person, drawn from in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import lightning
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from emotion_core.datasets.layouts import Split
from emotion_core.datasets.meshes.labels import read_meshes
from emotion_core.datasets.sources import Files
from emotion_core.errors import DatasetError
from emotion_core.media.pictures import PictureError
from emotion_core.training.common.batches import draw_pictures, picture_tensor
from emotion_core.training.embedder.data import split_of_person
from emotion_core.types import FloatArray, ImageArray

# Side at which pictures are kept in memory: that of the sets that are not smaller.
PICTURE_SIDE = 112


@dataclass(frozen=True)
class MeshFaces:
    """Pictures of faces with the teacher's points.

    Attributes:
        images: n square (S, S, 3) uint8 RGB pictures, S the same for all.
        points: (n, 468, 3) float32, x and y from 0 to 1 across the picture, z at the same scale.
    """

    images: Sequence[ImageArray]
    points: FloatArray

    def __len__(self) -> int:
        return len(self.images)


def load_mesh_faces(
    source: Path, meshes: Path, split: Split, *, most_spread: float, limit: int = 0
) -> MeshFaces:
    """Load the faces of one set that the teacher is sure of.

    Args:
        source: folder or zip.
        meshes: file of :func:`~emotion_core.datasets.meshes.labels.write_meshes`.
        split: part of the people.
        most_spread: faces on which the teacher's answers lie further apart are left out.
        limit: at most so many pictures, evenly from all of them; 0 for all.

    Raises:
        DatasetError: the set or the file cannot be read, or nothing is left.
    """
    labels = read_meshes(meshes, most_spread)
    wanted = [k for k, who in enumerate(labels.people.tolist()) if split_of_person(who) == split]
    if limit:
        wanted = wanted[:: max(len(wanted) // limit, 1)][:limit]
    images: list[ImageArray] = []
    points: list[FloatArray] = []
    with Files(source) as files:
        there = set(files.pictures())
        found = [k for k in wanted if labels.names[k] in there]
        decoded = files.decode([str(labels.names[k]) for k in found])
        for k, (_, image) in zip(found, decoded, strict=True):
            if isinstance(image, PictureError):
                continue
            squared, placed = _squared(image, labels.points[k])
            images.append(squared)
            points.append(placed)
    if not images:
        raise DatasetError(f"There is no face in the split {split!r} of {source} and {meshes}.")
    return MeshFaces(images, np.stack(points))


def join_mesh_faces(sets: Sequence[MeshFaces]) -> MeshFaces:
    """Several sets as one, in their order."""
    return MeshFaces(
        [image for part in sets for image in part.images],
        np.concatenate([part.points for part in sets]),
    )


def _squared(image: ImageArray, points: FloatArray) -> tuple[ImageArray, FloatArray]:
    """A picture at the side that is kept, black beside what is not square, and its points."""
    height, width = image.shape[:2]
    side = max(height, width)
    if height != width:
        image = np.asarray(
            cv2.copyMakeBorder(image, 0, side - height, 0, side - width, cv2.BORDER_CONSTANT),
            np.uint8,
        )
    method = cv2.INTER_AREA if side > PICTURE_SIDE else cv2.INTER_CUBIC
    if side != PICTURE_SIDE:
        image = np.asarray(cv2.resize(image, (PICTURE_SIDE,) * 2, interpolation=method), np.uint8)
    placed = points / side
    placed[:, :2] += 0.5 / side  # pixel 0 has its middle half a pixel in
    return image, placed.astype(np.float32)


class MeshTensors(Dataset[tuple[Tensor, Tensor]]):
    """Faces with their points, drawn from in batches.

    Attributes:
        pictures: as :func:`picture_tensor` gives them.
        points: (n, 468, 3) float32.
    """

    def __init__(self, faces: MeshFaces, device: torch.device) -> None:
        self.pictures = picture_tensor(faces.images, PICTURE_SIDE, device)
        self.points = torch.from_numpy(faces.points).to(self.pictures.device)

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        pictures, points = self.__getitems__([index])
        return pictures[0], points[0]

    def __getitems__(self, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """(b, 4, S, S) uint8 and (b, 468, 3)."""
        pictures, chosen = draw_pictures(self.pictures, indices)
        return pictures, self.points[chosen]


class MeshBatches(lightning.LightningDataModule):
    """Batches for a run, made on the device that Lightning has chosen.

    Args:
        train, val: the faces; people of ``val`` are not in ``train``.
        batch: faces a step.
    """

    def __init__(self, train: MeshFaces, val: MeshFaces, batch: int) -> None:
        super().__init__()
        self.faces = (train, val)
        self.batch = batch

    def train_dataloader(self) -> DataLoader[tuple[Tensor, Tensor]]:
        """Batches of the people to learn from, in random order."""
        faces = self._tensors(0)
        return DataLoader(
            faces,
            batch_size=self.batch,
            shuffle=True,
            drop_last=len(faces) >= self.batch,
            collate_fn=_as_it_is,
        )

    def val_dataloader(self) -> DataLoader[tuple[Tensor, Tensor]]:
        """Batches of the people for validation, in their order."""
        return DataLoader(self._tensors(1), batch_size=self.batch, collate_fn=_as_it_is)

    def _tensors(self, part: int) -> MeshTensors:
        assert self.trainer is not None
        return MeshTensors(self.faces[part], self.trainer.strategy.root_device)


def _as_it_is(batch: Any) -> Any:
    return batch
