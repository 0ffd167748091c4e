"""From a face in a picture to what a classifier sees: one way for stills, clips, camera, data.

The study cropped, resized and normalised in three places in three ways. Here a face comes in the
square in which it stands upright (:mod:`emotion_core.faces.mesh.upright`), is resized to the
classifier's input, and the batch is normalised with the numbers in the checkpoint's own image
processor. The square of a box alone serves stills, embedders and what was read before version 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.types import ImageArray

if TYPE_CHECKING:
    import torch
    from torch import Tensor

# Side of the crop over the longer side of the box. In FER2013 and in wildfaces the median picture
# is 0.97 of the longer side of the box that MTCNN finds in it; a crop is framed as they are.
CROP_SCALE = 1.0


def face_square(xyxy: npt.ArrayLike, scale: float = CROP_SCALE) -> tuple[int, int, int]:
    """The square that is cut out for a face.

    Args:
        xyxy: (4,) box in pixels.
        scale: side of the square over the longer side of the box.

    Returns:
        Left, top and side in whole pixels; the square may reach over the edge of the picture.
    """
    x1, y1, x2, y2 = np.asarray(xyxy, dtype=np.float64)
    side = max(round(max(x2 - x1, y2 - y1) * scale), 1)
    return round((x1 + x2 - side) / 2), round((y1 + y2 - side) / 2), side


def crop_face(image: ImageArray, xyxy: npt.ArrayLike, size: int) -> ImageArray:
    """Cut one face out of a picture.

    Args:
        image: (H, W, 3) uint8 RGB.
        xyxy: (4,) box in pixels.
        size: side of the result in pixels.

    Returns:
        (size, size, 3) uint8 RGB; black where the square lies outside of the picture.
    """
    left, top, side = face_square(xyxy)
    inside = image[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    if inside.shape[:2] != (side, side):
        square = np.zeros((side, side, 3), np.uint8)
        if inside.size:
            y, x = max(-top, 0), max(-left, 0)
            square[y : y + inside.shape[0], x : x + inside.shape[1]] = inside
        inside = square
    return resize_face(inside, size)


def resize_face(face: ImageArray, size: int) -> ImageArray:
    """Resize a square face crop, averaging areas when it shrinks so that nothing aliases.

    Args:
        face: (H, W, 3) uint8 RGB.
        size: side of the result in pixels.
    """
    if face.shape[:2] == (size, size):
        return face
    shrinks = min(face.shape[:2]) > size
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(face, (size, size), interpolation=method), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class FacePreprocessing:
    """Input size and normalisation of a checkpoint.

    Attributes:
        size: side of the square input in pixels.
        mean, std: per RGB channel, on pixel values in [0, 1].
    """

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @classmethod
    def from_processor(cls, processor: Any) -> FacePreprocessing:
        """Read the numbers out of a transformers image processor.

        Args:
            processor: what ``AutoImageProcessor.from_pretrained`` gave, also that of a
                wrapped timm model.
        """
        config = getattr(processor, "data_config", None)
        if config is not None:  # TimmWrapperImageProcessor
            size, mean, std = config["input_size"][-1], config["mean"], config["std"]
        else:
            given = dict(processor.size)
            size = given.get("height") or given.get("shortest_edge")
            mean, std = processor.image_mean, processor.image_std
        if size is None:
            raise ValueError(f"image processor without an input size: {processor}")
        return cls(int(size), _three(mean), _three(std))

    def stack(self, crops: Sequence[ImageArray]) -> npt.NDArray[np.uint8]:
        """Face crops of any square size at the input size: (n, size, size, 3)."""
        return np.stack([resize_face(crop, self.size) for crop in crops])

    def normalize(self, faces: npt.NDArray[np.uint8], device: torch.device | str = "cpu") -> Tensor:
        """(n, S, S, 3) pixels as the float32 batch (n, 3, S, S) that the checkpoint expects."""
        import torch

        batch = torch.from_numpy(faces).to(device).permute(0, 3, 1, 2).float()
        mean = torch.tensor(self.mean, device=device).view(1, 3, 1, 1) * 255
        std = torch.tensor(self.std, device=device).view(1, 3, 1, 1) * 255
        return (batch - mean) / std

    def to_batch(self, crops: Sequence[ImageArray], device: torch.device | str = "cpu") -> Tensor:
        """Normalise face crops of any square size into a float32 batch (n, 3, size, size)."""
        return self.normalize(self.stack(crops), device)


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    red, green, blue = (float(value) for value in values)
    return red, green, blue
