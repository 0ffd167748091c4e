"""Face sets as tensors, and the batches that training draws from them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import cv2
import lightning
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler

from emotion_core.datasets.sources import PICTURE_THREADS
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.training.common.augmentation import face_mask
from emotion_core.training.common.data import FaceSet
from emotion_core.types import FloatArray, ImageArray


class FaceBatch(NamedTuple):
    """A batch of b faces.

    Attributes:
        pictures: (b, 4, S, S) uint8, RGB and the mask of the face.
        targets: (b, 7) float32; rows sum to 1, or to 0 where there is no label.
        sources: (b,) int64 number of the data set that each is from.
        points: (b, 468, 2) float32 of their meshes, see :class:`FaceSet`; none where none is known.
    """

    pictures: Tensor
    targets: Tensor
    sources: Tensor
    points: Tensor | None


def picture_tensor(
    images: Sequence[ImageArray],
    size: int,
    device: torch.device,
    masks: Sequence[npt.NDArray[np.uint8]] | None = None,
) -> Tensor:
    """Face pictures at one size, as one tensor: on the GPU where it fits there.

    Args:
        images: n (H, W, 3) uint8 RGB pictures of any size.
        size: side in pixels.
        device: where the network is.
        masks: where their faces are, (H, W) uint8 each; if ``None``, found in the pictures.

    Returns:
        (n, S, S, 4) uint8, RGB and the mask of the face.
    """
    prepared = np.empty((len(images), size, size, 4), np.uint8)

    def prepare(i: int) -> None:
        image = images[i]
        prepared[i, ..., :3] = resize_face(image, size)
        mask = face_mask(image) if masks is None else masks[i]
        prepared[i, ..., 3] = 255 if mask.min() == 255 else resize_face(mask, size)

    # threads of OpenCV's own under ours would only stand in each other's way
    threads = cv2.getNumThreads()
    cv2.setNumThreads(0)
    try:
        with ThreadPoolExecutor(PICTURE_THREADS) as pool:
            for _ in pool.map(prepare, range(len(images))):
                pass
    finally:
        cv2.setNumThreads(threads)
    if device.type == "cuda" and prepared.nbytes > torch.cuda.mem_get_info(device)[0] / 2:
        device = torch.device("cpu")
    return torch.from_numpy(prepared).to(device)


def draw_pictures(pictures: Tensor, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Some pictures of :func:`picture_tensor` as (b, 4, S, S) uint8, and where they stand in it."""
    chosen = torch.as_tensor(indices)
    if pictures.is_cuda:  # from pinned memory, so that the host need not wait
        chosen = chosen.pin_memory().to(pictures.device, non_blocking=True)
    return pictures[chosen].permute(0, 3, 1, 2).contiguous(), chosen


class FaceTensors(Dataset[FaceBatch]):
    """A face set at one size, drawn from in batches.

    All of it is one tensor, on the GPU where it fits: a batch is then one look-up, and neither
    copies nor worker processes stand between the pictures and the network.

    Attributes:
        pictures: as :func:`picture_tensor` gives them.
        targets, sources, points: of all, see :class:`FaceBatch`.
    """

    def __init__(self, faces: FaceSet, size: int, device: torch.device) -> None:
        self.pictures = picture_tensor(faces.images, size, device, faces.masks)
        device = self.pictures.device
        self.targets = torch.from_numpy(faces.targets).to(device)
        self.sources = torch.from_numpy(faces.numbered_sources).to(device)
        self.points = None if faces.points is None else torch.from_numpy(faces.points).to(device)

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> FaceBatch:
        return self.__getitems__([index])

    def __getitems__(self, indices: Sequence[int]) -> FaceBatch:
        """The faces of some places."""
        pictures, chosen = draw_pictures(self.pictures, indices)
        points = None if self.points is None else self.points[chosen]
        return FaceBatch(pictures, self.targets[chosen], self.sources[chosen], points)


class FaceBatches(lightning.LightningDataModule):
    """Batches for a run, made on the device that Lightning has chosen.

    Args:
        train, val: the data.
        size: side in pixels.
        batch: pictures a step.
        balance: how far rare emotions are drawn more often: a picture is drawn in proportion
            to the share of its emotion to the power of minus this; 0 draws each once an epoch.
        test: what is measured on at the end, where it is.
    """

    def __init__(
        self,
        train: FaceSet,
        val: FaceSet,
        size: int,
        batch: int,
        balance: float = 0.0,
        *,
        test: FaceSet | None = None,
    ) -> None:
        super().__init__()
        self.sets = {"train": train, "val": val}
        if test is not None:
            self.sets["test"] = test
        self.size = size
        self.batch = batch
        self.balance = balance

    def train_dataloader(self) -> DataLoader[FaceBatch]:
        """Batches in random order; with ``balance``, rare emotions more often."""
        faces = self._tensors("train")
        sampler = None
        if self.balance:
            weights = sampling_weights(self.sets["train"], self.balance)
            sampler = WeightedRandomSampler(weights, len(faces))
        return DataLoader(
            faces,
            batch_size=self.batch,
            sampler=sampler,
            shuffle=sampler is None,
            drop_last=len(faces) >= self.batch,
            collate_fn=_as_it_is,
        )

    def val_dataloader(self) -> DataLoader[FaceBatch]:
        """Batches of the faces for validation, in their order."""
        return DataLoader(self._tensors("val"), batch_size=self.batch, collate_fn=_as_it_is)

    def test_dataloader(self) -> DataLoader[FaceBatch]:
        """Batches of the faces for the test, in their order."""
        return DataLoader(self._tensors("test"), batch_size=self.batch, collate_fn=_as_it_is)

    def _tensors(self, part: str) -> FaceTensors:
        assert self.trainer is not None
        return FaceTensors(self.sets[part], self.size, self.trainer.strategy.root_device)


def sampling_weights(faces: FaceSet, balance: float) -> list[float]:
    """How often each picture is drawn, relative to the others; 1 on average for those labelled.

    Args:
        faces: n pictures.
        balance: 0 for all alike, 1 for all emotions alike.
    """
    labelled = faces.targets.sum(axis=1) > 0
    emotion = faces.majority()
    shares = np.bincount(emotion[labelled], minlength=faces.targets.shape[1]) / labelled.sum()
    weights = np.where(shares > 0, shares, 1)[emotion] ** -balance
    weights /= weights[labelled].mean()
    return list(np.where(labelled, weights, 1.0))


def source_priors(faces: FaceSet, balance: float) -> FloatArray:
    """How common emotions are in what training draws from each data set.

    Args:
        faces: the training set.
        balance: see :func:`sampling_weights`.

    Returns:
        (sources, 7), rows summing to 1; even where a set has no labels.
    """
    sources, classes = faces.numbered_sources, faces.targets.shape[1]
    sums = np.zeros((int(sources.max()) + 1, classes))
    weights = np.array(sampling_weights(faces, balance))
    np.add.at(sums, sources, faces.targets * weights[:, None])
    sums[sums.sum(axis=1) == 0] = 1
    return np.asarray(sums / sums.sum(axis=1, keepdims=True), np.float32)


def even_priors() -> FloatArray:
    """(1, 7) of a data set in which all emotions are equally common."""
    return np.full((1, len(EMOTIONS)), 1 / len(EMOTIONS), np.float32)


def _as_it_is(batch: Any) -> Any:
    return batch
